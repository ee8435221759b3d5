//! The options of `zoom-s2s doctor`.

use clap::Args;

use super::patient::PATIENCE;
use crate::args::ConnectArgs;

pub(crate) const EXAMPLES: &str = "\
Examples:
  zoom-s2s doctor                        what is fine, what is wrong, and what to do about it
  zoom-s2s doctor --json | jq -r '.findings[] | select(.verdict == \"wrong\") | .cure'
  zoom-s2s doctor --probe-tokens         also: does a new token end the one before it?
  zoom-s2s doctor --sandbox              what it looks like when all is well

From cron, which has none of your shell's variables; zoom.env holds those it needs:
  0 6 * * *  set -a; . /etc/zoom.env; zoom-s2s doctor";

pub(crate) const CHECKS: &str = "\
Checks, in this order; what depends on a failed one is skipped:
  environment  the variables     names   host names      token   what the token endpoint says
  files        those they name   tcp     the ports       expiry  how long a token lives
                                 proxy   the way out     clock   this machine's against Zoom's
                                 tls     certificates    scopes  of the token, for List users
  call         List users, one of them
  world        whether a new token ends the one before it, with --probe-tokens
  store        where the token is kept, and who else pulls at it
The exit status is 0 if nothing is wrong, else that of the first thing that is. At most one token is
asked for, none if the token store has one; --probe-tokens asks for another one.
--json prints {\"version\", \"findings\": [{\"check\", \"verdict\": \"fine\" | \"note\" | \"wrong\" | \"skipped\",
\"what\", \"cure\"}], \"healthy\", \"exit\"}.";

#[derive(Args)]
// What the option means here differs from what it means elsewhere.
#[command(mut_arg("timeout", |timeout| timeout.help(format!(
    "Longest time for each step, or ZOOM_S2S_TIMEOUT_MS if less [default: {}]",
    PATIENCE.as_secs()
))))]
pub(crate) struct DoctorArgs {
    /// Print the findings as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Find out whether a new token ends the one before it
    ///
    /// Asks for a second token, which may end the one that other programs of this app now use.
    #[arg(long)]
    pub(crate) probe_tokens: bool,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
}
