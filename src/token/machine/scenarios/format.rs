//! The scenarios' format. Unknown keys are mistakes.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Book {
    pub format: BTreeMap<String, Vec<String>>,
    pub scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub name: String,
    pub why: String,
    /// There is a store besides.
    #[serde(default)]
    pub shared: bool,
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    Wait,
    Call,
    Open,
    Fetched,
    Failed,
    TooSlow,
    Refused,
    Abandoned,
    Found,
    Busy,
    Nothing,
    Reject,
    Adopt,
    StoreFailed,
    StoreAnswered,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub at: Option<u64>,
    #[serde(default)]
    pub mono_by: i64,
    #[serde(default)]
    pub wall_by: i64,
    pub who: Option<String>,
    #[serde(rename = "do")]
    pub act: Act,
    pub not: Option<String>,
    pub token: Option<String>,
    pub life_ms: Option<u64>,
    pub jitter: Option<f64>,
    pub age_ms: Option<u64>,
    pub forced: Option<bool>,
    pub readable: Option<bool>,
    pub locked: Option<bool>,
    pub retry_after_ms: Option<u64>,
    pub random: Option<f64>,
    pub expect: Option<Expect>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub decision: Option<String>,
    pub token: Option<String>,
    pub fallback: Option<bool>,
    pub wait_ms: Option<u64>,
    pub cause: Option<String>,
    pub held: Option<String>,
    pub left_ms: Option<u64>,
    pub window: Option<String>,
    pub rejected: Option<bool>,
    pub open: Option<bool>,
    pub known: Option<bool>,
    pub failures: Option<u32>,
    pub refusals: Option<u32>,
    pub forced: Option<u64>,
}

impl Step {
    /// Names a key that says nothing in a step of this kind.
    pub(super) fn misplaced(&self) -> Option<&'static str> {
        use Act::*;
        let of = |given: bool, acts: &[Act]| given && !acts.contains(&self.act);
        let tokens = [Fetched, Found, Adopt];
        let elsewhere = [Found, Adopt];
        [
            ("not", of(self.not.is_some(), &[Call])),
            (
                "token",
                of(self.token.is_some(), &[Fetched, Found, Adopt, Reject]),
            ),
            ("life_ms", of(self.life_ms.is_some(), &tokens)),
            ("jitter", of(self.jitter.is_some(), &tokens)),
            ("age_ms", of(self.age_ms.is_some(), &elsewhere)),
            ("forced", of(self.forced.is_some(), &elsewhere)),
            ("readable", of(self.readable.is_some(), &[StoreFailed])),
            ("locked", of(self.locked.is_some(), &[StoreAnswered])),
            (
                "retry_after_ms",
                of(self.retry_after_ms.is_some(), &[Failed]),
            ),
            // An answer that arrives dead, or a refusal beside a live token, counts as a failure.
            (
                "random",
                of(
                    self.random.is_some(),
                    &[Fetched, Failed, TooSlow, Refused, Busy, StoreFailed],
                ),
            ),
        ]
        .into_iter()
        .find_map(|(key, misplaced)| misplaced.then_some(key))
    }
}

impl Expect {
    pub(super) fn is_empty(&self) -> bool {
        let nothing: Expect = serde_json::from_str("{}").expect("no key is required");
        *self == nothing
    }
}
