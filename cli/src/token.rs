//! `zoom-s2s token`.

use std::io::{self, Write};
use std::time::UNIX_EPOCH;

use serde_json::json;
use zoom_s2s::Token;

use crate::args::TokenArgs;
use crate::connect::Connection;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Sink;
use crate::printable::printable_json;
use crate::refused;
use crate::tell;

pub(crate) fn run(args: &TokenArgs, verbose: bool, interrupt: &Interrupt) -> Result<(), Failure> {
    interrupt.reason(print(args, verbose, interrupt))
}

fn print(args: &TokenArgs, verbose: bool, interrupt: &Interrupt) -> Result<(), Failure> {
    let refused = args.reject.then(refused::read).transpose()?;
    interrupt.check()?;
    let connection = Connection::open(&args.connect, 0)?;
    let client = &connection.client;
    interrupt.ends(client);
    if let Some(refused) = &refused {
        // Whether it is the token of the store, too, comes out when that is asked for a better one.
        client.reject_token(refused);
    }
    let token = client.token()?;
    if refused.is_some_and(|refused| refused == token.value()) {
        return Err(Failure::NoBetterToken);
    }
    if verbose {
        tell::token(client, &token, args.connect.legacy_jwt);
    }
    let mut sink = Sink::open(None, interrupt)?;
    let written = write(args, &token, &mut sink);
    written.map_err(|error| sink.failed(error))?;
    sink.finish()
}

/// One line, in one write.
fn write(args: &TokenArgs, token: &Token, sink: &mut Sink) -> io::Result<()> {
    if args.json {
        let object = object(token);
        let shown = if sink.is_terminal() {
            printable_json(&object)
        } else {
            object.as_str().into()
        };
        return writeln!(sink, "{shown}");
    }
    let text = if args.header {
        token.header()
    } else {
        token.value()
    };
    writeln!(sink, "{text}")
}

/// The token as token endpoints answer (RFC 6749, 5.1), and when it expires.
fn object(token: &Token) -> String {
    let expires_at = token.expires_at().duration_since(UNIX_EPOCH);
    json!({
        "access_token": token.value(),
        "token_type": "bearer",
        "expires_in": token.expires_in().as_secs(),
        "expires_at_ms": expires_at.unwrap_or_default().as_millis() as u64,
        "scope": token.scope(),
    })
    .to_string()
}
