//! A token as it is written down in a store, version 1.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::token::endpoint::LONGEST_LIFE;
use crate::token::machine::{Lease, Moment};
use crate::token::value::{Restored, Token};

/// A token may come from the future by so much: clocks of one host are read in no order.
const FUTURE_MS: u64 = 5_000;

/// All times are of the store's clock, in milliseconds since the Unix epoch.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    access_token: Cow<'a, str>,
    #[serde(default = "bearer", borrow)]
    token_type: Cow<'a, str>,
    obtained_at_ms: u64,
    stale_at_ms: u64,
    expires_at_ms: u64,
    #[serde(default, borrow)]
    scope: Cow<'a, str>,
    #[serde(default, borrow)]
    api_url: Option<Cow<'a, str>>,
    /// It replaced a token that was refused, rather than one that was about to expire.
    #[serde(default)]
    forced: bool,
}

fn bearer() -> Cow<'static, str> {
    Cow::Borrowed("bearer")
}

/// The store's clock, read at a moment of this process's.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) store_ms: u64,
    pub(super) here: Moment,
}

impl Clock {
    fn store_ms_at(self, then: Moment) -> u64 {
        // One of the two is zero. The monotonic clocks alone: the wall clock may have been set
        // between, and it is not the store's.
        let later = then.mono.saturating_sub(self.here.mono).as_millis() as u64;
        let earlier = self.here.mono.saturating_sub(then.mono).as_millis() as u64;
        self.store_ms.saturating_add(later).saturating_sub(earlier)
    }
}

/// The text that goes into the store.
pub(super) fn write(token: &Token, forced: bool, clock: Clock) -> Zeroizing<String> {
    let lease = token.lease();
    let obtained = clock.store_ms_at(lease.obtained);
    let after = |age: Duration| obtained.saturating_add(age.as_millis() as u64);
    let record = Record {
        access_token: token.value().into(),
        token_type: bearer(),
        obtained_at_ms: obtained,
        stale_at_ms: after(lease.stale_age()),
        expires_at_ms: after(lease.life),
        scope: token.scope().into(),
        api_url: token.api_url().map(Cow::from),
        forced,
    };
    // Room for all of it: a buffer that grows leaves unwiped copies behind.
    let room = token.value().len() + 2 * token.scope().len() + 1024;
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    let written = serde_json::to_writer(&mut *text, &record);
    let text = written.ok().map(|()| std::mem::take(&mut *text));
    let text = text.and_then(|text| String::from_utf8(text).ok());
    Zeroizing::new(text.unwrap_or_default())
}

/// The token behind a text from the store; `None` if it makes no sense or has expired.
pub(super) fn read(text: &str, clock: Clock) -> Option<Token> {
    let record: Record<'_> = serde_json::from_str(text).ok()?;
    let life = record.expires_at_ms.checked_sub(record.obtained_at_ms)?;
    let known = record.token_type.eq_ignore_ascii_case("bearer");
    let printable = record
        .access_token
        .bytes()
        .all(|byte| byte.is_ascii_graphic());
    if !known
        || !printable
        || record.access_token.is_empty()
        || u128::from(life) > LONGEST_LIFE.as_millis()
    {
        return None;
    }
    // The clock was set back since: how old the token is nobody knows.
    if record.obtained_at_ms > clock.store_ms.saturating_add(FUTURE_MS) {
        return None;
    }
    let age = Duration::from_millis(clock.store_ms.saturating_sub(record.obtained_at_ms));
    let life = Duration::from_millis(life);
    let stale_age = record.stale_at_ms.saturating_sub(record.obtained_at_ms);
    let token = Token::restored(Restored {
        value: &record.access_token,
        scope: record.scope.into_owned(),
        api_url: record.api_url.map(Cow::into_owned),
        obtained: clock.here.earlier_by(age),
        life,
        jitter: Lease::jitter_of(life, Duration::from_millis(stale_age)),
        forced: record.forced,
    });
    (!token.lease().is_expired(clock.here)).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn clock(store_ms: u64, here_ms: u64) -> Clock {
        let here = Moment {
            mono: Duration::from_millis(here_ms),
            // This host is 90 s behind the store, and the two clocks must not be mixed.
            wall: Duration::from_millis(store_ms.saturating_sub(90_000)),
        };
        Clock { store_ms, here }
    }

    fn token(clock: Clock) -> Token {
        let scope = "user:read:admin \u{e4}".to_owned();
        let api_url = Some("https://api-eu.zoom.us".to_owned());
        Token::new("abc.DEF-1", scope, api_url, clock.here, HOUR)
    }

    #[test]
    fn what_is_written_is_read_back_by_hosts_with_other_clocks() {
        let writer = clock(1_700_000_000_000, 5_000_000);
        let token = token(writer);
        // Saved three seconds after it was asked for, read 20 minutes later elsewhere.
        let text = write(&token, true, clock(1_700_000_003_000, 5_003_000));
        let reader = clock(1_700_001_200_000, 77_000_000);
        let read = read(&text, reader).expect("it lives");
        assert_eq!(read.value(), "abc.DEF-1");
        assert_eq!(read.scope(), token.scope());
        assert_eq!(read.api_url(), token.api_url());
        assert_eq!(read.id(), token.id());
        assert_eq!(read.lease().age(reader.here), Duration::from_secs(1200));
        assert_eq!(read.lease().left(reader.here), Duration::from_secs(2400));
        assert!(read.lease().forced);
        let apart = read.lease().stale_age().abs_diff(token.lease().stale_age());
        assert!(apart < Duration::from_millis(2), "{apart:?}");
    }

    #[test]
    fn what_makes_no_sense_is_no_token() {
        let now = clock(1_000_000, 5_000_000);
        let good = r#"{"access_token":"a","obtained_at_ms":900000,"stale_at_ms":1500000,"expires_at_ms":2000000}"#;
        assert!(read(good, now).is_some());
        for (from, to) in [
            (r#""a""#, r#""""#),
            (r#""a""#, "\"a\\r\\nHost: evil\""),
            (r#""a""#, r#""a b""#),
            (r#""a""#, "7"),
            ("2000000", "900000"),
            ("2000000", "1000000"),
            ("2000000", "800000"),
            ("2000000", "2e6"),
            ("2000000", "-1"),
            ("2000000", "999999999999999"),
            ("900000", "1005001"),
            ("{", r#"{"token_type":"mac","#),
            ("}", ""),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good);
            assert!(read(&text, now).is_none(), "{text}");
        }
        for text in ["", "null", "[]", "{}", "\u{0}"] {
            assert!(read(text, now).is_none(), "{text}");
        }
    }

    /// Others write to the store: no number of theirs may move the windows out of bounds.
    #[test]
    fn a_stale_time_out_of_range_is_bounded() {
        let now = clock(1_000_000, 5_000_000);
        for stale_at in ["0", "900000", "99999999999", "18446744073709551615"] {
            let text = format!(
                r#"{{"access_token":"a","obtained_at_ms":900000,"stale_at_ms":{stale_at},"expires_at_ms":4500000}}"#
            );
            let token = read(&text, now).expect("it lives");
            let age = token.lease().stale_age();
            assert!(
                (HOUR - HOUR / 6..=HOUR - HOUR / 10).contains(&age),
                "{stale_at}: {age:?}"
            );
        }
    }
}
