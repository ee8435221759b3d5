//! `zoom-s2s api`: any request to Zoom's API.

mod answer;
mod args;
mod body;
mod pages;
mod path;
mod request;

pub(crate) use args::{ApiArgs, EXAMPLES, OUTPUT, REQUEST};

use serde_json::Value;
use zoom_s2s::{Client, Request};

use crate::connect::Connection;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Sink;
use crate::tell;

/// How many users the account of `--sandbox` has.
const SANDBOX_USERS: u32 = 50;

pub(crate) fn run(args: &ApiArgs, verbose: bool, interrupt: &Interrupt) -> Result<(), Failure> {
    let connection = Connection::open(&args.connect, SANDBOX_USERS)?;
    let client = &connection.client;
    interrupt.ends(client);
    // Any request, so that any example works.
    #[cfg(feature = "sandbox")]
    if let Some(sandbox) = &connection.sandbox {
        sandbox.set_scopes(&[]);
    }
    let mut request = request::build(args, &api_url(client))?;
    if let Some(input) = &args.input {
        request = request.body(body::read(input, interrupt)?, &args.content_type);
    }
    let mut sink = Sink::open(args.output.as_deref(), interrupt)?;
    let tells = verbose || connection.is_sandbox();
    let told = if tells {
        tell::sandbox(&connection, SANDBOX_USERS);
        let token = client.token().map_err(Failure::from);
        token.map(|token| tell::token(client, &token, args.connect.legacy_jwt))
    } else {
        Ok(())
    };
    let done = told.and_then(|()| match args.paginate {
        true => pages::print(args, client, request, &mut sink, interrupt),
        false => once(args, client, &request, &mut sink, interrupt),
    });
    match interrupt.reason(done) {
        Ok(()) => sink.finish(),
        Err(failure) => Err(sink.give_up(failure)),
    }
}

fn once(
    args: &ApiArgs,
    client: &Client,
    request: &Request,
    sink: &mut Sink,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    match client.send(request) {
        Ok(response) => answer::print(&response, args.include, sink),
        Err(error) => {
            answer::print_refusal(&error, args.include, interrupt);
            Err(error.into())
        }
    }
}

/// The base of the API's paths, as the settings have it.
fn api_url(client: &Client) -> String {
    let status: Value = serde_json::from_str(&client.status_json()).unwrap_or_default();
    status["api_url"].as_str().unwrap_or_default().to_owned()
}

/// The command line cannot be used: why, and what to do about it.
fn unusable<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::CommandLine {
        message: message.into(),
        hint: hint.into(),
    })
}
