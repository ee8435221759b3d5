//! JSON on one line.

use std::borrow::Cow;

/// The same JSON without the blanks between its tokens; nothing else is touched, so that every
/// number keeps all its digits.
pub(crate) fn compact(json: &str) -> Cow<'_, str> {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    if !json.contains(is_blank) {
        return Cow::Borrowed(json);
    }
    let mut kept = String::with_capacity(json.len());
    let (mut in_text, mut escaped) = (false, false);
    for c in json.chars() {
        if in_text || !is_blank(c) {
            kept.push(c);
        }
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_text = !in_text,
            _ => {}
        }
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn only_blanks_between_tokens_go() {
        let cases = [
            ("[1,2]", "[1,2]"),
            (
                "{\r\n\t\"a b\" : 576460752303423488.50 ,\n \"c\":[ ]}",
                "{\"a b\":576460752303423488.50,\"c\":[]}",
            ),
            (
                r#"{"a": "x \" y \\", "b": " \\\" "}"#,
                r#"{"a":"x \" y \\","b":" \\\" "}"#,
            ),
        ];
        for (json, expected) in cases {
            assert_eq!(compact(json), expected);
        }
    }
}
