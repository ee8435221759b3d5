//! The made-up Zoom: inside another command with `--sandbox`, and as a command of its own.

mod args;
mod lines;
mod record;
mod remarks;
mod scenario;
mod veil;

pub(crate) use args::{EXAMPLES, SandboxArgs, after_long_help};

use std::sync::Arc;
use std::time::Duration;

use zoom_s2s::{Client, ClientBuilder, Credentials};
use zoom_s2s_sandbox::{Sandbox, World};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::print;
use lines::{Authority, lines};
use record::Record;

/// Starts the sandbox of `--sandbox`.
pub(crate) fn inside(users: u32) -> Result<Sandbox, Failure> {
    Sandbox::builder()
        .users(users)
        .start()
        .map_err(Failure::Sandbox)
}

/// A client that talks to `sandbox`, whatever the environment says.
pub(crate) fn client(sandbox: &Sandbox, legacy_jwt: bool) -> ClientBuilder {
    let keys = sandbox.credentials();
    let credentials = if legacy_jwt {
        Credentials::jwt(&keys.api_key, &keys.api_secret)
    } else {
        Credentials::server_to_server(&keys.account_id, &keys.client_id, &keys.client_secret)
    };
    Client::builder(credentials)
        .oauth_url(sandbox.url())
        .api_url(sandbox.api_url())
        .no_proxy()
}

/// `zoom-s2s sandbox`: runs until a signal comes, which is its proper end.
pub(crate) fn run(args: &SandboxArgs, interrupt: &Interrupt) -> Result<(), Failure> {
    let scenario = args.scenario.as_deref().map(scenario::read).transpose()?;
    let record = args.record.as_ref();
    let record = record.map(|file| Record::open(file.as_deref(), args.token_lifetime.get()));
    let record = record.transpose()?.map(Arc::new);
    let sandbox = start(args, record.as_ref())?;
    if let Some(record) = &record {
        record.knows(sandbox.credentials());
    }
    if let Some(scenario) = scenario {
        scenario.play(&sandbox)?;
    }
    if let Some(plan) = args.plan {
        sandbox.set_plan(Some(plan.into()));
    }
    let authority = match sandbox.ca_pem() {
        Some(pem) => Some(Authority::write(pem)?),
        None => None,
    };
    let lines = lines(&sandbox, args.users, authority.as_ref());
    print(lines.as_bytes())?;
    interrupt.wait();
    Ok(())
}

fn start(args: &SandboxArgs, record: Option<&Arc<Record>>) -> Result<Sandbox, Failure> {
    let world = if args.single_token {
        World::SingleToken
    } else {
        World::MultiToken
    };
    let mut builder = Sandbox::builder()
        .users(args.users)
        .seed(args.seed)
        .port(args.port)
        .tls(args.tls)
        .world(world)
        .token_lifetime(Duration::from_secs(args.token_lifetime.get().into()));
    if let Some(record) = record.cloned() {
        builder = builder.observer(move |entry| record.note(entry));
    }
    builder.start().map_err(Failure::Sandbox)
}
