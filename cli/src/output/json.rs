//! Users as JSON: an array, or one object per line.

use std::borrow::Cow;
use std::io::{self, Write};

use zoom_s2s::{User, UserField, UsersPage};

use super::{Printer, compact};
use crate::printable::printable_json;

pub(super) struct Json {
    /// The members to print; the whole user as received if `None`.
    fields: Option<Vec<UserField>>,
    as_array: bool,
    on_terminal: bool,
    is_first: bool,
}

impl Json {
    pub(super) fn array(fields: Option<Vec<UserField>>, on_terminal: bool) -> Json {
        Json {
            fields,
            as_array: true,
            on_terminal,
            is_first: true,
        }
    }

    pub(super) fn lines(fields: Option<Vec<UserField>>, on_terminal: bool) -> Json {
        Json {
            as_array: false,
            ..Json::array(fields, on_terminal)
        }
    }

    fn user<'u>(&self, user: &'u User) -> Cow<'u, str> {
        let json = match &self.fields {
            None => Cow::Borrowed(user.json()),
            Some(fields) => Cow::Owned(members(user, fields)),
        };
        // A line per user, whatever was received.
        let json = if !self.as_array && json.contains(['\n', '\r']) {
            Cow::Owned(compact(&json).into_owned())
        } else {
            json
        };
        if self.on_terminal {
            Cow::Owned(printable_json(&json).into_owned())
        } else {
            json
        }
    }
}

/// An object of these members, their values as received.
fn members(user: &User, fields: &[UserField]) -> String {
    let members: Vec<String> = fields
        .iter()
        .map(|field| {
            let value = user.member_json(field.name()).unwrap_or("null");
            format!("\"{}\":{value}", field.name())
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

impl Printer for Json {
    fn begin(&mut self, _: &UsersPage, out: &mut dyn Write) -> io::Result<()> {
        if self.as_array {
            out.write_all(b"[")?;
        }
        Ok(())
    }

    fn page(&mut self, page: &UsersPage, out: &mut dyn Write) -> io::Result<()> {
        for user in page.users() {
            match (self.as_array, self.is_first) {
                (true, true) => out.write_all(b"\n")?,
                (true, false) => out.write_all(b",\n")?,
                (false, _) => {}
            }
            self.is_first = false;
            out.write_all(self.user(&user).as_bytes())?;
            if !self.as_array {
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match (self.as_array, self.is_first) {
            (true, true) => out.write_all(b"]\n"),
            (true, false) => out.write_all(b"\n]\n"),
            (false, _) => Ok(()),
        }
    }
}
