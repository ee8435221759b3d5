//! Cancel and shutdown end a call wherever it waits, at once.

mod support;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use support::{address, builder, client, credentials, first_page, sandbox};
use zoom_s2s::{Client, Counter, Error};
use zoom_s2s_sandbox::{Fault, Sandbox};

/// What a cancelled call may take to come back.
const PROMPT: Duration = Duration::from_millis(100);

/// Starts a call, waits until it is `stuck`, cancels, and expects it back promptly; the client must
/// then work again after `mend`.
fn cancel_in(stage: &str, client: &Client, stuck: impl Fn() -> bool, mend: impl FnOnce()) {
    let caller = start(client);
    wait_until(stage, stuck);
    assert!(!caller.is_finished(), "{stage}: the call was to be stuck");
    let cancelled = Instant::now();
    client.cancel();
    let result = caller.join().expect("the call does not panic");
    let took = cancelled.elapsed();
    println!("{stage}: back after {took:?}");
    assert!(
        matches!(result, Err(Error::Cancelled(_))),
        "{stage}: {result:?}"
    );
    assert!(took < PROMPT, "{stage}: {took:?}");
    mend();
    first_page(client).unwrap_or_else(|error| panic!("{stage}: the client works again: {error}"));
}

fn start(client: &Client) -> thread::JoinHandle<Result<(), Error>> {
    let client = client.clone();
    thread::spawn(move || first_page(&client))
}

fn wait_until(stage: &str, stuck: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !stuck() {
        assert!(Instant::now() < end, "{stage}: never got there");
        thread::sleep(Duration::from_millis(1));
    }
    // From the last thing that can be seen to the wait itself is a few instructions.
    thread::sleep(Duration::from_millis(20));
}

/// A client whose names resolve to whatever stands in `target`, or block while it is empty.
fn client_towards(zoom: &Sandbox, target: &Arc<Mutex<Option<SocketAddr>>>) -> Client {
    let target = target.clone();
    let port = zoom.url().rsplit(':').next().unwrap();
    let scheme = zoom.url().split(':').next().unwrap();
    let folder =
        std::env::temp_dir().join(format!("zoom-s2s-ca-{}-{port}.pem", std::process::id()));
    let mut builder = builder(zoom, credentials(zoom))
        .oauth_url(format!("{scheme}://localhost:{port}"))
        .api_url(format!("{scheme}://localhost:{port}/v2"))
        .resolver(move |_, _| {
            for _ in 0..3_000 {
                if let Some(address) = *target.lock().unwrap() {
                    return Ok(vec![address]);
                }
                thread::sleep(Duration::from_millis(1));
            }
            Err(io::Error::other("still no address"))
        });
    if let Some(pem) = zoom.ca_pem() {
        std::fs::write(&folder, pem).unwrap();
        builder = builder.ca_file(&folder).ca_only(true);
    }
    builder.build().unwrap()
}

#[test]
fn in_name_resolution() {
    let zoom = sandbox(|sandbox| sandbox);
    let target = Arc::new(Mutex::new(None));
    let client = client_towards(&zoom, &target);
    let looking = || client.counter(Counter::DnsLookups) == 1;
    cancel_in("name resolution", &client, looking, || {
        *target.lock().unwrap() = Some(address(&zoom))
    });
}

#[cfg(target_os = "linux")]
#[test]
fn in_connect() {
    let zoom = sandbox(|sandbox| sandbox);
    // A full backlog leaves further connections unanswered.
    let (full, _fill) = support::full_listener();
    let address_of_full = full.local_addr().unwrap();
    let target = Arc::new(Mutex::new(Some(address_of_full)));
    let client = client_towards(&zoom, &target);
    let dialling = || client.counter(Counter::HelperThreads) == 1;
    cancel_in("connect", &client, dialling, || {
        *target.lock().unwrap() = Some(address(&zoom))
    });
    assert_eq!(
        client.counter(Counter::Connections),
        1,
        "only the one to the sandbox came about"
    );
}

