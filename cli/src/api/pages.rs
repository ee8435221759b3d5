//! `--paginate`: every entry of a list, complete or with a failure.

use serde_json::{Map, Value};
use zoom_s2s::{Client, Request, Status};

use super::args::{ApiArgs, ListFormat};
use super::unusable;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{Items, Sink};
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
    let mut progress = Progress::start(args.output.is_some(), "entries");
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
        let page = page?;
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
    if !pages.checked() {
        tell::unchecked();
    }
    items.end(sink).map_err(|error| sink.failed(error))
}

/// The name of the only array in a page.
fn only_array(page: &[u8]) -> Result<String, Failure> {
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(page) else {
        return unusable(
            "the answer is no object that could hold a list",
            "See what it is without --paginate.",
        );
    };
    let mut names: Vec<String> = members
        .into_iter()
        .filter(|(_, value)| value.is_array())
        .map(|(name, _)| name)
        .collect();
    if names.len() > 1 {
        names.truncate(TOLD);
        return unusable(
            format!("the answer holds several arrays: {}", names.join(", ")),
            format!("Say which of them is the list, such as --key {}.", names[0]),
        );
    }
    match names.pop() {
        Some(name) => Ok(name),
        None => unusable(
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
