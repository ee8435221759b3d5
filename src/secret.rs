//! Text that is wiped when dropped and never shows itself.

use std::fmt;

use zeroize::Zeroizing;

/// A secret or a token: wiped on drop, silent in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// `text` with every occurrence of the `secrets` blotted out: peers have been seen to echo what they
/// were sent, and their words go into errors.
pub(crate) fn scrub(text: &str, secrets: &[&str]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| secret.len() >= 4) {
        if clean.contains(secret) {
            clean = clean.replace(secret, "(secret)");
        }
    }
    clean
}

/// The same for a body, which need not be text.
pub(crate) fn scrub_bytes(body: &[u8], secret: &str) -> Vec<u8> {
    let (mut clean, mut rest) = (Vec::with_capacity(body.len()), body);
    while let [first, tail @ ..] = rest {
        match rest.strip_prefix(secret.as_bytes()) {
            Some(after) if !secret.is_empty() => {
                clean.extend_from_slice(b"(secret)");
                rest = after;
            }
            _ => {
                clean.push(*first);
                rest = tail;
            }
        }
    }
    clean
}

/// A peer's words as an error may quote them: printable, without the `secrets`, of bounded length.
pub(crate) fn quote(text: &str, secrets: &[&str]) -> String {
    const LONGEST: usize = 300;
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    // Before it is cut short, or the beginning of a secret could be left standing at the end.
    let clean = scrub(&printable, secrets);
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter22".into())), "(secret)");
    }

    #[test]
    fn quotes_are_short_and_clean() {
        let long = format!("{}hunter22", "x".repeat(296));
        let quoted = quote(&long, &["hunter22"]);
        assert!(
            quoted.ends_with("x(sec…") && !quoted.contains("hunt"),
            "{quoted}"
        );
        assert_eq!(quote("a\u{1b}[31mb\n", &[]), "a[31mb");
    }

    #[test]
    fn scrub_blots_out_each_occurrence() {
        assert_eq!(
            scrub("a hunter22 b hunter22", &["hunter22"]),
            "a (secret) b (secret)"
        );
        assert_eq!(
            scrub("abc", &["abc"]),
            "abc",
            "too short to be a secret, too common to hide"
        );
    }
}
