//! What data cannot say: the real clocks, foreign numbers, misuse.

use std::time::Duration;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn moment(mono: u64, wall: u64) -> Moment {
    Moment {
        mono: Duration::from_secs(mono),
        wall: Duration::from_secs(wall),
    }
}

fn lease(jitter: f64) -> Lease {
    Lease {
        id: TokenId(1),
        obtained: moment(100, 100),
        life: HOUR,
        jitter,
        forced: false,
    }
}

#[test]
fn both_clocks_run() {
    let before = Moment::now();
    std::thread::sleep(Duration::from_millis(20));
    let after = Moment::now();
    assert!(after.mono - before.mono >= Duration::from_millis(20));
    assert!(after.mono - before.mono < HOUR);
    assert!(after.wall > Duration::from_secs(1_700_000_000));
}

#[test]
fn a_token_may_be_older_than_this_process() {
    let now = Moment::now();
    let years = HOUR * 24 * 365 * 9;
    let born = now.earlier_by(years);
    assert_eq!(now.mono - born.mono, years);
    assert_eq!(now.wall - born.wall, years);
    assert_eq!(moment(5, 7).earlier_by(HOUR), moment(0, 0));
}

#[test]
fn the_clock_that_says_more_wins() {
    let start = moment(100, 1000);
    for (now, elapsed) in [
        (moment(103, 1005), 5),
        (moment(105, 1003), 5),
        (moment(90, 1003), 3),
        (moment(104, 900), 4),
        (moment(90, 900), 0),
    ] {
        assert_eq!(now.elapsed_since(start), Duration::from_secs(elapsed));
    }
}

/// The jitter is read from stores that others write to.
#[test]
fn a_jitter_out_of_range_moves_no_window() {
    let widest = lease(1.0).stale_age();
    let narrowest = lease(0.6).stale_age();
    for (jitter, age) in [
        (f64::NAN, widest),
        (f64::INFINITY, widest),
        (7.0, widest),
        (0.0, narrowest),
        (-1.0, narrowest),
        (f64::NEG_INFINITY, narrowest),
    ] {
        assert_eq!(lease(jitter).stale_age(), age, "{jitter}");
    }
}

#[test]
fn a_life_of_any_length_is_computed_without_panic() {
    let eternal = Lease {
        life: Duration::MAX,
        ..lease(0.8)
    };
    assert!(!eternal.is_stale(moment(u64::MAX / 2, 0)));
    assert_eq!(
        eternal.mandatory_age(),
        Duration::MAX - Duration::from_secs(60)
    );
}

#[test]
fn randomness_out_of_range_is_harmless() {
    let now = moment(100, 100);
    for (random, pause) in [(f64::NAN, 500), (9.0, 500), (-3.0, 250)] {
        let mut state = State::default();
        state.open(now);
        state.settle(now, Outcome::Failed { retry_after: None }, random);
        let gated = Decision::Gated {
            wait: Duration::from_millis(pause),
            cause: Gate::Backoff,
        };
        assert_eq!(state.decide(now, Need::Any), gated, "{random}");
    }
}

#[test]
fn a_thousand_failures_do_not_overflow() {
    let now = moment(100, 100);
    let mut state = State::default();
    for _ in 0..1000 {
        state.settle(now, Outcome::Failed { retry_after: None }, 1.0);
    }
    let wait = Duration::from_secs(60);
    let cause = Gate::Backoff;
    assert_eq!(
        state.decide(now, Need::Any),
        Decision::Gated { wait, cause }
    );
}

/// A flight whose state was swapped away may still come home with a token.
#[test]
fn an_outcome_without_a_flight_is_taken_in() {
    let now = moment(100, 100);
    let mut state = State::default();
    state.settle(now, Outcome::Fetched(lease(1.0)), 0.0);
    assert_eq!(state.decide(now, Need::Any), Decision::Use);
    assert_eq!(state.counts().forced, 0);
}

#[test]
fn what_happened_is_counted() {
    let now = moment(100, 100);
    let other = |id| Lease {
        id: TokenId(id),
        ..lease(1.0)
    };
    let mut state = State::default();
    for outcome in [
        Outcome::Refused,
        Outcome::Failed { retry_after: None },
        Outcome::Abandoned,
        Outcome::Fetched(other(1)),
    ] {
        state.open(now);
        state.settle(now, outcome, 0.0);
    }
    assert!(state.reject(TokenId(1)));
    assert!(state.reject(TokenId(1)));
    assert!(!state.reject(TokenId(2)));
    state.open(now);
    state.settle(now, Outcome::Fetched(other(2)), 0.0);
    state.inherit(other(3));
    state.inherit(other(3));
    state.settle(now, Outcome::Adopted(other(4)), 0.0);
    state.settle(now, Outcome::Busy, 0.0);
    let counts = Counts {
        fetched: 2,
        failed: 1,
        refused: 1,
        abandoned: 1,
        inherited: 1,
        adopted: 1,
        busy: 1,
        rejected: 1,
        forced: 1,
    };
    assert_eq!(state.counts(), counts);
}

/// Callers with short deadlines fail every early renewal by their quarter of the time, and
/// the endpoint may be healthy all the same: when the token dies, somebody must be allowed to ask.
#[test]
fn early_failures_do_not_shut_the_gate_of_a_dead_token() {
    let at = |ms: u64| Moment {
        mono: Duration::from_millis(ms),
        wall: Duration::from_millis(ms),
    };
    let mut worst = 0;
    for seed in 0..20_u64 {
        let mut state = State::default();
        state.open(at(0));
        let lease = Lease {
            id: TokenId(1),
            obtained: at(0),
            life: HOUR,
            jitter: 1.0,
            forced: false,
        };
        state.settle(at(0), Outcome::Fetched(lease), 0.5);
        let mut now = 2_999_000;
        let mut random = seed;
        while now < 3_600_000 {
            if let Decision::Refresh { fallback: true } = state.decide(at(now), Need::Any) {
                state.open(at(now));
                now += 50;
                random = random
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                state.settle(
                    at(now),
                    Outcome::Failed { retry_after: None },
                    (random >> 40) as f64 / (1 << 24) as f64,
                );
            }
            now += 10;
        }
        let mut gated = 0;
        while let Decision::Gated { .. } = state.decide(at(now), Need::Any) {
            now += 10;
            gated += 10;
        }
        worst = worst.max(gated);
    }
    assert!(worst <= 500, "{worst} ms");
}
