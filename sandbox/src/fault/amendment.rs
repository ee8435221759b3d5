//! Changes to an ordinary answer's body.

use crate::answer::{Answer, Pieces};
use crate::gzip;
use crate::request::Request;
use bytes::Bytes;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub(crate) enum Amendment {
    Truncate,
    Nest(usize),
    Oversize(u64),
    GzipBomb(u64),
    /// Set, or removed if there is no value.
    Member(String, Option<Value>),
    RepeatPageToken,
    Total(Total),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Total {
    Absent,
    OffBy(i64),
    Moving,
}

impl Amendment {
    /// Changes an answer that is not compressed; `nth` counts the strikes of the fault from 1.
    pub(crate) fn apply(&self, mut answer: Answer, request: &Request, nth: u64) -> Answer {
        match self {
            Self::Truncate => {
                let body = answer.body.concat();
                answer.body = Pieces::new([body.slice(..body.len() / 2)]);
            }
            Self::Nest(levels) => {
                let body = answer.body.concat();
                let rest = body.strip_prefix(b"{").unwrap_or(b"}");
                let mut nested = b"{\"nest\":".to_vec();
                nested.resize(nested.len() + levels, b'[');
                nested.resize(nested.len() + levels, b']');
                if rest != b"}" {
                    nested.push(b',');
                }
                nested.extend_from_slice(rest);
                answer.body = Pieces::new([nested.into()]);
            }
            Self::Oversize(bytes) => {
                let blanks = Bytes::from_static(&[b' '; 1 << 16]);
                let missing = bytes.saturating_sub(answer.body.len());
                let (whole, part) = (missing / (1 << 16), missing % (1 << 16));
                answer.body.push(blanks.clone(), whole);
                answer.body.push(blanks.slice(..part as usize), 1);
            }
            Self::GzipBomb(inflated) => {
                answer.body = gzip::bomb(&answer.body.concat(), *inflated);
                answer.gzip = true;
            }
            Self::Member(name, Some(value)) => edit(&mut answer, |body| {
                body[name.as_str()] = value.clone();
            }),
            Self::Member(name, None) => edit(&mut answer, |body| remove(body, name)),
            Self::RepeatPageToken => edit(&mut answer, |body| {
                body["next_page_token"] = json!(request.query("next_page_token"));
            }),
            Self::Total(total) => edit(&mut answer, |body| {
                let Some(right) = body["total_records"].as_i64() else {
                    return;
                };
                match total {
                    Total::Absent => remove(body, "total_records"),
                    Total::OffBy(by) => body["total_records"] = right.saturating_add(*by).into(),
                    Total::Moving => {
                        body["total_records"] = right.saturating_add_unsigned(nth).into();
                    }
                }
            }),
        }
        answer
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Truncate => "truncated_json".to_owned(),
            Self::Nest(levels) => format!("nested_json {levels}"),
            Self::Oversize(bytes) => format!("oversized {bytes}"),
            Self::GzipBomb(bytes) => format!("gzip_bomb {bytes}"),
            Self::Member(name, Some(_)) => format!("set_member {name}"),
            Self::Member(name, None) => format!("remove_member {name}"),
            Self::RepeatPageToken => "repeated_page_token".to_owned(),
            Self::Total(Total::Absent) => "total_records absent".to_owned(),
            Self::Total(Total::OffBy(by)) => format!("total_records off_by {by}"),
            Self::Total(Total::Moving) => "total_records moving".to_owned(),
        }
    }
}

/// Changes the object in a successful answer; other answers stay as they are.
fn edit(answer: &mut Answer, change: impl FnOnce(&mut Value)) {
    if !answer.is_success() {
        return;
    }
    if let Ok(mut body @ Value::Object(_)) = serde_json::from_slice(&answer.body.concat()) {
        change(&mut body);
        answer.body = Pieces::new([body.to_string().into()]);
    }
}

fn remove(body: &mut Value, name: &str) {
    if let Some(object) = body.as_object_mut() {
        object.remove(name);
    }
}
