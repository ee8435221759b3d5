//! JSON values as they were received: in an array, or one per line.

use std::borrow::Cow;
use std::io::{self, Write};

use super::compact;
use crate::printable::printable_json;

/// Prints values one by one, and holds none of them.
pub(crate) struct Items {
    as_array: bool,
    on_terminal: bool,
    is_first: bool,
}

impl Items {
    pub(crate) fn array(on_terminal: bool) -> Items {
        Items {
            as_array: true,
            on_terminal,
            is_first: true,
        }
    }

    pub(crate) fn lines(on_terminal: bool) -> Items {
        Items {
            as_array: false,
            ..Items::array(on_terminal)
        }
    }

    pub(crate) fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.as_array {
            out.write_all(b"[")?;
        }
        Ok(())
    }

    pub(crate) fn item(&mut self, json: &str, out: &mut dyn Write) -> io::Result<()> {
        match (self.as_array, self.is_first) {
            (true, true) => out.write_all(b"\n")?,
            (true, false) => out.write_all(b",\n")?,
            (false, _) => {}
        }
        self.is_first = false;
        // A line per value, whatever was received.
        let json = if !self.as_array && json.contains(['\n', '\r']) {
            compact(json)
        } else {
            Cow::Borrowed(json)
        };
        if self.on_terminal {
            out.write_all(printable_json(&json).as_bytes())?;
        } else {
            out.write_all(json.as_bytes())?;
        }
        if !self.as_array {
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Not called if the listing failed: an array without its end is seen to be incomplete.
    pub(crate) fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        match (self.as_array, self.is_first) {
            (true, true) => out.write_all(b"]\n"),
            (true, false) => out.write_all(b"\n]\n"),
            (false, _) => Ok(()),
        }
    }
}
