//! The command line of `zoom-s2s sandbox`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::exit;

pub(crate) const EXAMPLES: &str = "\
Examples:
  zoom-s2s sandbox --users 100000 --port 8080
  zoom-s2s sandbox --single-token --token-lifetime 60
  zoom-s2s sandbox --plan free --record             what does the old program really send?
  zoom-s2s sandbox --scenario bad-day.json --record requests.txt";

const SCENARIO: &str = r#"Scenarios:
  A JSON object of what goes wrong; each member may be left out:
    {
      "plan": "free",                                     pro, business; --plan is stronger
      "churn": {"seed": 1, "adds_per_mille_page": 200,    users come and go while they are listed
                "deletes_per_mille_page": 200},
      "concurrency_limit": 4,                             calls at the same time
      "kill_tokens_every": 50,                            all tokens die at each 50th call
      "clock": {"offset_seconds": -120},                  Zoom's clock against this machine's
      "role": {"permissions": ["user_read"]},             of the one who made the app
      "app": {"disabled": false, "server_to_server": true,
              "scopes": ["user:read:list_users:admin"]},
      "faults": [
        {"on": "token", "times": 2, "action": {"server_error": 503}},
        {"on": "api", "after": 3, "action": "unauthorized"},
        {"on": "api", "times": "always", "latency_ms": 200},
        {"on": {"method": "GET", "path": "/v2/users"}, "query": {"status": "pending"},
         "chance": {"per_mille": 100, "seed": 7}, "action": {"rate_limited": "per_second"}}
      ]
    }
  A fault strikes once, or so many `times`, after the first `after` requests. Its action is one of:
    "unauthorized", {"dead_token": {"status": 401, "message": "expired"}}, {"html": 502},
    {"rate_limited": "per_second"} ("concurrent", {"daily": {"retry_after": "…"}}),
    {"server_error": 503}, {"status": {"status": 418, "body": "…"}}, {"empty": 204},
    "garbage_json", "truncated_json", {"error_under_200": {"code": 200, "message": "…"}},
    "expired_page_token", "repeated_page_token", {"total_records": {"off_by": -1}},
    {"set_member": {"name": "…", "value": 0}}, {"remove_member": "…"}, {"expires_in": 0},
    {"redirect": {"status": 302, "location": "…"}}, {"cut": "in_body"} ("before_headers", "reset"),
    {"drip": {"head": false, "bytes": 1, "every_ms": 10}}, {"content_length_off_by": 10}
  The same objects, sent to POST /sandbox/faults of the running sandbox, strike from then on."#;

const RECORD: &str = "\
Record:
  For each request: when (UTC, by the sandbox's clock), method and path, parameters and where they
  stood, kind of credentials, what a JWT says of itself, user agent, what is odd about it, and the
  answer. Secrets, tokens and signatures are not shown where they belong, nor values of parameters
  that could be secret, nor words as long and random as a secret. What else stands in a path or a user
  agent is shown as it came: look at a record before you pass it on.
  FILE is appended to; a new one is readable by you alone.";

/// What stands below the options in the long help.
pub(crate) fn after_long_help() -> String {
    format!("{EXAMPLES}\n\n{RECORD}\n\n{SCENARIO}\n\n{}", exit::help())
}

#[derive(Args)]
pub(crate) struct SandboxArgs {
    /// How many users the account has, all statuses together
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(super) users: u32,
    /// The port on 127.0.0.1; 0 is any free one
    #[arg(long, value_name = "P", default_value_t = 0)]
    pub(super) port: u16,
    /// Speak https, with a certificate authority made for this run
    #[arg(long)]
    pub(super) tls: bool,
    /// A new token kills the one before, as in many of Zoom's accounts
    #[arg(long)]
    pub(super) single_token: bool,
    /// How long a token lives
    #[arg(long, value_name = "SECONDS", default_value = "3600")]
    pub(super) token_lifetime: NonZeroU32,
    /// Limit calls as this plan does; without it there are no limits
    #[arg(long, value_enum, value_name = "PLAN")]
    pub(super) plan: Option<Plan>,
    /// Another number makes another account
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
    /// Go wrong as this JSON file says
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    /// Write down what each client sends, and what is odd about it: to FILE, or to stderr
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(super) record: Option<Option<PathBuf>>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Plan {
    /// 2 calls a second, 2,000 a day
    Free,
    /// 20 calls a second
    Pro,
    /// 60 calls a second
    Business,
}

impl From<Plan> for zoom_s2s_sandbox::Plan {
    fn from(plan: Plan) -> Self {
        match plan {
            Plan::Free => Self::Free,
            Plan::Pro => Self::Pro,
            Plan::Business => Self::Business,
        }
    }
}
