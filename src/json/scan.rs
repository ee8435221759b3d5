//! JSON read byte by byte, exactly as strictly as serde_json skips it.
//!
//! Plain functions from a place in the document to the place after what they passed over: a place lives
//! in a register, where a cursor with a position of its own would live in memory. Strings are looked at
//! thirty-two bytes at a time. Nothing is copied, and nothing recurses.

use wide::i8x16;

/// Not JSON, noticed at this place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotJson(pub(crate) usize);

type Result<T> = std::result::Result<T, NotJson>;

/// A number as received.
pub(crate) struct Number {
    pub(crate) end: usize,
    /// Its value, if it is written as a whole number of up to 18 digits.
    pub(crate) value: Option<i64>,
}

/// The first place from here on that a string cannot pass: its end, an escape, or what is no JSON.
#[inline(always)]
pub(crate) fn plain(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = block::<32>(bytes, at)
        && let ([low, high], _) = block.as_chunks()
    {
        let found = specials(low) | specials(high) << 16;
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 32;
    }
    plain_at_the_end(bytes, at)
}

/// A bit for each byte that is a quote, a backslash or a control character.
#[inline(always)]
pub(super) fn specials(bytes: &[u8; 16]) -> u32 {
    let bytes = i8x16::new(bytes.map(u8::cast_signed));
    let is = |byte: u8| bytes.simd_eq(i8x16::splat(byte.cast_signed()));
    // Comparisons know signed bytes only: with another sign, control characters are the least.
    let control = (bytes ^ i8x16::splat(i8::MIN)).simd_lt(i8x16::splat(i8::MIN + 0x20));
    (is(b'"') | is(b'\\') | control).to_bitmask()
}

#[cold]
fn plain_at_the_end(bytes: &[u8], mut at: usize) -> usize {
    while !matches!(byte(bytes, at), b'"' | b'\\' | 0..0x20) {
        at += 1;
    }
    at
}

/// So many bytes from here on, unless the end is nearer.
#[inline(always)]
pub(crate) fn block<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    bytes.get(at..)?.first_chunk()
}

/// The byte here. NUL at the end, which no JSON has.
#[inline(always)]
pub(crate) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The next place that is not white space.
#[inline(always)]
pub(crate) fn white(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), b' ' | b'\n' | b'\r' | b'\t') {
        at += 1;
    }
    at
}

/// After a value in brackets: the next value, or else the place after the closing bracket.
#[inline(always)]
pub(crate) fn more(bytes: &[u8], at: usize, close: u8) -> Result<(bool, usize)> {
    let at = white(bytes, at);
    match byte(bytes, at) {
        b',' => Ok((true, white(bytes, at + 1))),
        found if found == close => Ok((false, at + 1)),
        _ => Err(NotJson(at)),
    }
}

/// After an opening bracket: the first value, or else the place after the closing bracket.
#[inline(always)]
pub(crate) fn enter(bytes: &[u8], at: usize, close: u8) -> (bool, usize) {
    let at = white(bytes, at);
    match byte(bytes, at) == close {
        true => (false, at + 1),
        false => (true, at),
    }
}

/// From an opening quote to the closing one.
fn string(bytes: &[u8], at: usize) -> Result<usize> {
    let mut at = plain(bytes, at + 1);
    loop {
        match byte(bytes, at) {
            b'"' => return Ok(at),
            b'\\' => at = plain(bytes, escape(bytes, at)?),
            _ => return Err(NotJson(at)),
        }
    }
}

fn escape(bytes: &[u8], at: usize) -> Result<usize> {
    match byte(bytes, at + 1) {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 2),
        b'u' => match (at + 2..at + 6).find(|at| !byte(bytes, *at).is_ascii_hexdigit()) {
            None => Ok(at + 6),
            Some(at) => Err(NotJson(at)),
        },
        _ => Err(NotJson(at + 1)),
    }
}

/// A member's name: the place of its closing quote, and of the value.
pub(crate) fn name(bytes: &[u8], at: usize) -> Result<(usize, usize)> {
    if byte(bytes, at) != b'"' {
        return Err(NotJson(at));
    }
    let end = string(bytes, at)?;
    let colon = white(bytes, end + 1);
    if byte(bytes, colon) != b':' {
        return Err(NotJson(colon));
    }
    Ok((end, white(bytes, colon + 1)))
}

/// The number that begins here.
#[inline(always)]
pub(crate) fn number(bytes: &[u8], at: usize) -> Result<Number> {
    let negative = byte(bytes, at) == b'-';
    let start = at + usize::from(negative);
    let (mut end, value) = digits(bytes, start)?;
    if end > start + 1 && byte(bytes, start) == b'0' {
        return Err(NotJson(start + 1));
    }
    let mut whole = end - start <= 18;
    if byte(bytes, end) == b'.' {
        whole = false;
        (end, _) = digits(bytes, end + 1)?;
    }
    if matches!(byte(bytes, end), b'e' | b'E') {
        whole = false;
        let sign = matches!(byte(bytes, end + 1), b'+' | b'-');
        (end, _) = digits(bytes, end + 1 + usize::from(sign))?;
    }
    let value = if negative {
        value.wrapping_neg()
    } else {
        value
    };
    Ok(Number {
        end,
        value: whole.then_some(value),
    })
}

/// At least one digit; and their value, if it fits.
#[inline(always)]
fn digits(bytes: &[u8], start: usize) -> Result<(usize, i64)> {
    let (mut at, mut value) = (start, 0_i64);
    loop {
        let digit = byte(bytes, at).wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(digit.into());
        at += 1;
    }
    match at == start {
        true => Err(NotJson(at)),
        false => Ok((at, value)),
    }
}

/// `true`, `false` or `null`.
pub(crate) fn literal(bytes: &[u8], at: usize, literal: &[u8]) -> Result<usize> {
    let end = at + literal.len();
    let differs = (at..end)
        .zip(literal)
        .find(|(at, wanted)| byte(bytes, *at) != **wanted);
    differs.map_or(Ok(end), |(at, _)| Err(NotJson(at)))
}

/// Passes over a value, however deep it is.
pub(crate) fn skip(bytes: &[u8], mut at: usize) -> Result<usize> {
    // The closing brackets that are due.
    let mut due = Vec::new();
    loop {
        let open = byte(bytes, at);
        at = match open {
            b'"' => string(bytes, at)? + 1,
            b'-' | b'0'..=b'9' => number(bytes, at)?.end,
            b't' => literal(bytes, at, b"true")?,
            b'f' => literal(bytes, at, b"false")?,
            b'n' => literal(bytes, at, b"null")?,
            b'[' | b'{' => {
                let close = if open == b'[' { b']' } else { b'}' };
                let (entered, inside) = enter(bytes, at + 1, close);
                at = inside;
                if entered {
                    due.push(close);
                    if close == b'}' {
                        (_, at) = name(bytes, at)?;
                    }
                    continue;
                }
                at
            }
            _ => return Err(NotJson(at)),
        };
        loop {
            let Some(&close) = due.last() else {
                return Ok(at);
            };
            let (goes_on, next) = more(bytes, at, close)?;
            at = next;
            if goes_on {
                if close == b'}' {
                    (_, at) = name(bytes, at)?;
                }
                break;
            }
            due.pop();
        }
    }
}
