//! The command line.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use zoom_s2s::UserField;

use crate::api::{self, ApiArgs};
use crate::columns;
use crate::console;
use crate::doctor::{self, DoctorArgs};
use crate::exit::{self, Exit};
use crate::misplaced;
use crate::output::print;

const EXAMPLES: &str = "\
Examples:
  zoom-s2s users --sandbox                          see it work, without an account
  zoom-s2s users --status all --output users.csv --format csv
  zoom-s2s token --header | curl -H @- https://api.zoom.us/v2/users

Every night, from cron, replaced only by a complete list; zoom.env holds the variables:
  17 3 * * *  set -a; . /etc/zoom.env; zoom-s2s users --format csv --output /srv/users.csv";

const ENVIRONMENT: &str = "\
Environment (each credential also as NAME_FILE, naming a file that holds it):
  ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET   the Server-to-Server OAuth app
  ZOOM_API_KEY, ZOOM_API_SECRET                         the JWT app, for --legacy-jwt
  ZOOM_S2S_CLOUD                       commercial or government
  ZOOM_S2S_CA_FILE, ZOOM_S2S_CA_ONLY   authorities to trust besides the system's; 1: alone
  ZOOM_S2S_TIMEOUT_MS, ZOOM_S2S_CONNECT_TIMEOUT_MS
  ZOOM_S2S_TOKEN_STORE                 where the token is kept, so that others can use it too:
      memory:                      nowhere: each process has its own, the default
      file:PATH                    for this host; ?mode=0640&group=NAME lets a group read it
      redis://HOST, rediss://HOST  Redis or Valkey, for many hosts; also unix:PATH of a socket;
                                   [USER:PASSWORD@]HOST[:PORT][/DB], or ?password_file=PATH
      With ?strict a store that cannot be used is a failure; otherwise it is done without.
  ZOOM_S2S_OAUTH_URL, ZOOM_S2S_API_URL, ZOOM_S2S_REGIONAL
  HTTPS_PROXY, ALL_PROXY, NO_PROXY";

const USERS_EXAMPLES: &str = "\
Examples:
  zoom-s2s users --sandbox --legacy-jwt
  zoom-s2s users --status all --format csv --output users.csv
  zoom-s2s users --format jsonl --fields email,last_login_time | grep 2023-";

const USERS_OUTPUT: &str = "\
Output:
  table  for people. Columns are as wide as the first page needs them, at most 40; a longer value is
         printed whole and moves the rest of its line. `-` is a value that Zoom did not send.
         Characters that would act on the terminal are shown as \u{fffd}.
  csv    a header, then one record per user; lists are JSON, absent values are empty.
  json   one array of the users exactly as received.
  jsonl  one user per line, as received. With --fields, json and jsonl print objects of just those
         members, null where Zoom sent none.
  On a terminal, csv and json too hold nothing that acts on it. If a listing fails, exit status and
  stderr say so; what was printed before is good, and a json array stays without its end.";

const TOKEN_EXAMPLES: &str = "\
Examples (a token on a command line could be read by everybody on the machine; printf is part of
the shell and appears in no list of processes):
  zoom-s2s token --header | curl -H @- https://api.zoom.us/v2/users
  header=$(zoom-s2s token --header)          # and when Zoom answered 401 to it:
  header=$(printf '%s' \"$header\" | zoom-s2s token --reject --header)
  zoom-s2s token --token-store file:$HOME/.cache/zoom-token";

const TOKEN_STORES: &str = "\
Token stores:
  With a token store one token is shared by all who name that store, and is asked for about once an
  hour, by whichever program needs it first. Without, each run asks for a new token, which in many
  accounts is the end of the one before. With --reject a new one is asked for only if nobody else
  has done so already, and at most every 5 seconds.";

/// Unofficial command for Zoom's Server-to-Server OAuth: tokens, and the users of an account.
///
/// Credentials come from the environment or from files, never from the command line.
#[derive(Parser)]
#[command(
    name = "zoom-s2s",
    version,
    max_term_width = 100,
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{ENVIRONMENT}\n\n{}", exit::help()),
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Tell on stderr what happens; twice: every request. Secrets and tokens are never shown
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 100)]
    pub(crate) verbose: u8,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the users of the account
    #[command(
        after_help = USERS_EXAMPLES,
        after_long_help = format!("{USERS_EXAMPLES}\n\n{USERS_OUTPUT}\n\n{ENVIRONMENT}\n\n{}", exit::help()),
    )]
    Users(UsersArgs),
    /// Send any request to Zoom's API and print the answer
    #[command(
        after_help = api::EXAMPLES,
        after_long_help = format!("{}\n\n{}\n\n{}\n\n{ENVIRONMENT}\n\n{}", api::EXAMPLES, api::REQUEST, api::OUTPUT, exit::help()),
    )]
    Api(ApiArgs),
    /// Look for what is wrong with the set-up, and say what to do about it
    #[command(
        after_help = doctor::EXAMPLES,
        after_long_help = format!("{}\n\n{}\n\n{ENVIRONMENT}\n\n{}", doctor::EXAMPLES, doctor::CHECKS, exit::help()),
    )]
    Doctor(DoctorArgs),
    /// Print an access token, for programs that make their requests themselves
    ///
    /// Whoever sees it can act as the app until it expires: print it into pipes, not into logs.
    #[command(
        after_help = TOKEN_EXAMPLES,
        after_long_help = format!("{TOKEN_EXAMPLES}\n\n{TOKEN_STORES}\n\n{ENVIRONMENT}\n\n{}", exit::help()),
    )]
    Token(TokenArgs),
    /// Run a made-up Zoom on this machine until Ctrl-C
    ///
    /// Prints the environment that leads zoom-s2s, and any program on the SDK, to it.
    #[cfg(feature = "sandbox")]
    #[command(
        after_help = crate::sandbox::EXAMPLES,
        after_long_help = crate::sandbox::after_long_help(),
    )]
    Sandbox(crate::sandbox::SandboxArgs),
    /// Print the script that completes zoom-s2s in your shell
    #[command(after_help = crate::completions::EXAMPLES, display_order = 90)]
    Completions(crate::completions::CompletionsArgs),
    /// Print a manual page
    #[command(after_help = crate::man::EXAMPLES, display_order = 90)]
    Man(crate::man::ManArgs),
}

