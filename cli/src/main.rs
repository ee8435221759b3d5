//! The `zoom-s2s` command: Zoom's Server-to-Server OAuth from the shell.
#![forbid(unsafe_code)]

mod api;
mod args;
mod bar_terminal;
mod columns;
mod completions;
mod connect;
mod console;
mod credentials;
mod doctor;
mod exit;
mod failure;
mod file;
mod interrupt;
mod logger;
mod man;
mod misplaced;
mod output;
mod printable;
mod progress;
mod quoted;
mod refused;
#[cfg(feature = "sandbox")]
mod sandbox;
mod store;
mod tell;
mod token;
mod users;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use exit::Exit;
use failure::Failure;
use interrupt::Interrupt;

fn main() -> ExitCode {
    if let Err(failure) = store::check(std::env::args_os()) {
        return ended(&failure);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return args::refuse(answer).into(),
    };
    logger::install(arguments.verbose);
    match run(&arguments) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => ended(&failure),
    }
}

fn ended(failure: &Failure) -> ExitCode {
    console::block(&failure.text());
    failure.exit().into()
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    match &arguments.command {
        Command::Users(users) => users::run(users, arguments.verbose > 0, &interrupt),
        Command::Api(api) => api::run(api, arguments.verbose > 0, &interrupt),
        Command::Doctor(doctor) => doctor::run(doctor, &interrupt),
        Command::Token(token) => token::run(token, arguments.verbose > 0, &interrupt),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(sandbox) => sandbox::run(sandbox, &interrupt),
        Command::Completions(completions) => completions::run(completions),
        Command::Man(man) => man::run(man),
    }
}