#[test]
fn in_the_tls_handshake() {
    let zoom = sandbox(|sandbox| sandbox.tls(true));
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Arc::new(Mutex::new(Some(silent.local_addr().unwrap())));
    let client = client_towards(&zoom, &target);
    let connected = || client.counter(Counter::Connections) == 1;
    cancel_in("TLS handshake", &client, connected, || {
        *target.lock().unwrap() = Some(address(&zoom))
    });
}

#[test]
fn in_waiting_for_headers() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    zoom.fault(Fault::on_api().latency(Duration::from_secs(20)));
    cancel_in("headers", &client, || zoom.api_requests() == 1, || {});
}

#[test]
fn in_a_dripping_body() {
    for tls in [false, true] {
        let zoom = sandbox(|sandbox| sandbox.tls(tls));
        let client = client_towards(&zoom, &Arc::new(Mutex::new(Some(address(&zoom)))));
        zoom.fault(Fault::on_api().drip(false, 1, Duration::from_millis(10)));
        cancel_in("body", &client, || zoom.api_requests() == 1, || {});
    }
}

#[test]
fn in_a_retry_pause() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    zoom.fault(
        Fault::on_api()
            .status(503, "", "text/plain")
            .header("Retry-After", "20"),
    );
    cancel_in("retry pause", &client, || zoom.api_requests() == 1, || {});
}

#[test]
fn in_the_wait_for_anothers_token() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on_token().latency(Duration::from_secs(1)));
    // Two clients of one app: what one of them cancels is its own calls.
    let (leading, waiting) = (client(&zoom), client(&zoom));
    let leader = start(&leading);
    wait_until("token", || zoom.token_requests() == 1);
    cancel_in("another's token", &waiting, || true, || {});
    leader
        .join()
        .unwrap()
        .expect("the leader was not disturbed");
    assert_eq!(zoom.token_requests(), 1);
}

#[test]
fn in_the_wait_for_a_gate() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    client.token().unwrap();
    client.refresh_token().expect("the first forced refresh");
    let other = client.clone();
    let gated = thread::spawn(move || other.refresh_token().map(drop));
    wait_until("gate", || true);
    assert!(!gated.is_finished(), "the second one waits for its turn");
    let cancelled = Instant::now();
    client.cancel();
    assert!(matches!(gated.join().unwrap(), Err(Error::Cancelled(_))));
    assert!(cancelled.elapsed() < PROMPT);
    client.token().expect("the token is kept");
    assert_eq!(zoom.token_requests(), 2);
}

#[test]
fn a_cancelled_leader_leaves_the_flight_to_others() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on_token().latency(Duration::from_secs(20)));
    let (leading, waiting) = (client(&zoom), client(&zoom));
    let leader = start(&leading);
    wait_until("token", || zoom.token_requests() == 1);
    let waiter = start(&waiting);
    wait_until("waiter", || true);
    leading.cancel();
    assert!(matches!(leader.join().unwrap(), Err(Error::Cancelled(_))));
    waiter.join().unwrap().expect("the waiter became leader");
    assert_eq!(zoom.token_requests(), 2);
}

#[test]
fn shutdown_is_final() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    zoom.fault(Fault::on_api().latency(Duration::from_secs(20)));
    let caller = start(&client);
    wait_until("headers", || zoom.api_requests() == 1);
    let shut_down = Instant::now();
    client.shutdown();
    assert!(matches!(caller.join().unwrap(), Err(Error::Shutdown(_))));
    assert!(shut_down.elapsed() < PROMPT);
    for result in [
        first_page(&client),
        client.token().map(drop),
        client.user("x").map(drop),
    ] {
        assert!(matches!(result, Err(Error::Shutdown(_))), "{result:?}");
    }
    client.shutdown();
    client.cancel();
    assert!(
        matches!(first_page(&client), Err(Error::Shutdown(_))),
        "a cancel does not reopen it"
    );
    assert_eq!(zoom.api_requests(), 1);
}
