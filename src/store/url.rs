//! Which store a URL names.
//!
//! The URL is never quoted in an error: it may hold a password.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::TokenStore;
use super::file::FileStore;
#[cfg(feature = "redis")]
use super::redis::RedisStore;
use crate::error::{Details, Error, Result};
use crate::transport::Lasting;

/// The store that a setting asks for.
pub(crate) enum Choice {
    /// None but this process's memory.
    Memory,
    /// One that others may share.
    Shared {
        store: Arc<dyn TokenStore>,
        /// Calls fail when it cannot be used, rather than going on without it.
        strict: bool,
    },
}

/// Makes the store that `url`, the value of the setting called `name`, asks for. Nothing is sent yet.
pub(crate) fn choose(url: &str, name: &str, lasting: &Arc<Lasting>) -> Result<Choice> {
    let url = url.trim();
    let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
    let scheme = &*scheme.to_ascii_lowercase();
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut options = Options::parse(query, name)?;
    let strict = options.flag("strict")?;
    #[cfg(not(feature = "redis"))]
    let _ = lasting;
    let store: Arc<dyn TokenStore> = match scheme {
        "memory" if place.is_empty() && query.is_empty() => return Ok(Choice::Memory),
        "memory" => {
            return Err(options.refuse(
                "has more after memory: than it can use",
                "Use memory: alone.",
            ));
        }
        "file" => Arc::new(FileStore::open(place, &mut options)?),
        #[cfg(feature = "redis")]
        "redis" | "rediss" | "unix" | "redis+unix" => {
            Arc::new(RedisStore::new(scheme, place, &mut options, lasting)?)
        }
        #[cfg(not(feature = "redis"))]
        "redis" | "rediss" | "unix" | "redis+unix" => {
            return Err(options.refuse(
                "names a Redis store, which this build of the library leaves out",
                "Build zoom-s2s with its feature `redis`, or use file:PATH.",
            ));
        }
        // `/run/zoom/token`, `C:\zoom\token`
        _ if scheme.contains(std::path::is_separator) || scheme.len() == 1 => {
            return Err(options.refuse(
                "is a path without a scheme in front of it",
                "Write file: in front: file:/path/of/a/file.",
            ));
        }
        _ => {
            return Err(options.refuse(
                "names no store that this library knows",
                "Use memory:, file:/path/of/a/file, redis://host, rediss://host or unix:/path/of/redis.sock.",
            ));
        }
    };
    options.finish()?;
    Ok(Choice::Shared { store, strict })
}

/// The options of all stores.
const KNOWN: [&str; 7] = [
    "mode",
    "group",
    "strict",
    "password_file",
    "prefix",
    "user",
    "db",
];

/// The part of a store's URL behind the question mark.
pub(super) struct Options {
    /// What errors call the setting.
    name: String,
    left: Vec<(String, Zeroizing<String>)>,
}

impl Options {
    pub(super) fn parse(query: &str, name: &str) -> Result<Options> {
        let mut options = Options {
            name: name.to_owned(),
            left: Vec::new(),
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = options.decode(value)?;
            if options.left.iter().any(|(known, _)| known == key) {
                return Err(options.refuse_option(key, "is given twice", "Give it once."));
            }
            options.left.push((key.to_owned(), Zeroizing::new(value)));
        }
        Ok(options)
    }

    /// The value of an option, which is then used up.
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        let index = self.left.iter().position(|(known, _)| known == key)?;
        Some(std::mem::take(&mut self.left.swap_remove(index).1))
    }

    /// An option that is on when it stands there: `?strict`, `?strict=1`.
    pub(super) fn flag(&mut self, key: &str) -> Result<bool> {
        match self.take(key).as_deref() {
            None | Some("0") => Ok(false),
            Some("" | "1") => Ok(true),
            Some(_) => Err(self.refuse_option(key, "is neither 1 nor 0", "Leave its value out.")),
        }
    }

    /// Percent-decoded text.
    pub(super) fn decode(&self, text: &str) -> Result<String> {
        let decoded = percent_decode_str(text).decode_utf8();
        let decoded = decoded.map_err(|_| {
            self.refuse(
                "is not UTF-8 after percent-decoding",
                "Write a % itself as %25.",
            )
        })?;
        if decoded.contains('\0') {
            return Err(self.refuse("holds a NUL", "Take out the %00."));
        }
        Ok(decoded.into_owned())
    }

    /// The error for the whole setting.
    pub(super) fn refuse(&self, why: &str, cure: &str) -> Error {
        let message = format!("{} {why}", self.name);
        Error::Config(Details::new(message).with_hint(cure.to_owned()))
    }

    /// The error for one option.
    pub(super) fn refuse_option(&self, key: &str, why: &str, cure: &str) -> Error {
        // What stands there may be a password with an unencoded question mark in it.
        let shown = if KNOWN.contains(&key) {
            format!("the option {key} ")
        } else {
            "an option ".to_owned()
        };
        self.refuse(&format!("cannot be used: {shown}{why}"), cure)
    }

    /// Refuses what nobody asked for: a misspelt option must not be silently without effect.
    fn finish(self) -> Result<()> {
        match self.left.first() {
            None => Ok(()),
            Some((key, _)) => Err(self.refuse_option(
                key,
                "is not known for this store",
                "file: knows mode, group and strict; redis: knows password_file, prefix, user, db and strict.",
            )),
        }
    }
}
