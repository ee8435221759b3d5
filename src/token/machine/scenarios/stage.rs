//! Plays one scenario on one state.

use std::collections::HashMap;
use std::time::Duration;

use super::super::{Decision, Lease, Moment, Need, Outcome, State, TokenId};
use super::check::{Check, equal};
use super::format::{Act, Step};

/// The clocks' readings at 0. They differ, so that mixing them up is noticed.
const MONO: i64 = 5_000_000;
const WALL: i64 = 1_700_000_000_000;

#[derive(Default)]
pub(super) struct Stage {
    pub(super) state: State,
    at: u64,
    mono_by: i64,
    wall_by: i64,
    /// Those told to refresh who have not begun.
    told: Vec<String>,
    leader: Option<(String, Moment)>,
    names: HashMap<u64, String>,
}

impl Stage {
    pub(super) fn new(shared: bool) -> Stage {
        let state = if shared {
            State::shared()
        } else {
            State::default()
        };
        Stage {
            state,
            ..Stage::default()
        }
    }

    pub(super) fn play(&mut self, step: &Step) -> Check {
        if let Some(key) = step.misplaced() {
            return Err(format!("{key} does not belong here"));
        }
        let at = step.at.unwrap_or(self.at);
        if at < self.at {
            return Err("time does not run back; wall_by can".into());
        }
        if at > self.at {
            // What was decided at another time has to be decided again.
            self.told.clear();
        }
        self.at = at;
        self.mono_by += step.mono_by;
        self.wall_by += step.wall_by;
        let (mut decision, mut known) = (None, None);
        match step.act {
            Act::Wait => {}
            Act::Call => decision = Some(self.call(step)?),
            Act::Open => self.open(step)?,
            Act::Fetched
            | Act::Failed
            | Act::TooSlow
            | Act::Refused
            | Act::Abandoned
            | Act::Found
            | Act::Busy
            | Act::Nothing => self.settle(step)?,
            Act::Reject => {
                let id = self.id(given(&step.token, "token")?);
                known = Some(self.state.reject(id));
            }
            Act::Adopt => {
                let lease = self.elsewhere(step)?;
                self.state.inherit(lease);
            }
            Act::StoreFailed => {
                let (now, random) = (self.now(), step.random.unwrap_or(0.0));
                let readable = step.readable.ok_or("readable is missing")?;
                self.state.store_failed(now, readable, random);
            }
            Act::StoreAnswered => {
                let locked = step.locked.ok_or("locked is missing")?;
                self.state.store_answered(locked);
            }
        }
        let Some(expect) = &step.expect else {
            return match decision {
                Some(_) => Err("a call needs an expectation".into()),
                None => Ok(()),
            };
        };
        if expect.is_empty() {
            return Err("the step expects nothing".into());
        }
        equal("known", expect.known.as_ref(), known.as_ref())?;
        self.check_decision(expect, decision)?;
        self.check_state(expect)
    }

    pub(super) fn now(&self) -> Moment {
        let clock = |zero: i64, by: i64| {
            let reading = zero.saturating_add_unsigned(self.at).saturating_add(by);
            Duration::from_millis(u64::try_from(reading).expect("clocks start late enough"))
        };
        Moment {
            mono: clock(MONO, self.mono_by),
            wall: clock(WALL, self.wall_by),
        }
    }

    fn call(&mut self, step: &Step) -> Result<Decision, String> {
        let who = given(&step.who, "who")?;
        let need = match &step.not {
            Some(token) => Need::OtherThan(self.id(token)),
            None => Need::Any,
        };
        let decision = self.state.decide(self.now(), need);
        if let Decision::Refresh { .. } | Decision::Look = decision {
            self.told.push(who.into());
        }
        Ok(decision)
    }

    fn open(&mut self, step: &Step) -> Check {
        let who = given(&step.who, "who")?;
        if !self.told.iter().any(|told| told == who) {
            return Err(format!("{who} was not told to refresh at this time"));
        }
        self.told.clear();
        self.leader = Some((who.into(), self.now()));
        self.state.open(self.now());
        Ok(())
    }

    fn settle(&mut self, step: &Step) -> Check {
        let who = given(&step.who, "who")?;
        let sent = match self.leader.take() {
            Some((leader, sent)) if leader == who => sent,
            _ => return Err(format!("{who} leads no flight")),
        };
        let outcome = match step.act {
            Act::Fetched => Outcome::Fetched(self.lease(step, sent)?),
            Act::Failed => Outcome::Failed {
                retry_after: step.retry_after_ms.map(Duration::from_millis),
            },
            Act::TooSlow => Outcome::TooSlow,
            Act::Refused => Outcome::Refused,
            Act::Found => Outcome::Adopted(self.elsewhere(step)?),
            Act::Busy => Outcome::Busy,
            Act::Nothing => Outcome::Nothing,
            _ => Outcome::Abandoned,
        };
        let random = step.random.unwrap_or(0.0);
        self.state.settle(self.now(), outcome, random);
        Ok(())
    }

    fn elsewhere(&mut self, step: &Step) -> Result<Lease, String> {
        let age = Duration::from_millis(step.age_ms.unwrap_or(0));
        self.lease(step, self.now().earlier_by(age))
    }

    fn lease(&mut self, step: &Step, obtained: Moment) -> Result<Lease, String> {
        Ok(Lease {
            id: self.id(given(&step.token, "token")?),
            obtained,
            life: Duration::from_millis(step.life_ms.ok_or("life_ms is missing")?),
            jitter: step.jitter.unwrap_or(1.0),
            forced: step.forced.unwrap_or(false),
        })
    }

    /// Names become numbers in the order of neither their age nor their spelling.
    fn id(&mut self, name: &str) -> TokenId {
        let number = name.bytes().fold(7, |sum: u64, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte)) ^ 0x55
        });
        self.names.insert(number, name.into());
        TokenId(number)
    }

    pub(super) fn held(&self) -> &str {
        let lease = self.state.lease();
        lease.map_or("none", |lease| self.names[&lease.id.0].as_str())
    }
}

fn given<'a>(value: &'a Option<String>, key: &str) -> Result<&'a str, String> {
    value.as_deref().ok_or_else(|| format!("{key} is missing"))
}
