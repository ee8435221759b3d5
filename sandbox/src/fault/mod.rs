//! Faults on order: which requests they strike and how often. What they do is in the files beside.

mod action;
mod amendment;
mod form;
mod kinds;
mod queue;
mod target;

pub(crate) use action::Action;
pub(crate) use form::FaultForm;
pub use kinds::DeadToken;
pub(crate) use queue::{Faults, Strike};

use crate::mix::Numbers;
use crate::request::Request;
use std::time::Duration;
use target::Target;

/// Something that goes wrong with the requests it matches.
///
/// A new fault strikes the next matching request, once; [`after`](Self::after),
/// [`times`](Self::times), [`always`](Self::always) and [`chance`](Self::chance) change that. Faults
/// are tried in the order in which they were put in; one request is struck by one fault. Latency,
/// more headers and a missing tracking ID can be had together with one of the other actions; of
/// those the last one asked for counts.
///
/// ```
/// use std::time::Duration;
/// use zoom_s2s_sandbox::{Fault, RateLimit, Sandbox};
///
/// let sandbox = Sandbox::builder().start()?;
/// sandbox.fault(Fault::on_api().after(2).times(3).rate_limited(RateLimit::PerSecond));
/// sandbox.fault(Fault::on_token().latency(Duration::from_millis(50)).server_error(503));
/// sandbox.fault(Fault::on("GET", "/v2/users").always().chance(20, 7).truncated_json());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    target: Target,
    after: u64,
    /// `None`: always.
    times: Option<u64>,
    chance: Option<Chance>,
    pub(crate) latency: Option<Duration>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) tracking_id: bool,
    pub(crate) carried_out: bool,
    pub(crate) action: Action,
}

/// A die that is thrown for each matching request and falls the same in each run.
#[derive(Clone, Copy, Debug)]
struct Chance {
    per_mille: u32,
    seed: u64,
    thrown: u64,
}

impl Fault {
    /// Strikes `POST /oauth/token`.
    pub fn on_token() -> Self {
        Self::new(Target::token())
    }

    /// Strikes everything under `/v2/`.
    pub fn on_api() -> Self {
        Self::new(Target::api())
    }

    /// Strikes requests of a method (`*` for any) whose path begins with a prefix.
    pub fn on(method: &str, path_prefix: &str) -> Self {
        Self::new(Target::path(method, path_prefix))
    }

    fn new(target: Target) -> Self {
        Self {
            target,
            after: 0,
            times: Some(1),
            chance: None,
            latency: None,
            headers: Vec::new(),
            tracking_id: true,
            carried_out: false,
            action: Action::Nothing,
        }
    }

    /// Strikes only requests whose query has this parameter; the value `*` stands for any but the
    /// empty one.
    #[must_use]
    pub fn matching_query(mut self, name: &str, value: &str) -> Self {
        self.target.add_query(name, value);
        self
    }

    /// Lets the first `n` matching requests pass.
    #[must_use]
    pub fn after(mut self, n: u64) -> Self {
        self.after = n;
        self
    }

    /// Strikes `n` requests.
    #[must_use]
    pub fn times(mut self, n: u64) -> Self {
        self.times = Some(n);
        self
    }

    /// Strikes until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Strikes so many of a thousand, by a die that falls the same each time for the same seed.
    /// Without [`always`](Self::always) or [`times`](Self::times) it still strikes only once.
    #[must_use]
    pub fn chance(mut self, per_mille: u32, seed: u64) -> Self {
        self.chance = Some(Chance {
            per_mille,
            seed,
            thrown: 0,
        });
        self
    }

    /// Waits before it answers (or does what else was asked for).
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = Some(latency);
        self
    }

    /// One more header for the answer, or another value for one it has.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves out `x-zm-trackingid`.
    #[must_use]
    pub fn without_tracking_id(mut self) -> Self {
        self.tracking_id = false;
        self
    }

    /// Does what the request asks for before it gives another answer, as a gateway does that loses
    /// the answer on its way.
    #[must_use]
    pub fn carried_out(mut self) -> Self {
        self.carried_out = true;
        self
    }

    /// Whether it strikes; every matching request counts once.
    fn strikes(&mut self, request: &Request) -> bool {
        if !self.target.matches(request) {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        self.times != Some(0) && self.chance.as_mut().is_none_or(Chance::throw)
    }
}

impl Chance {
    fn throw(&mut self) -> bool {
        self.thrown += 1;
        Numbers::new(self.seed, self.thrown).next() % 1000 < u64::from(self.per_mille)
    }
}
