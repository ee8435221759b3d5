//! A page: what it says about itself, and its users.

use super::order::Order;
use super::value::number_of;
use super::{Reader, Result, Wrong, not_this};
use crate::json::{PageProblem, Span, byte, enter, literal, more, number, skip};

impl Reader<'_> {
    /// Reads a whole page; says whether it has `users`.
    pub(super) fn page(&mut self, at: usize) -> Result<(bool, usize)> {
        if byte(self.body, at) != b'{' {
            return Err(not_this(self.body, at, PageProblem::NotAnObject));
        }
        let mut has_users = false;
        let (mut goes_on, mut at) = enter(self.body, at + 1, b'}');
        while goes_on {
            let member;
            (member, at) = self.named(at, Member::of)?;
            let head = &mut self.rows.head;
            let number = match member {
                Member::Users => {
                    (has_users, at) = self.users(at)?;
                    None
                }
                Member::NextPageToken => {
                    (self.rows.head.next_page_token, at) = self.token(at)?;
                    None
                }
                Member::TotalRecords => Some(&mut head.total_records),
                Member::PageSize => Some(&mut head.page_size),
                Member::PageCount => Some(&mut head.page_count),
                Member::PageNumber => Some(&mut head.page_number),
                Member::Other => {
                    at = skip(self.body, at)?;
                    None
                }
            };
            if let Some(number) = number {
                (*number, at) = number_of(self.body, at)?;
            }
            (goes_on, at) = more(self.body, at, b'}')?;
        }
        Ok((has_users, at))
    }

    /// The array of users, or null; says which. Of duplicate members the last one counts.
    fn users(&mut self, at: usize) -> Result<(bool, usize)> {
        self.rows.rows.clear();
        match byte(self.body, at) {
            b'[' => {}
            b'n' => return Ok((false, literal(self.body, at, b"null")?)),
            _ => return Err(not_this(self.body, at, PageProblem::UsersNotAList)),
        }
        let mut order = Order::new();
        let (mut goes_on, mut at) = enter(self.body, at + 1, b']');
        while goes_on {
            let row = self.rows.rows.len();
            at = self.user(at, PageProblem::UserNotAnObject { row }, &mut order)?;
            (goes_on, at) = more(self.body, at, b']')?;
        }
        Ok((true, at))
    }

    /// The token of the next page: a text, digits, or null.
    fn token(&mut self, at: usize) -> Result<(Span, usize)> {
        match byte(self.body, at) {
            b'"' | b'n' => {
                let (token, end) = self.text(at)?;
                Ok((token.unwrap_or(Span::EMPTY), end))
            }
            b'0'..=b'9' => {
                let end = number(self.body, at)?.end;
                let digits = self.body.get(at..end).unwrap_or_default();
                if !digits.iter().all(u8::is_ascii_digit) {
                    return Err(Wrong::Meaning(end, PageProblem::TokenNotText));
                }
                Ok((self.rows.write(digits), end))
            }
            _ => Err(not_this(self.body, at, PageProblem::TokenNotText)),
        }
    }
}

enum Member {
    Users,
    NextPageToken,
    TotalRecords,
    PageSize,
    PageCount,
    PageNumber,
    Other,
}

impl Member {
    fn of(name: &[u8]) -> Member {
        match name {
            b"users" => Member::Users,
            b"next_page_token" => Member::NextPageToken,
            b"total_records" => Member::TotalRecords,
            b"page_size" => Member::PageSize,
            b"page_count" => Member::PageCount,
            b"page_number" => Member::PageNumber,
            _ => Member::Other,
        }
    }
}
