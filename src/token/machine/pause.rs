//! How long nobody asks after an attempt went wrong.

use std::time::Duration;

use super::Moment;

/// Without a token callers fail meanwhile, so the first tries come fast.
const FIRST_WITHOUT_TOKEN: Duration = Duration::from_millis(250);
/// With a live token nobody suffers, so there is no haste.
const FIRST_WITH_TOKEN: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// What a server may ask for at most. A day here would outlast every repair.
const LONGEST_ASKED_FOR: Duration = Duration::from_secs(60 * 60);
const REFUSED_SECONDS: [u64; 4] = [1, 2, 4, 5];

/// The last attempt, which went wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    pub at: Moment,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Failed {
        /// Failures in a row, this one included.
        nth: u32,
        retry_after: Option<Duration>,
        random: f64,
        /// A usable token was held at that time.
        live: bool,
        /// Only the little time that an early renewal is given ran out.
        hasty: bool,
    },
    /// Refusals in a row, this one included.
    Refused { nth: u32 },
}

impl Trouble {
    /// What is left of the pause, if anything.
    ///
    /// `live`: a usable token is held *now*. It is asked at every decision rather than when the
    /// attempt failed, so that a token that dies does not leave behind the leisurely pause that
    /// only its being alive had justified.
    pub(super) fn left(&self, now: Moment, live: bool) -> Option<Duration> {
        let pause = match self.kind {
            Kind::Failed {
                nth,
                retry_after,
                random,
                live: was_live,
                hasty,
            } => {
                let died = was_live && !live;
                if died && hasty {
                    return None;
                }
                // Early failures hurt nobody, so they count for nothing once the token is dead.
                after_failure(if died { 1 } else { nth }, retry_after, random, live)
            }
            Kind::Refused { nth } => after_refusal(nth),
        };
        let left = pause.saturating_sub(now.elapsed_since(self.at));
        (!left.is_zero()).then_some(left)
    }
}

/// Exponential with equal jitter: the nth pause lies between half of a step and the step, by
/// `random`, and the step is the first pause × 2ⁿ up to a minute. So the pauses run from the first
/// to the longest, and a fleet that failed together does not come back together.
///
/// What the server asked for wins, within an hour; only less than the first pause it does not get,
/// or a server that says zero would be asked in a loop.
fn after_failure(nth: u32, retry_after: Option<Duration>, random: f64, live: bool) -> Duration {
    let first = if live {
        FIRST_WITH_TOKEN
    } else {
        FIRST_WITHOUT_TOKEN
    };
    if let Some(asked) = retry_after {
        return asked.clamp(first, LONGEST_ASKED_FOR);
    }
    let step = first.saturating_mul(2_u32.saturating_pow(nth)).min(LONGEST);
    let random = if random.is_nan() { 1.0 } else { random };
    step / 2 + (step / 2).mul_f64(random.clamp(0.0, 1.0))
}

/// Not jittered: it is short, and callers meanwhile get the error at once instead of waiting.
fn after_refusal(nth: u32) -> Duration {
    let last = REFUSED_SECONDS.len() - 1;
    let index = (nth as usize).saturating_sub(1).min(last);
    Duration::from_secs(REFUSED_SECONDS[index])
}
