//! The command line of `zoom-s2s api`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::ConnectArgs;

pub(crate) const EXAMPLES: &str = "\
Examples:
  zoom-s2s api GET /users/{userId}/meetings -f userId=me -f type=upcoming
  zoom-s2s api GET /users --paginate -f status=inactive -f page_size=300 --format jsonl
  echo '{\"topic\": \"Stand-up\", \"type\": 1}' |
      zoom-s2s api POST /users/{userId}/meetings -f userId=jane@example.com --input -
  zoom-s2s api DELETE /meetings/{meetingId} -f meetingId=123456789 -i";

pub(crate) const REQUEST: &str = "\
Request:
  PATH is written as in Zoom's documents. It may begin with /v2 or with the API's URL, and may have
  a query, which is encoded again. A field of -f whose KEY stands in braces in PATH fills in that
  segment, whatever it holds; every other one is a query parameter, with every method. The body is
  what --input names, and nothing else.
  Retries and limits are those of the SDK: POST and PATCH are sent again only where Zoom surely has
  not carried them out. Where it may have, and the answer was lost, stderr says so, and the exit
  status, 75, does not mean that it is safe to send it again.";

pub(crate) const OUTPUT: &str = "\
Output:
  The answer's body, byte for byte; on a terminal, harmless to it. If Zoom refuses the request, the
  refusal's body goes to standard output, also with --output, and stderr says what to do.
  With -i the status and the headers come first, each line ended as in HTTP, then an empty line. Of
  a refusal's headers that is Zoom's tracking ID alone.
  With --paginate, standard output has the entries of the list and nothing else: those of all pages
  as received, none twice, complete or with an exit status that says it is not; a json array then
  stays without its end. Without --key the first page is asked for twice, to see its array. Entries
  alike in every member, such as guests of a meeting, are told apart on one page only: if a list is
  said to be incomplete for them, ask for larger pages, -f page_size=300.";

#[derive(Args)]
pub(crate) struct ApiArgs {
    /// GET, HEAD, POST, PUT, PATCH or DELETE
    // Not parsed by clap, whose error would repeat a path with a token in its query.
    #[arg(value_name = "METHOD")]
    pub(crate) method: String,
    /// As in Zoom's documents, such as /users/{userId}/meetings
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// A value for {KEY} in the path, or else a query parameter; may be given again
    #[arg(short = 'f', long = "field", value_name = "KEY=VALUE")]
    pub(crate) fields: Vec<String>,
    /// One more header; may be given again. The token's is sent in any case
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// Send this file as the body; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// What the body is
    #[arg(
        long,
        value_name = "TYPE",
        requires = "input",
        default_value = "application/json"
    )]
    pub(crate) content_type: String,
    /// Print the status and the headers before the body
    #[arg(short, long, conflicts_with = "paginate")]
    pub(crate) include: bool,
    /// List every page of a list that Zoom pages by next_page_token
    #[arg(long)]
    pub(crate) paginate: bool,
    /// The array of the answer that holds the list, such as users [default: the only one]
    #[arg(long, value_name = "NAME", requires = "paginate")]
    pub(crate) key: Option<String>,
    /// How to print the list
    #[arg(long, value_enum, default_value_t, requires = "paginate")]
    pub(crate) format: ListFormat,
    /// Write to this file, which is replaced only when the answer is complete; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// one array
    #[default]
    Json,
    /// one entry per line
    Jsonl,
}
