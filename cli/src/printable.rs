//! Characters that would do something to a terminal instead of being shown on it.

use std::borrow::Cow;

/// Control characters (ESC and the 8-bit ones among them), line and paragraph separators, and marks
/// that turn the direction of the text around them.
fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` with a replacement character in place of each active one.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(is_active) {
        Cow::Owned(text.replace(is_active, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The same JSON with its active characters escaped.
pub(crate) fn printable_json(json: &str) -> Cow<'_, str> {
    // Below U+0020 valid JSON has only line ends and tabs between its tokens; beyond, such
    // characters stand only inside texts.
    let is_active = |c: char| c >= ' ' && is_active(c);
    if !json.contains(is_active) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_active(c) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn active_characters_are_replaced_and_others_kept() {
        let cases = [
            ("plain", "plain"),
            ("Zoë 山田 👩\u{200d}👩", "Zoë 山田 👩\u{200d}👩"),
            ("a\u{1b}[31mb", "a\u{fffd}[31mb"),
            ("\u{9b}31m", "\u{fffd}31m"),
            (
                "a\nb\tc\rd\0e\u{7f}",
                "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}",
            ),
            ("\u{202e}gpj.exe", "\u{fffd}gpj.exe"),
            (
                "\u{2066}x\u{2069}\u{200f}\u{2028}",
                "\u{fffd}x\u{fffd}\u{fffd}\u{fffd}",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(printable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        assert_eq!(
            printable_json("{\n\t\"a\": \"\u{9b}\u{202e}x\"\n}"),
            "{\n\t\"a\": \"\\u009b\\u202ex\"\n}"
        );
        assert_eq!(printable_json("[1, 2]"), "[1, 2]");
    }
}
