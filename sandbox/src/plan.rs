//! The limits of a plan, counted by the sandbox's clock.

use crate::answer::Answer;
use crate::date::iso_date;
use crate::lock;
use crate::rate_limit::RateLimit;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Mutex;

const SECOND_MS: i64 = 1_000;
const DAY_MS: i64 = 86_400 * SECOND_MS;

/// What an account pays for, as far as it limits calls. The limits are those of Zoom's MEDIUM
/// category, to which List users belongs; here every call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// 2 calls a second, 2,000 a day.
    Free,
    /// 20 calls a second.
    Pro,
    /// 60 calls a second.
    Business,
}

impl Plan {
    const fn per_second(self) -> u32 {
        match self {
            Self::Free => 2,
            Self::Pro => 20,
            Self::Business => 60,
        }
    }

    const fn per_day(self) -> Option<u32> {
        match self {
            Self::Free => Some(2_000),
            Self::Pro | Self::Business => None,
        }
    }
}

/// The plan and what was used of it. A refused call uses nothing.
#[derive(Default)]
pub(crate) struct Meter(Mutex<Used>);

#[derive(Default)]
struct Used {
    plan: Option<Plan>,
    /// When the calls of the last second were made.
    second: VecDeque<i64>,
    day: i64,
    today: u32,
}

impl Meter {
    pub(crate) fn set(&self, plan: Option<Plan>) {
        *lock(&self.0) = Used {
            plan,
            ..Used::default()
        };
    }

    /// Counts a call in, and returns the headers that its answer gets, or refuses it.
    pub(crate) fn admit(&self, now: i64) -> Result<Vec<(String, String)>, Answer> {
        let used = &mut *lock(&self.0);
        let Some(plan) = used.plan else {
            return Ok(Vec::new());
        };
        let day = now.div_euclid(DAY_MS);
        if used.day != day {
            (used.day, used.today) = (day, 0);
        }
        if plan.per_day().is_some_and(|limit| used.today >= limit) {
            let tomorrow = (day + 1) * DAY_MS / SECOND_MS;
            let retry_after = iso_date(tomorrow);
            return Err(RateLimit::Daily { retry_after }.answer());
        }
        // The clock may have been set back; what lies ahead of it is not of this second.
        used.second
            .retain(|at| (now - SECOND_MS + 1..=now).contains(at));
        if used.second.len() >= plan.per_second() as usize {
            return Err(RateLimit::PerSecond.answer_of(plan.per_second()));
        }
        used.second.push_back(now);
        used.today += 1;
        // On a plan with a daily limit that is the one to tell of, as it is harder to wait for.
        let (kind, limit, count) = match plan.per_day() {
            Some(limit) => ("Daily-limit", limit, used.today),
            None => (
                "Per-second-limit",
                plan.per_second(),
                used.second.len() as u32,
            ),
        };
        let header = |name: &str, value: String| (format!("x-ratelimit-{name}"), value);
        Ok(vec![
            header("category", "Medium".to_owned()),
            header("type", kind.to_owned()),
            header("limit", limit.to_string()),
            header("remaining", (limit - count).to_string()),
        ])
    }
}
