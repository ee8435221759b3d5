//! The text that a JSON string stands for.

use super::scan::{NotJson, block, byte, plain, specials};

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

/// Copies up to the first place that a string cannot pass. A whole block at a time, of which what is too
/// much is taken back: what stands between two escapes is mostly too short for a copy of exact length to
/// pay.
#[inline(always)]
fn copy_plain(bytes: &[u8], mut at: usize, text: &mut Vec<u8>) -> usize {
    while let Some(block) = block::<16>(bytes, at) {
        let found = specials(block);
        text.extend_from_slice(block);
        if found != 0 {
            let plain = found.trailing_zeros() as usize;
            text.truncate(text.len() - (16 - plain));
            return at + plain;
        }
        at += 16;
    }
    let end = plain(bytes, at);
    text.extend_from_slice(bytes.get(at..end).unwrap_or_default());
    end
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
#[inline(always)]
fn unit(bytes: &[u8], at: usize) -> Result<(u32, usize), NotJson> {
    let mut unit = 0;
    for at in at..at + 4 {
        let digit = HEX[usize::from(byte(bytes, at))];
        if digit > 15 {
            return Err(NotJson(at));
        }
        unit = unit << 4 | u32::from(digit);
    }
    Ok((unit, at + 4))
}

/// The value of each character as a hexadecimal digit; of no digit more than 15.
static HEX: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        values[digit as usize] = value;
        values[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    values
};
