//! Stores that hang, lie, panic or keep their lock for ever: no call suffers more than it must.

mod support;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use support::{builder, credentials, sandbox};
use zoom_s2s::store::{Lease, Reading, Slot, StoreError, TokenStore};
use zoom_s2s::{Client, Counter, CredentialSource, Credentials, Error};
use zoom_s2s_sandbox::{Fault, Sandbox};

type Load = Box<dyn Fn(usize, &Slot<'_>) -> Result<Option<String>, StoreError> + Send + Sync>;
type Answer<T> = Box<dyn Fn(&Slot<'_>) -> Result<T, StoreError> + Send + Sync>;

/// A store that does what its test tells it.
struct Odd {
    name: String,
    loads: AtomicUsize,
    load: Load,
    try_lock: Answer<bool>,
    save: Answer<bool>,
    unlock: Answer<()>,
}

impl Odd {
    /// `load` is told how often it was asked before.
    fn new(
        load: impl Fn(usize, &Slot<'_>) -> Result<Option<String>, StoreError> + Send + Sync + 'static,
    ) -> Odd {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Odd {
            name: format!("odd-{}", NUMBER.fetch_add(1, Ordering::Relaxed)),
            loads: AtomicUsize::new(0),
            load: Box::new(load),
            try_lock: Box::new(|_| Ok(true)),
            save: Box::new(|_| Ok(true)),
            unlock: Box::new(|_| Ok(())),
        }
    }
}

impl TokenStore for Odd {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_private(&self) -> bool {
        true
    }

    fn load(&self, slot: &Slot<'_>) -> Result<Reading, StoreError> {
        let value = (self.load)(self.loads.fetch_add(1, Ordering::SeqCst), slot)?;
        let now_ms = now_ms();
        Ok(Reading { value, now_ms })
    }

    fn try_lock(&self, slot: &Slot<'_>, _: &mut Lease) -> Result<bool, StoreError> {
        (self.try_lock)(slot)
    }

    fn save(&self, slot: &Slot<'_>, _: &Lease, _: &str, _: Duration) -> Result<bool, StoreError> {
        (self.save)(slot)
    }

    fn unlock(&self, slot: &Slot<'_>, _: &mut Lease) -> Result<(), StoreError> {
        (self.unlock)(slot)
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_millis() as u64
}

/// An hour's token as it lies in a store, stale after 50 minutes.
fn stored(value: &str, age: Duration) -> String {
    let obtained = now_ms() - age.as_millis() as u64;
    json!({
        "access_token": value,
        "obtained_at_ms": obtained,
        "stale_at_ms": obtained + 3_000_000,
        "expires_at_ms": obtained + 3_600_000,
    })
    .to_string()
}

const STALE: Duration = Duration::from_secs(3_100);
const FRESH: Duration = Duration::from_secs(600);

fn hang(slot: &Slot<'_>) -> StoreError {
    thread::sleep(slot.left());
    StoreError::new("it hangs")
}

fn client(zoom: &Sandbox, store: &Arc<Odd>, timeout: Duration) -> Client {
    let builder = builder(zoom, credentials(zoom)).custom_token_store(store.clone());
    builder.timeout(timeout).build().expect("a client")
}

fn value(client: &Client) -> String {
    client.token().expect("a token").value().to_owned()
}

fn status(client: &Client) -> Value {
    serde_json::from_str(&client.status_json()).expect("JSON")
}

#[test]
fn a_store_that_hangs_takes_a_part_of_a_short_call() {
    let zoom = sandbox(|sandbox| sandbox);
    let store = Arc::new(Odd::new(|nth, slot| match nth {
        0 => Ok(Some(stored("live", STALE))),
        _ => Err(hang(slot)),
    }));
    let holding = client(&zoom, &store, Duration::from_secs(4));
    let begin = Instant::now();
    assert_eq!(value(&holding), "live");
    assert!(
        begin.elapsed() < Duration::from_secs(3),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(holding.counter(Counter::StoreFailures), 1);
    // It is left alone for a while.
    let begin = Instant::now();
    assert_eq!(value(&holding), "live");
    assert!(
        begin.elapsed() < Duration::from_millis(200),
        "{:?}",
        begin.elapsed()
    );

    let store = Arc::new(Odd::new(|_, slot| Err(hang(slot))));
    let cold = client(&zoom, &store, Duration::from_millis(1500));
    value(&cold);
    assert_eq!(
        (zoom.token_requests(), cold.counter(Counter::FetchedAlone)),
        (1, 1)
    );
}

#[test]
fn a_store_that_is_given_no_time_is_not_called_broken() {
    let zoom = sandbox(|sandbox| sandbox);
    // It takes a tenth of a second; a token with a fifth left can spare half as much.
    let token = stored("dying", Duration::from_millis(3_599_800));
    let store = Arc::new(Odd::new(move |nth, slot| {
        let enough = slot.left() >= Duration::from_millis(100);
        thread::sleep(slot.left().min(Duration::from_millis(100)));
        match nth {
            0 => Ok(Some(token.clone())),
            _ if enough => Ok(None),
            _ => Err(StoreError::new("no time")),
        }
    }));
    let client = client(&zoom, &store, Duration::from_secs(30));
    assert_ne!(value(&client), "dying");
    let failures = client.counter(Counter::StoreFailures);
    assert_eq!((failures, zoom.token_requests()), (0, 1));
}

#[test]
fn a_look_that_fails_costs_nobody_the_live_token() {
    let zoom = sandbox(|sandbox| sandbox);
    let folder = std::env::temp_dir().join(format!("zoom-s2s-odd-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder");
    let (keys, secret) = (zoom.credentials(), folder.join("secret"));
    std::fs::write(&secret, &keys.client_secret).expect("written");
    let source = CredentialSource::file(&secret);
    let credentials = Credentials::server_to_server(&keys.account_id, &keys.client_id, source);
    let store = Odd::new(|_, _| Ok(Some(stored("live", STALE))));
    let client = builder(&zoom, credentials).custom_token_store(Arc::new(store));
    let client = client.build().expect("a client");
    zoom.fault(Fault::on_token().always().server_error(503));
    assert_eq!(value(&client), "live");
    // While the endpoint fails the store is looked into now and then, and the secret is rotated.
    std::fs::remove_dir_all(folder).expect("the secret goes");
    let until = Instant::now() + Duration::from_millis(5500);
    while Instant::now() < until {
        assert_eq!(value(&client), "live");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_store_that_panics_twice_does_not_end_the_process() {
    const TEST: &str = "a_store_that_panics_twice_does_not_end_the_process";
    if support::my_role().is_some() {
        let zoom = sandbox(|sandbox| sandbox);
        let held = Arc::new(Mutex::new(()));
        let (in_save, in_unlock) = (held.clone(), held);
        let mut store = Odd::new(|_, _| Ok(None));
        store.save = Box::new(move |_| {
            let _held = in_save.lock();
            panic!("on purpose");
        });
        store.unlock = Box::new(move |_| {
            drop(in_unlock.lock().expect("poisoned"));
            Ok(())
        });
        let client = client(&zoom, &Arc::new(store), Duration::from_secs(5));
        let call = std::panic::AssertUnwindSafe(|| client.token().map(drop));
        assert!(std::panic::catch_unwind(call).is_err());
        println!("\nALIVE");
        return;
    }
    let output = support::role(TEST, "panics").output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("ALIVE"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn who_waits_for_store_and_endpoint_sleeps() {
    fn switches() -> u64 {
        let status = std::fs::read_to_string("/proc/thread-self/status").expect("a status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.expect("switches").trim().parse().expect("a number")
    }
    let zoom = sandbox(|sandbox| sandbox);
    let store = Arc::new(Odd::new(|_, _| Err(StoreError::new("away"))));
    let busy = Fault::on_token().always().status(429, "", "text/plain");
    zoom.fault(busy.header("Retry-After", "4"));
    let first = client(&zoom, &store, Duration::from_secs(2));
    first.token().expect_err("nobody may ask now");
    let second = client(&zoom, &store, Duration::from_secs(30));
    zoom.clear_faults();
    let before = switches();
    value(&second);
    let woken = switches() - before;
    assert!(woken < 200, "{woken} times awake in four seconds");
}

#[test]
fn a_token_from_elsewhere_does_not_make_the_endpoints_refusal_forgotten() {
    let zoom = sandbox(|sandbox| sandbox);
    let other = Arc::new(Mutex::new(None));
    let offered = other.clone();
    let store = Arc::new(Odd::new(move |_, _| {
        Ok(offered.lock().expect("whole").clone())
    }));
    let busy = Fault::on_token().always().status(429, "", "text/plain");
    zoom.fault(busy.header("Retry-After", "60"));
    let client = client(&zoom, &store, Duration::from_secs(5));
    let error = client.token().expect_err("nobody may ask now");
    assert!(matches!(error, Error::RateLimited(_)), "{error}");
    *other.lock().expect("whole") = Some(stored("other", FRESH));
    thread::sleep(Duration::from_millis(1100));
    assert_eq!(value(&client), "other");
    client.reject_token("other");
    let error = client.token().expect_err("nobody may ask yet");
    assert!(matches!(error, Error::RateLimited(_)), "{error}");
}

#[test]
fn a_lock_that_is_never_given_back_is_broken() {
    let zoom = sandbox(|sandbox| sandbox);
    let mut store = Odd::new(|_, _| Ok(None));
    store.try_lock = Box::new(|_| Ok(false));
    let client = client(&zoom, &Arc::new(store), Duration::from_secs(30));
    let begin = Instant::now();
    value(&client);
    assert!(
        begin.elapsed() > Duration::from_secs(15),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(
        (zoom.token_requests(), client.counter(Counter::FetchedAlone)),
        (1, 1)
    );
    let problem = status(&client)["store_error"].to_string();
    assert!(problem.contains("lock"), "{problem}");
    assert!(!status(&client)["store_error_hint"].to_string().is_empty());
}

#[test]
fn at_the_last_minute_one_waits_for_another_process_but_not_to_the_end() {
    let zoom = sandbox(|sandbox| sandbox);
    let token = stored("live", Duration::from_secs(3_560));
    let mut store = Odd::new(move |_, _| Ok(Some(token.clone())));
    store.try_lock = Box::new(|_| Ok(false));
    let client = client(&zoom, &Arc::new(store), Duration::from_secs(4));
    let begin = Instant::now();
    assert_eq!(value(&client), "live");
    let waited = begin.elapsed();
    let wanted = Duration::from_millis(500)..Duration::from_millis(2500);
    assert!(wanted.contains(&waited), "{waited:?}");
}

#[test]
fn the_token_that_was_refused_is_not_taken_back() {
    let zoom = sandbox(|sandbox| sandbox);
    let dead = stored("dead", FRESH);
    let mut store = Odd::new(move |_, _| Ok(Some(dead.clone())));
    store.save = Box::new(|_| Ok(false));
    let client = client(&zoom, &Arc::new(store), Duration::from_secs(4));
    assert_eq!(value(&client), "dead");
    assert!(client.reject_token("dead"));
    let better = value(&client);
    assert_ne!(better, "dead");
    assert_eq!((value(&client), zoom.token_requests()), (better, 1));
}

#[test]
fn looking_does_not_repair_a_store_that_cannot_be_locked() {
    let zoom = sandbox(|sandbox| sandbox);
    let mut store = Odd::new(|_, _| Ok(None));
    store.try_lock = Box::new(|_| Err(StoreError::new("read-only").with_hint("Repair it.")));
    let busy = Fault::on_token().always().status(429, "", "text/plain");
    zoom.fault(busy.header("Retry-After", "20"));
    let client = client(&zoom, &Arc::new(store), Duration::from_secs(2));
    for _ in 0..3 {
        client.token().expect_err("nobody may ask now");
        assert_eq!(status(&client)["store_error"], "read-only");
        assert_eq!(status(&client)["store_error_hint"], "Repair it.");
        thread::sleep(Duration::from_millis(600));
    }
}

/// Others renew the token each time; the client still hears that it could do so itself again.
#[test]
fn taking_over_a_token_tells_whether_a_store_can_be_locked_again() {
    let zoom = sandbox(|sandbox| sandbox);
    let offered = Arc::new(Mutex::new(None));
    let works = Arc::new(Mutex::new(false));
    let (offer, mended) = (offered.clone(), works.clone());
    let mut store = Odd::new(move |_, _| Ok(offered.lock().expect("whole").clone()));
    store.try_lock = Box::new(move |_| {
        let works = *works.lock().expect("whole");
        works.then_some(true).ok_or(StoreError::new("read-only"))
    });
    let client = client(&zoom, &Arc::new(store), Duration::from_secs(4));
    value(&client);
    assert_eq!(status(&client)["store_error"], "read-only");

    for (name, works, error) in [
        ("one", false, json!("read-only")),
        ("two", true, Value::Null),
    ] {
        *offer.lock().expect("whole") = Some(stored(name, FRESH));
        *mended.lock().expect("whole") = works;
        client.reject_token(&value(&client));
        assert_eq!((value(&client), zoom.token_requests()), (name.into(), 1));
        assert_eq!(status(&client)["store_error"], error, "{name}");
    }
}

#[test]
fn there_is_time_to_save_what_came_late() {
    let zoom = sandbox(|sandbox| sandbox);
    let left = Arc::new(Mutex::new(Duration::ZERO));
    let seen = left.clone();
    let mut store = Odd::new(|_, _| Ok(None));
    store.save = Box::new(move |slot| {
        *seen.lock().expect("whole") = slot.left();
        Ok(true)
    });
    zoom.fault(
        Fault::on_token()
            .always()
            .latency(Duration::from_millis(1_700)),
    );
    let client = client(&zoom, &Arc::new(store), Duration::from_secs(2));
    let _ = client.token();
    let left = *left.lock().expect("whole");
    assert!(left > Duration::from_millis(400), "{left:?}");
    assert_eq!(client.counter(Counter::FetchedAlone), 0);
}

#[test]
fn a_new_token_is_asked_for_not_found() {
    let zoom = sandbox(|sandbox| sandbox);
    let store = Arc::new(Odd::new(|nth, _| {
        let age = if nth == 0 {
            FRESH
        } else {
            Duration::from_secs(4)
        };
        Ok(Some(stored(&format!("found-{nth}"), age)))
    }));
    let client = client(&zoom, &store, Duration::from_secs(30));
    assert_eq!(value(&client), "found-0");
    let new = client.refresh_token().expect("a new one");
    assert!(!new.value().starts_with("found"), "{}", new.value());
    assert_eq!(zoom.token_requests(), 1);

    // Also where nothing is held yet.
    let store = Arc::new(Odd::new(|_, _| Ok(Some(stored("found", FRESH)))));
    let cold = self::client(&zoom, &store, Duration::from_secs(30));
    let new = cold.refresh_token().expect("a new one");
    assert_ne!(new.value(), "found");
    assert_eq!(zoom.token_requests(), 2);
}
