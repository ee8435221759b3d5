//! Whether to send a request again, decided from values alone.

use std::time::Duration;

/// Attempts at one request that meets broken connections or server errors.
const ATTEMPTS: u32 = 4;
/// Attempts at one request that meets per-second limits; they pass by themselves within seconds.
const LIMITED_ATTEMPTS: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What went wrong with one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No connection, or it broke. `sent`: part of the request may have reached the peer.
    Broken { sent: bool },
    /// HTTP 5xx.
    Server { retry_after: Option<Duration> },
    /// HTTP 429 that passes within seconds: per-second rate, or too many at once.
    Busy { retry_after: Option<Duration> },
    /// Anything that a second attempt would only meet again.
    Final,
}

/// The pause before the next attempt, or `None` to give up.
///
/// `repeatable`: carrying the request out twice does no harm (GET, HEAD, PUT, DELETE, and asking for
/// a token). `attempt` counts from 1; `random` lies in 0..1; `left` is the time to the deadline.
pub(crate) fn pause(
    trouble: Trouble,
    repeatable: bool,
    attempt: u32,
    left: Duration,
    random: f64,
) -> Option<Duration> {
    // Full jitter: anything from nothing to the doubled bound, so that clients spread out.
    let jittered = || {
        let bound = FIRST_PAUSE
            .saturating_mul(1 << attempt.min(6))
            .min(LONGEST_PAUSE);
        bound.mul_f64(random)
    };
    let (allowed, attempts, pause) = match trouble {
        Trouble::Broken { sent } => (repeatable || !sent, ATTEMPTS, jittered()),
        Trouble::Server { retry_after } => (
            repeatable,
            ATTEMPTS,
            retry_after.unwrap_or_default().max(jittered()),
        ),
        Trouble::Busy { retry_after } => {
            let pause = Duration::from_secs(1).mul_f64(1.0 + random);
            (
                true,
                LIMITED_ATTEMPTS,
                retry_after.unwrap_or_default().max(pause),
            )
        }
        Trouble::Final => return None,
    };
    (allowed && attempt < attempts && pause < left).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Duration = Duration::from_secs(30);
    const MS: fn(u64) -> Option<Duration> = |ms| Some(Duration::from_millis(ms));

    #[test]
    fn table() {
        let broken = |sent| Trouble::Broken { sent };
        let server = Trouble::Server { retry_after: None };
        let busy = Trouble::Busy { retry_after: None };
        let soon = Some(Duration::from_secs(3));
        for (trouble, repeatable, attempt, left, random, expected) in [
            (broken(true), true, 1, LEFT, 0.5, MS(250)),
            (broken(true), true, 1, LEFT, 0.0, MS(0)),
            (broken(true), true, 2, LEFT, 0.5, MS(500)),
            (broken(true), true, 3, LEFT, 1.0, MS(2000)),
            (broken(true), true, 4, LEFT, 0.5, None),
            (broken(true), false, 1, LEFT, 0.5, None),
            (broken(false), false, 1, LEFT, 0.5, MS(250)),
            (server, true, 1, LEFT, 0.5, MS(250)),
            (server, false, 1, LEFT, 0.5, None),
            (
                Trouble::Server { retry_after: soon },
                true,
                1,
                LEFT,
                0.5,
                MS(3000),
            ),
            (busy, false, 1, LEFT, 0.0, MS(1000)),
            (busy, false, 7, LEFT, 1.0, MS(2000)),
            (busy, false, 8, LEFT, 1.0, None),
            (
                Trouble::Busy { retry_after: soon },
                true,
                1,
                LEFT,
                0.0,
                MS(3000),
            ),
            (busy, true, 1, Duration::from_secs(1), 0.0, None),
            (
                broken(false),
                true,
                1,
                Duration::from_millis(250),
                0.5,
                None,
            ),
            (Trouble::Final, true, 1, LEFT, 0.0, None),
        ] {
            let found = pause(trouble, repeatable, attempt, left, random);
            assert_eq!(
                found, expected,
                "{trouble:?} attempt {attempt} repeatable {repeatable}"
            );
        }
    }
}
