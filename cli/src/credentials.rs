//! The variables of the credentials, and which of them are missing.

/// A credential: its variable, and what Zoom calls it.
pub(crate) type Credential = (&'static str, &'static str);

pub(crate) const SERVER_TO_SERVER: [Credential; 3] = [
    ("ZOOM_ACCOUNT_ID", "account ID"),
    ("ZOOM_CLIENT_ID", "client ID"),
    ("ZOOM_CLIENT_SECRET", "client secret"),
];
pub(crate) const JWT: [Credential; 2] = [
    ("ZOOM_API_KEY", "API key"),
    ("ZOOM_API_SECRET", "API secret"),
];

/// The credentials that are used.
pub(crate) fn wanted(legacy_jwt: bool) -> &'static [Credential] {
    if legacy_jwt { &JWT } else { &SERVER_TO_SERVER }
}

/// Those that have neither a value nor a file with one, by `is_set`, which tells of a variable.
pub(crate) fn missing(
    credentials: &[Credential],
    is_set: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    let names = credentials.iter().map(|(name, _)| *name);
    names
        .filter(|name| !is_set(name) && !is_set(&format!("{name}_FILE")))
        .collect()
}

/// `ZOOM_CLIENT_ID is not set`, `ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID are not set`.
pub(crate) fn not_set(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb} not set", names.join(", "))
}
