//! `zoom-s2s users`.

use std::time::Instant;

use zoom_s2s::{Client, IncludeFields, Status, UserField, Users};

use crate::args::{self, Included, UsersArgs};
use crate::connect::Connection;
use crate::console;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{Sink, printer};
use crate::progress::Progress;
use crate::tell::{self, counted};

pub(crate) fn run(args: &UsersArgs, verbose: bool, interrupt: &Interrupt) -> Result<(), Failure> {
    if args.escape_formulas && !matches!(args.format, args::Format::Csv) {
        return Err(Failure::Usage {
            message: "--escape-formulas is for CSV alone",
            hint: "Add --format csv: the other formats are not opened by spreadsheets as formulas.",
        });
    }
    let connection = Connection::open(&args.connect, args.sandbox_users())?;
    interrupt.ends(&connection.client);
    let mut sink = Sink::open(args.output.as_deref(), interrupt)?;
    let tells = verbose || connection.is_sandbox();
    let listed = listing(args, &connection, tells, &mut sink, interrupt);
    match interrupt.reason(listed) {
        Ok(summary) => {
            sink.finish()?;
            if tells {
                console::line(&summary);
            }
            Ok(())
        }
        Err(failure) => Err(sink.give_up(failure)),
    }
}

/// Prints the users, and returns a line on what was done.
fn listing(
    args: &UsersArgs,
    connection: &Connection,
    tells: bool,
    sink: &mut Sink,
    interrupt: &Interrupt,
) -> Result<String, Failure> {
    if tells {
        tell::sandbox(connection, args.sandbox_users());
        let client = &connection.client;
        tell::token(client, &client.token()?, args.connect.legacy_jwt);
    }
    let started = Instant::now();
    let mut progress = Progress::start(sink.is_file(), "users");
    let mut printer = printer(
        args.format,
        fields(args),
        &included(args),
        sink.is_terminal(),
        args.escape_formulas,
    );
    let (mut pages_seen, mut users_seen) = (0u64, 0u64);
    let mut pages = query(args, &connection.client).pages();
    loop {
        let status = pages.status();
        let Some(page) = pages.next() else { break };
        let page = page?;
        interrupt.check()?;
        let printed = if pages_seen == 0 {
            printer.begin(&page, sink)
        } else {
            Ok(())
        };
        printed
            .and_then(|()| printer.page(&page, sink))
            .and_then(|()| sink.show())
            .map_err(|error| sink.failed(error))?;
        pages_seen += 1;
        users_seen += page.len() as u64;
        let total = pages
            .total_records()
            .and_then(|total| u64::try_from(total).ok());
        progress.page(page.len() as u64, total, status);
    }
    printer
        .end(sink)
        .and_then(|()| sink.show())
        .map_err(|error| sink.failed(error))?;
    // Not before the last line is ended.
    if !pages.checked() {
        tell::unchecked();
    }
    Ok(format!(
        "{} listed in {} ms, {}",
        counted(users_seen, "user"),
        started.elapsed().as_millis(),
        counted(pages_seen, "page")
    ))
}

fn query(args: &UsersArgs, client: &Client) -> Users {
    let mut users = client.users().status(match args.status {
        args::Status::Active => Status::Active,
        args::Status::Inactive => Status::Inactive,
        args::Status::Pending => Status::Pending,
        args::Status::All => Status::All,
    });
    if let Some(size) = args.page_size {
        users = users.page_size(size);
    }
    if let Some(role) = &args.role_id {
        users = users.role_id(role);
    }
    for included in &args.include_fields {
        users = users.include_fields(match included {
            Included::CustomAttributes => IncludeFields::CustomAttributes,
            Included::HostKey => IncludeFields::HostKey,
        });
    }
    users
}

/// The fields of `--fields`.
fn fields(args: &UsersArgs) -> Option<Vec<UserField>> {
    args.fields
        .as_ref()
        .map(|fields| once(fields.iter().copied()))
}

/// The columns that `--include-fields` adds.
fn included(args: &UsersArgs) -> Vec<UserField> {
    once(args.include_fields.iter().map(|included| match included {
        Included::CustomAttributes => UserField::CustomAttributes,
        Included::HostKey => UserField::HostKey,
    }))
}

/// Each field once: an object has no two members of one name.
fn once(fields: impl Iterator<Item = UserField>) -> Vec<UserField> {
    let mut kept = Vec::new();
    for field in fields {
        if !kept.contains(&field) {
            kept.push(field);
        }
    }
    kept
}
