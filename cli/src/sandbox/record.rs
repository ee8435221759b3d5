//! `--record`: what clients send, for people to read.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use zoom_s2s_sandbox::{Auth, Claims, Credentials, Entry, iso_date};

use super::remarks::Remarks;
use super::veil;
use crate::console;
use crate::failure::Failure;
use crate::printable::printable;

/// Where the record goes, and what it has to remember.
pub(super) struct Record {
    /// Stderr if there is none.
    file: Option<File>,
    name: String,
    remarks: Mutex<Remarks>,
    /// The sandbox's own, known once it runs.
    keys: OnceLock<Credentials>,
}

impl Record {
    pub(super) fn open(file: Option<&Path>, token_lifetime: u32) -> Result<Record, Failure> {
        let open = |path: &Path| open(path).map_err(|error| Failure::output(path, error));
        Ok(Record {
            file: file.map(open).transpose()?,
            name: file.map_or_else(String::new, |path| path.display().to_string()),
            remarks: Mutex::new(Remarks::new(token_lifetime.into())),
            keys: OnceLock::new(),
        })
    }

    pub(super) fn knows(&self, keys: &Credentials) {
        let _ = self.keys.set(keys.clone());
    }

    pub(super) fn note(&self, entry: &Entry) {
        // Held while it is written: the blocks of two requests must not mix.
        let mut remarks = self.remarks.lock().unwrap_or_else(PoisonError::into_inner);
        let said = remarks.on(entry);
        let text = describe(entry, &said, self.keys.get());
        let Some(mut file) = self.file.as_ref() else {
            return console::block(&text);
        };
        let lines = text.lines().map(|line| format!("{}\n", printable(line)));
        if let Err(error) = file.write_all(lines.collect::<String>().as_bytes()) {
            console::line(&format!("zoom-s2s: cannot write {}: {error}", self.name));
        }
    }
}

/// Behind what an earlier run has recorded, and a new file for this user's eyes only.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A line that says what came and one that says what was answered, between them the details.
fn describe(entry: &Entry, said: &[String], keys: Option<&Credentials>) -> String {
    let mut text = format!(
        "#{} {} {} {}",
        entry.number,
        iso_date(entry.unix_seconds),
        veil::text(&entry.method),
        veil::text(&entry.path)
    );
    let mut line = |name: &str, value: &str| text.push_str(&format!("\n  {name:<7} {value}"));
    let pairs = |pairs: &[(String, String)]| {
        let pairs = pairs.iter();
        let pairs = pairs.map(|(name, value)| veil::parameter(name, value, keys));
        pairs.collect::<Vec<_>>().join("  ")
    };
    if !entry.query.is_empty() {
        line("query", &pairs(&entry.query));
    }
    if !entry.form.is_empty() {
        line("form", &pairs(&entry.form));
    }
    if entry.body_len > 0 || entry.content_type.is_some() {
        let kind = entry.content_type.as_deref().unwrap_or("no content type");
        line(
            "body",
            &format!("{} bytes, {}", entry.body_len, veil::text(kind)),
        );
    }
    line("auth", &auth(entry));
    if let Some(claims) = &entry.jwt {
        line("jwt", &jwt(claims, entry.unix_seconds, keys));
    }
    let agent = entry.user_agent.as_deref().map(veil::text);
    line("agent", agent.as_deref().unwrap_or("(none)"));
    for remark in said {
        line("odd", remark);
    }
    line("answer", &answer(entry));
    text
}

fn auth(entry: &Entry) -> String {
    let in_query = |name: &str| entry.query.iter().any(|(key, _)| key == name);
    match (entry.auth, entry.token) {
        (Auth::Basic, _) => "Basic: a client ID and a client secret".to_owned(),
        (Auth::Bearer, Some(serial)) => format!("Bearer: the sandbox's token number {serial}"),
        (Auth::Jwt, _) => "Bearer: a JWT of the sandbox's API key".to_owned(),
        (Auth::Bearer, None) if entry.jwt.is_some() => "Bearer: a JWT".to_owned(),
        (Auth::Bearer, None) => "Bearer: an unknown token".to_owned(),
        (Auth::None, _) if in_query("access_token") => "none but in the query".to_owned(),
        (Auth::None, _) => "none".to_owned(),
        _ => "an Authorization header that is neither Basic nor Bearer".to_owned(),
    }
}

fn jwt(claims: &Claims, now: i64, keys: Option<&Credentials>) -> String {
    let alg = veil::text(&claims.alg);
    let issuer = claims
        .iss
        .as_deref()
        .map(|issuer| veil::issuer(issuer, keys));
    let expiry = match claims.exp {
        None => "none".to_owned(),
        Some(exp) => {
            // Beyond the year 9999 it is no date.
            let date = if (0..253_402_300_800).contains(&exp) {
                iso_date(exp)
            } else {
                exp.to_string()
            };
            let left = exp.saturating_sub(now);
            if left > 0 {
                format!("{date} (expires in {left} s)")
            } else {
                format!("{date} (expired {} s ago)", left.saturating_neg())
            }
        }
    };
    format!(
        "alg {alg}, iss {}, exp {expiry}",
        issuer.as_deref().unwrap_or("none")
    )
}

fn answer(entry: &Entry) -> String {
    let fault = entry
        .fault
        .as_deref()
        .map(|fault| format!(", by the fault {fault}"));
    let fault = fault.unwrap_or_default();
    match entry.status {
        0 if fault.is_empty() => "none: the client has gone".to_owned(),
        0 => format!("none{fault}"),
        status => format!("{status}{fault}"),
    }
}
