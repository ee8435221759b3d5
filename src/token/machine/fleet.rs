//! A fleet of processes with one store, played on the pure machine: what does an hour cost?

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::{Decision, Lease, Moment, Need, Outcome, State, TokenId};

const HOUR_MS: u64 = 3_600_000;
/// How long a token request takes, and how long the lock is held for it.
const FETCH_MS: u64 = 200;

/// What a fleet did.
#[derive(Debug, Default)]
struct Bill {
    token_requests: u64,
    operations: u64,
    /// Calls that had to wait after the first token was there.
    waited: u64,
    /// A token was asked for before the one before it was stale.
    too_early: u64,
}

/// A call, or the end of a token request, of one process.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Call(usize),
    Fetched(usize),
}

struct Fleet {
    states: Vec<State>,
    stored: Option<Lease>,
    locked: bool,
    now_ms: u64,
    every_ms: u64,
    seed: u64,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    bill: Bill,
}

impl Fleet {
    fn new(processes: usize, every_ms: u64) -> Fleet {
        let mut fleet = Fleet {
            states: (0..processes).map(|_| State::shared()).collect(),
            stored: None,
            locked: false,
            now_ms: 0,
            every_ms,
            seed: 1,
            events: BinaryHeap::new(),
            bill: Bill::default(),
        };
        for process in 0..processes {
            let at = (fleet.random() * every_ms as f64) as u64;
            fleet.events.push(Reverse((at, Event::Call(process))));
        }
        fleet
    }

    fn random(&mut self) -> f64 {
        self.seed = self
            .seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.seed >> 40) as f64 / (1 << 24) as f64
    }

    fn now(&self) -> Moment {
        let since = Duration::from_millis(self.now_ms + 1_000_000);
        Moment {
            mono: since,
            wall: since,
        }
    }

    fn run(mut self, until_ms: u64) -> Bill {
        while let Some(Reverse((at, event))) = self.events.pop() {
            if at >= until_ms {
                break;
            }
            self.now_ms = at;
            match event {
                Event::Call(process) => self.call(process),
                Event::Fetched(process) => {
                    self.fetched(process);
                    self.call(process);
                }
            }
        }
        self.bill
    }

    fn after(&mut self, pause_ms: u64, event: Event) {
        self.events.push(Reverse((self.now_ms + pause_ms, event)));
    }

    fn call(&mut self, process: usize) {
        loop {
            let now = self.now();
            let state = &mut self.states[process];
            match state.decide(now, Need::Any) {
                Decision::Use => return self.after(self.every_ms, Event::Call(process)),
                Decision::Gated { wait, .. } => {
                    self.bill.waited += u64::from(self.now_ms > HOUR_MS / 2);
                    return self.after(wait.as_millis() as u64 + 1, Event::Call(process));
                }
                Decision::Refresh { fallback } => {
                    state.open(now);
                    let found = self.load(process, fallback);
                    let outcome = match found {
                        Some(lease) => Outcome::Adopted(lease),
                        None if !self.lock() => Outcome::Busy,
                        None => match self.load(process, fallback) {
                            Some(lease) => {
                                self.unlock();
                                Outcome::Adopted(lease)
                            }
                            None => return self.after(FETCH_MS, Event::Fetched(process)),
                        },
                    };
                    let random = self.random();
                    self.states[process].settle(now, outcome, random);
                }
                other => panic!("nothing goes wrong here: {other:?}"),
            }
        }
    }

    fn load(&mut self, process: usize, live: bool) -> Option<Lease> {
        self.bill.operations += 1;
        let now = self.now();
        let held = self.states[process].lease().map(|lease| lease.id);
        let better = |lease: &Lease| Some(lease.id) != held && !(live && lease.is_stale(now));
        self.stored
            .filter(|lease| !lease.is_expired(now))
            .filter(better)
    }

    fn lock(&mut self) -> bool {
        self.bill.operations += 1;
        !std::mem::replace(&mut self.locked, true)
    }

    fn unlock(&mut self) {
        self.bill.operations += 1;
        self.locked = false;
    }

    fn fetched(&mut self, process: usize) {
        let asked = Moment {
            mono: self.now().mono - Duration::from_millis(FETCH_MS),
            wall: self.now().wall - Duration::from_millis(FETCH_MS),
        };
        self.bill.token_requests += 1;
        self.bill.too_early += u64::from(self.stored.is_some_and(|old| !old.is_stale(asked)));
        let lease = Lease {
            id: TokenId(self.bill.token_requests),
            obtained: asked,
            life: Duration::from_millis(HOUR_MS),
            jitter: 0.6 + 0.4 * self.random(),
            forced: false,
        };
        self.bill.operations += 1;
        self.stored = Some(lease);
        self.unlock();
        let (now, random) = (self.now(), self.random());
        self.states[process].settle(now, Outcome::Fetched(lease), random);
    }
}

/// Ten hours, every process with a call every ten seconds, all of them cold at first.
#[test]
fn a_fleet_costs_one_token_request_and_a_few_store_operations_an_hour() {
    println!(
        "processes  token requests/h  store operations/h  per process and h  calls that waited"
    );
    for processes in [10, 100, 1_000, 10_000] {
        let hours = 10;
        let bill = Fleet::new(processes, 10_000).run(hours * HOUR_MS);
        let per_hour = |count: u64| count as f64 / hours as f64;
        let each = per_hour(bill.operations) / processes as f64;
        println!(
            "{processes:9}  {:16.1}  {:18.0}  {each:17.1}  {:17}",
            per_hour(bill.token_requests),
            per_hour(bill.operations),
            bill.waited,
        );
        // A token serves 50 to 54 minutes until it is stale.
        assert!(
            (11..=12).contains(&bill.token_requests),
            "{processes}: {bill:?}"
        );
        assert_eq!(bill.too_early, 0, "{processes}: {bill:?}");
        assert_eq!(bill.waited, 0, "{processes}: {bill:?}");
        assert!(each < 6.0, "{processes}: {each} operations an hour each");
    }
}

/// The same where everybody calls all the time, so that all of them find the token stale within the
/// time of one token request.
#[test]
fn a_busy_fleet_looks_often_only_while_the_lock_is_held() {
    let (processes, hours) = (200, 2);
    let bill = Fleet::new(processes, 100).run(hours * HOUR_MS);
    let each = bill.operations as f64 / (hours as f64 * processes as f64);
    println!(
        "200 processes with ten calls a second: {each:.1} store operations per process and hour"
    );
    assert_eq!(bill.too_early + bill.waited, 0, "{bill:?}");
    assert!(bill.token_requests <= 3, "{bill:?}");
    assert!(each < 12.0, "{bill:?}");
}
