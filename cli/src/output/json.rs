//! Users as JSON: an array, or one object per line.

use std::borrow::Cow;
use std::io::{self, Write};

use zoom_s2s::{User, UserField, UsersPage};

use super::{Items, Printer};

pub(super) struct Json {
    /// The members to print; the whole user as received if `None`.
    fields: Option<Vec<UserField>>,
    items: Items,
}

impl Json {
    pub(super) fn array(fields: Option<Vec<UserField>>, on_terminal: bool) -> Json {
        Json {
            fields,
            items: Items::array(on_terminal),
        }
    }

    pub(super) fn lines(fields: Option<Vec<UserField>>, on_terminal: bool) -> Json {
        Json {
            fields,
            items: Items::lines(on_terminal),
        }
    }

    fn user<'u>(&self, user: &'u User) -> Cow<'u, str> {
        match &self.fields {
            None => Cow::Borrowed(user.json()),
            Some(fields) => Cow::Owned(members(user, fields)),
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
        self.items.begin(out)
    }

    fn page(&mut self, page: &UsersPage, out: &mut dyn Write) -> io::Result<()> {
        for user in page.users() {
            let json = self.user(&user);
            self.items.item(&json, out)?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.items.end(out)
    }
}
