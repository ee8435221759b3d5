//! The text that a JSON string stands for.

use super::scan::{NotJson, block, byte, special};

/// Appends the text of the string that begins here, after its opening quote. Hands out the place of the
/// closing quote, and whether there was U+0000.
///
/// Half a surrogate pair that stands alone becomes U+FFFD: it is what is left of an emoji when somebody
/// cuts a name after so many UTF-16 units.
pub(crate) fn unescape(
    bytes: &[u8],
    mut start: usize,
    text: &mut Vec<u8>,
) -> Result<(usize, bool), NotJson> {
    let mut has_nul = false;
    loop {
        let at = copy_plain(bytes, start, text);
        match byte(bytes, at) {
            b'"' => return Ok((at, has_nul)),
            b'\\' => start = at + 2,
            _ => return Err(NotJson(at)),
        }
        match byte(bytes, at + 1) {
            same @ (b'/' | b'"' | b'\\') => text.push(same),
            b'u' => {
                let character;
                (character, start) = code_point(bytes, start)?;
                has_nul |= character == '\0';
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            b'b' => text.push(0x08),
            b'f' => text.push(0x0c),
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            _ => return Err(NotJson(at + 1)),
        }
    }
}

/// Copies up to the first place that a string cannot pass. Eight bytes at a time, of which those too many
/// are taken back: what stands between two escapes is mostly too short for a copy of exact length to pay.
#[inline(always)]
fn copy_plain(bytes: &[u8], mut at: usize, text: &mut Vec<u8>) -> usize {
    while let Some(block) = block::<8>(bytes, at) {
        let found = special(*block);
        text.extend_from_slice(block);
        if found != 0 {
            let plain = (found.trailing_zeros() / 8) as usize;
            text.truncate(text.len() - (8 - plain));
            return at + plain;
        }
        at += 8;
    }
    while !matches!(byte(bytes, at), b'"' | b'\\' | 0..0x20) {
        text.push(byte(bytes, at));
        at += 1;
    }
    at
}

/// The character of one `\uXXXX`, or of two that are a surrogate pair; the place after it.
fn code_point(bytes: &[u8], at: usize) -> Result<(char, usize), NotJson> {
    let (first, end) = unit(bytes, at)?;
    if let 0xd800..0xdc00 = first
        && bytes.get(end..end + 2) == Some(b"\\u")
        && let (low @ 0xdc00..0xe000, end) = unit(bytes, end + 2)?
    {
        let pair = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
        return Ok((char::from_u32(pair).unwrap_or_default(), end));
    }
    let character = char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER);
    Ok((character, end))
}

/// Four hexadecimal digits.
fn unit(bytes: &[u8], at: usize) -> Result<(u32, usize), NotJson> {
    let mut unit = 0;
    for at in at..at + 4 {
        let digit = char::from(byte(bytes, at)).to_digit(16);
        unit = unit << 4 | digit.ok_or(NotJson(at))?;
    }
    Ok((unit, at + 4))
}
