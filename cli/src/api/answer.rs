//! One answer: as received, but harmless where it goes to a terminal.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;
use zoom_s2s::{Error, Response};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Sink;
use crate::printable::{printable, printable_json};

/// Prints a good answer.
pub(super) fn print(response: &Response, include: bool, sink: &mut Sink) -> Result<(), Failure> {
    let mut written = Ok(());
    if include {
        written = head(response.status(), response.headers(), sink);
    }
    if sink.is_terminal() && std::str::from_utf8(response.body()).is_err() {
        written
            .and_then(|()| sink.flush())
            .map_err(|error| sink.failed(error))?;
        return Err(binary(response));
    }
    written
        .and_then(|()| body(response.body(), sink))
        .map_err(|error| sink.failed(error))
}

/// Prints what the API answered instead. That it failed is told in any case, so that nothing more
/// comes of it if it cannot be printed.
pub(super) fn print_refusal(error: &Error, include: bool, interrupt: &Interrupt) {
    let Some(received) = error.body() else {
        return;
    };
    let Ok(mut sink) = Sink::open(None, interrupt) else {
        return;
    };
    let mut written = Ok(());
    if let Some(status) = error.http_status().filter(|_| include) {
        let tracking = error.tracking_id().map(|id| ("x-zm-trackingid", id));
        written = head(status, tracking.into_iter(), &mut sink);
    }
    let _ = written
        .and_then(|()| body(received, &mut sink))
        .and_then(|()| sink.flush());
}

/// As in HTTP. The SDK speaks version 1.1, and does not keep the words behind the status, which may
/// be absent; headers it keeps if they are printable.
fn head<'h>(
    status: u16,
    headers: impl Iterator<Item = (&'h str, &'h str)>,
    sink: &mut Sink,
) -> io::Result<()> {
    write!(sink, "HTTP/1.1 {status} \r\n")?;
    for (name, value) in headers {
        write!(sink, "{name}: {value}\r\n")?;
    }
    sink.write_all(b"\r\n")
}

fn body(bytes: &[u8], sink: &mut Sink) -> io::Result<()> {
    if !sink.is_terminal() || bytes.is_empty() {
        return sink.write_all(bytes);
    }
    let shown = harmless(bytes);
    sink.write_all(shown.as_bytes())?;
    if !shown.ends_with('\n') {
        // The prompt of the shell comes next.
        sink.write_all(b"\n")?;
    }
    Ok(())
}

/// JSON stays the same JSON; of anything else, the lines stay.
fn harmless(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if serde_json::from_str::<Value>(&text).is_ok() {
        return printable_json(&text).into_owned();
    }
    let line = |line| Cow::into_owned(printable(line));
    text.split('\n')
        .map(|text| line(text.strip_suffix('\r').unwrap_or(text)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn binary(response: &Response) -> Failure {
    let kind = response.header("content-type").unwrap_or("unknown type");
    let received = format!("{} bytes of {kind}", response.body().len());
    Failure::Output {
        what: "to the terminal".to_owned(),
        error: io::Error::other(format!("the answer is binary, {received}")),
        hint: "The request was carried out. For a GET, repeat it with --output FILE.",
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_acts_on_a_terminal() {
        for (bytes, shown) in [
            (
                &b"{\"a\":\"\xc2\x9b31m\",\n\"b\":1}"[..],
                "{\"a\":\"\\u009b31m\",\n\"b\":1}",
            ),
            (b"{\"a\":\"\x1b[2J\"}", "{\"a\":\"\u{fffd}[2J\"}"),
            (b"<p>\x1b]0;x\x07</p>\r\n", "<p>\u{fffd}]0;x\u{fffd}</p>\n"),
            (b"over\rwritten\xff", "over\u{fffd}written\u{fffd}"),
        ] {
            assert_eq!(harmless(bytes), shown);
        }
    }
}
