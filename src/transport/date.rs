//! `Retry-After` in the three spellings seen: seconds, HTTP-date, and Zoom's ISO-8601.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long to wait from `now` on; `None` if the header says nothing understandable.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = iso_8601(value).or_else(|| http_date(value))?;
    let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(at).ok()?);
    Some(at.duration_since(now).unwrap_or_default())
}

/// `2025-01-20T00:00:00Z`, fractions ignored, offsets as `Z` or `+01:00`.
fn iso_8601(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let mut date = date.split('-');
    let day = days(
        number(date.next()?, 4)?,
        number(date.next()?, 2)?,
        number(date.next()?, 2)?,
    )?;
    if date.next().is_some() {
        return None;
    }
    let (clock, zone) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, "Z"),
    };
    let seconds = day_seconds(clock.split('.').next()?)?;
    let offset = match zone.strip_prefix(['+', '-']) {
        None => 0,
        Some(span) => {
            let minutes = day_seconds(&format!("{span}:00"))?;
            if zone.starts_with('-') {
                -minutes
            } else {
                minutes
            }
        }
    };
    Some(day * 86_400 + seconds - offset)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
pub(super) fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut parts = text.split_once(", ")?.1.split(' ');
    let day = number(parts.next()?, 2)?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let year = number(parts.next()?, 4)?;
    let seconds = day_seconds(parts.next()?)?;
    (parts.next() == Some("GMT")).then_some(())?;
    Some(days(year, month, day)? * 86_400 + seconds)
}

fn number(digits: &str, length: usize) -> Option<i64> {
    let valid = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().ok()).flatten()
}

/// Seconds since midnight of `HH:MM:SS`.
fn day_seconds(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':').map(|part| number(part, 2));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = parts.next().is_none() && hours < 24 && minutes < 60 && seconds <= 60;
    valid.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Days from 1970-01-01 in the Gregorian calendar; March-based years put the leap day last.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let now = UNIX_EPOCH + Duration::from_secs(1_737_331_190); // 2025-01-19T23:59:50Z
        for (value, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("2025-01-20T00:00:00Z", Some(10)),
            ("2025-01-20T00:00:00.5Z", Some(10)),
            ("2025-01-20T01:00:00+01:00", Some(10)),
            ("2025-01-19T23:00:00-01:00", Some(10)),
            ("2025-01-20 00:00:00", Some(10)),
            ("Mon, 20 Jan 2025 00:00:00 GMT", Some(10)),
            ("2024-02-29T00:00:00Z", Some(0)),
            ("Mon, 20 Jan 2025 00:00:00 CET", None),
            ("2025-13-20T00:00:00Z", None),
            ("2025-01-20T25:00:00Z", None),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(value, now), expected, "{value:?}");
        }
        assert_eq!(iso_8601("2000-03-01T00:00:00Z"), Some(951_868_800));
        assert_eq!(iso_8601("1970-01-01T00:00:00Z"), Some(0));
    }
}