#[derive(Args)]
pub(crate) struct UsersArgs {
    /// Which users
    #[arg(long, value_enum, default_value_t)]
    pub(crate) status: Status,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// What to print of each, in Zoom's words, separated by commas
    ///
    /// Tables and CSV without it: email,id,first_name,last_name,type,status, and what
    /// --include-fields asks for.
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',', value_parser = columns::parse)]
    pub(crate) fields: Option<Vec<UserField>>,
    /// In CSV, put an apostrophe before values that spreadsheets take for formulas
    ///
    /// Those that begin with = + - @, a tab or a carriage return: users choose their names themselves,
    /// and a formula can send away what stands in other cells. Programs that read the CSV see the
    /// apostrophe too.
    #[arg(long)]
    pub(crate) escape_formulas: bool,
    /// Write to this file, which is replaced only when the listing is complete; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Users per page, 1 to 2000; Zoom may send fewer [default: 300]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub(crate) page_size: Option<u32>,
    /// Only users with this role
    #[arg(long, value_name = "ID")]
    pub(crate) role_id: Option<String>,
    /// Ask Zoom for fields that it sends only on request
    #[arg(long, value_enum, value_name = "FIELD,…", value_delimiter = ',')]
    pub(crate) include_fields: Vec<Included>,
    /// How many users the account of --sandbox has, all statuses together
    #[cfg(feature = "sandbox")]
    #[arg(
        long,
        value_name = "N",
        requires = "sandbox",
        default_value_t = 50,
        display_order = 99
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    sandbox_users: u32,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
}

impl UsersArgs {
    pub(crate) fn sandbox_users(&self) -> u32 {
        #[cfg(feature = "sandbox")]
        return self.sandbox_users;
        #[cfg(not(feature = "sandbox"))]
        return 0;
    }
}

#[derive(Args)]
pub(crate) struct TokenArgs {
    /// Print the whole line for a request: `Authorization: Bearer …`
    #[arg(long, conflicts_with = "json")]
    pub(crate) header: bool,
    /// Print an object: access_token, token_type, expires_in (seconds), expires_at_ms, scope
    #[arg(long)]
    pub(crate) json: bool,
    /// Read a token that Zoom refused from standard input, in any form printed here, and print a
    /// better one
    #[arg(long)]
    pub(crate) reject: bool,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
}

/// How to reach Zoom.
#[derive(Args)]
pub(crate) struct ConnectArgs {
    /// Longest time for each page or token, retries included [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<NonZeroU32>,
    /// Trust the certificate authorities of this PEM file too
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Use the retired JWT credentials, an API key and its secret
    #[arg(long)]
    pub(crate) legacy_jwt: bool,
    /// Share the token with others through this store: file:PATH, redis://HOST, …
    ///
    /// Stands in for ZOOM_S2S_TOKEN_STORE, which alone may hold a password.
    #[arg(long, value_name = "URL")]
    pub(crate) token_store: Option<String>,
    /// Ask a made-up Zoom inside this process instead; the environment is not looked at
    #[cfg(feature = "sandbox")]
    #[arg(long, conflicts_with_all = ["ca_file", "token_store"])]
    pub(crate) sandbox: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Status {
    #[default]
    Active,
    Inactive,
    Pending,
    /// one after the other
    All,
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Table,
    Json,
    Jsonl,
    Csv,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Included {
    CustomAttributes,
    HostKey,
}

/// Prints why the command line was not carried out: it asked for help, or cannot be used.
pub(crate) fn refuse(answer: clap::Error) -> Exit {
    if !answer.use_stderr() {
        let Err(failure) = print(answer.render().to_string().as_bytes()) else {
            return Exit::Done;
        };
        console::block(&failure.text());
        return failure.exit();
    }
    let text = misplaced::hidden(answer);
    let text = match text.strip_prefix("error: ") {
        Some(what) => format!("zoom-s2s: {what}"),
        None => text,
    };
    console::block(&text);
    Exit::Usage
}
