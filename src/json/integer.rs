//! Whole numbers out of decimal text, exactly.

/// The `i64` that `text` stands for: an integer, or a JSON number that happens to be whole (`1e3`,
/// `2.0`). Never by way of a double, which would round. `None` for anything else.
pub(crate) fn integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| whole(text))
}

fn whole(text: &str) -> Option<i64> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (decimal, exponent) = match rest.split_once(['e', 'E']) {
        Some((decimal, exponent)) => (decimal, Some(exponent)),
        None => (rest, None),
    };
    let (before, after) = decimal.split_once('.').unwrap_or((decimal, ""));
    let digits = || before.bytes().chain(after.bytes());
    if before.is_empty() || !digits().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if exponent.is_some_and(|exponent| !is_exponent(exponent)) {
        return None;
    }
    if digits().all(|byte| byte == b'0') {
        return Some(0);
    }
    // An exponent beyond i32 cannot give a whole number within i64 unless the digits run to
    // gigabytes.
    let exponent: i64 = exponent.map_or(Ok(0), str::parse::<i32>).ok()?.into();

    // The value is digits × 10^(exponent − digits after the point). Zeros at the end are taken
    // off first, so that what remains is whole exactly if that power is not negative.
    let zeros = digits().rev().take_while(|&byte| byte == b'0').count();
    let kept = before.len() + after.len() - zeros;
    let power = exponent - after.len() as i64 + zeros as i64;
    let power = u32::try_from(power).ok()?;

    let mut value: i128 = 0;
    for byte in digits().take(kept) {
        value = value * 10 + i128::from(byte - b'0');
        if value > i128::from(u64::MAX) {
            return None;
        }
    }
    let value = value.checked_mul(10_i128.checked_pow(power)?)?;
    i64::try_from(if negative { -value } else { value }).ok()
}

fn is_exponent(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::integer;

    #[test]
    fn whole_numbers_are_exact_and_the_rest_is_refused() {
        let cases: &[(&str, Option<i64>)] = &[
            ("0", Some(0)),
            ("-0", Some(0)),
            ("-0.0", Some(0)),
            ("0e999999999999", Some(0)),
            ("576460752303423488", Some(1 << 59)),
            ("576460752303423489.0", Some((1 << 59) + 1)),
            ("5764607523034234890e-1", Some((1 << 59) + 1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("-9223372036854775808", Some(i64::MIN)),
            ("-9223372036854775808.000", Some(i64::MIN)),
            ("-9223372036854775809", None),
            ("123456789012345678901234567890", None),
            ("12e2", Some(1200)),
            ("1.25E+2", Some(125)),
            ("1.25e1", None),
            ("0.1", None),
            ("1.00000000000000000000000001", None),
            ("0.0000000000000000000000001e25", Some(1)),
            ("1e400", None),
            ("1e-400", None),
            ("1e99999999999999999999", None),
            ("", None),
            ("-", None),
            (".", None),
            (".5", None),
            ("1e", None),
            ("e3", None),
            ("0x10", None),
            ("0e", None),
            ("0ex", None),
            ("0e1.5", None),
            (" 1", None),
            ("true", None),
            ("١", None),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text), *expected, "{text:?}");
        }
    }
}
