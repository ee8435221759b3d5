//! Which requests a fault is meant for.

use crate::request::Request;
use crate::zoom::{is_api, is_token_request};

#[derive(Clone, Debug)]
pub(super) struct Target {
    place: Place,
    query: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
enum Place {
    Token,
    Api,
    Path { method: String, prefix: String },
}

impl Target {
    pub(super) fn token() -> Self {
        Place::Token.into()
    }

    pub(super) fn api() -> Self {
        Place::Api.into()
    }

    pub(super) fn path(method: &str, prefix: &str) -> Self {
        Self::from(Place::Path {
            method: method.to_owned(),
            prefix: prefix.to_owned(),
        })
    }

    pub(super) fn add_query(&mut self, name: &str, value: &str) {
        self.query.push((name.to_owned(), value.to_owned()));
    }

    /// Whether errors take the form of the OAuth host.
    pub(super) fn is_oauth(&self) -> bool {
        match &self.place {
            Place::Token => true,
            Place::Api => false,
            Place::Path { prefix, .. } => prefix.starts_with("/oauth/"),
        }
    }

    pub(super) fn matches(&self, request: &Request) -> bool {
        let (method, path) = (&*request.method, &*request.path);
        let here = match &self.place {
            Place::Token => is_token_request(method, path),
            Place::Api => is_api(path),
            Place::Path {
                method: wanted,
                prefix,
            } => (wanted == "*" || wanted.eq_ignore_ascii_case(method)) && path.starts_with(prefix),
        };
        here && self.query.iter().all(|(name, value)| {
            let given = request.query(name);
            given == Some(value) || (value == "*" && given.is_some_and(|given| !given.is_empty()))
        })
    }
}

impl From<Place> for Target {
    fn from(place: Place) -> Self {
        Self {
            place,
            query: Vec::new(),
        }
    }
}
