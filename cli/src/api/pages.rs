//! `--paginate`: every entry of a list, complete or with a failure.

use serde_json::{Map, Value};
use zoom_s2s::{Client, Error, ErrorStatus, Request, Status};

use super::args::{ApiArgs, ListFormat};
use super::unusable;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{Items, Sink};
use crate::printable::printable;
use crate::progress::Progress;
use crate::tell;

/// Names that are told at most.
const TOLD: usize = 10;

pub(super) fn print(
    args: &ApiArgs,
    client: &Client,
    request: Request,
    sink: &mut Sink,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut progress = Progress::start(sink.is_file(), "entries");
    let key = match &args.key {
        Some(key) => key.clone(),
        None => only_array(client.send(&request)?.body())?,
    };
    let mut items = match args.format {
        ListFormat::Json => Items::array(sink.is_terminal()),
        ListFormat::Jsonl => Items::lines(sink.is_terminal()),
    };
    let mut is_first = true;
    let mut pages = client.pages(request, key);
    while let Some(page) = pages.next() {
        let page = page.map_err(|error| match &args.key {
            Some(key) if is_first => wrong_key(key, error),
            _ => error.into(),
        })?;
        interrupt.check()?;
        let mut written = Ok(());
        if std::mem::take(&mut is_first) {
            written = items.begin(sink);
        }
        for entry in page.entries() {
            written = written.and_then(|()| items.item(entry.json(), sink));
        }
        written
            .and_then(|()| sink.show())
            .map_err(|error| sink.failed(error))?;
        let total = pages
            .total_records()
            .and_then(|total| u64::try_from(total).ok());
        // One list, whatever it is of.
        progress.page(page.len() as u64, total, Status::All);
    }
    items
        .end(sink)
        .and_then(|()| sink.show())
        .map_err(|error| sink.failed(error))?;
    // Not before the last line is ended.
    if !pages.checked() {
        tell::unchecked();
    }
    Ok(())
}

/// What it means that the first page cannot be read: perhaps only that it has no such array.
fn wrong_key(key: &str, error: Error) -> Failure {
    let is_answer = error.status() == ErrorStatus::BadResponse
        && error.http_status().is_some_and(|status| status < 300);
    let page = error.body().filter(|_| is_answer).unwrap_or_default();
    let members = serde_json::from_slice::<Map<String, Value>>(page);
    let Some(members) = members.ok().filter(|members| {
        let named = members.get(key);
        !named.is_some_and(Value::is_array)
    }) else {
        return error.into();
    };
    let key = printable(key);
    let names = arrays(members);
    let (message, hint) = match names.first() {
        None => (
            format!("--key {key}: the answer holds no array at all"),
            "See what it is without --paginate.".to_owned(),
        ),
        Some(first) => (
            format!(
                "--key {key}: the answer holds no such array, but {}",
                names.join(", ")
            ),
            format!("Say which array is the list, such as --key {first}."),
        ),
    };
    Failure::CommandLine { message, hint }
}

/// The names of the arrays in a page, harmless to a terminal and as many as are worth telling.
fn arrays(members: Map<String, Value>) -> Vec<String> {
    let arrays = members.into_iter().filter(|(_, value)| value.is_array());
    let names = arrays.map(|(name, _)| printable(&name).into_owned());
    names.take(TOLD).collect()
}

/// The name of the only array in a page.
fn only_array(page: &[u8]) -> Result<String, Failure> {
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(page) else {
        return unusable(
            "the answer is no object that could hold a list",
            "See what it is without --paginate.",
        );
    };
    let mut keys = members.iter().filter(|(_, value)| value.is_array());
    match (keys.next(), keys.next()) {
        (Some((key, _)), None) => Ok(key.clone()),
        (Some((first, _)), Some(_)) => {
            let hint = format!(
                "Say which of them is the list, such as --key {}.",
                printable(first)
            );
            let names = arrays(members).join(", ");
            unusable(format!("the answer holds several arrays: {names}"), hint)
        }
        (None, _) => unusable(
            "the answer holds no array to list",
            "See what it is without --paginate.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::only_array;

    #[test]
    fn the_only_array_is_found() {
        for (page, expected) in [
            (r#"{"next_page_token":"","users":[]}"#, Ok("users")),
            (r#"{"a":{"b":[]},"meetings":[{"c":[]}]}"#, Ok("meetings")),
            (r#"{"users":[],"groups":[1]}"#, Err("groups, users")),
            (
                "{\"a\\nb\":[],\"c\\u001b\":[]}",
                Err(
                    "a\u{fffd}b, c\u{fffd}\n  Say which of them is the list, such as --key a\u{fffd}b.",
                ),
            ),
            (r#"{"total_records":0}"#, Err("no array")),
            ("[1]", Err("no object")),
            ("", Err("no object")),
        ] {
            match (only_array(page.as_bytes()), expected) {
                (Ok(name), expected) => assert_eq!(Ok(name.as_str()), expected),
                (Err(failure), Err(words)) => {
                    assert!(failure.text().contains(words), "{}", failure.text());
                }
                (Err(failure), Ok(_)) => panic!("{page}: {}", failure.text()),
            }
        }
    }
}
