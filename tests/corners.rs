//! Corners in which the library once went wrong, or nearly.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use support::{builder, client, credentials, first_page, on_threads, sandbox};
use zoom_s2s::{Client, Counter, Credentials, ErrorStatus};
use zoom_s2s_sandbox::{Fault, RateLimit};

const MS: fn(u64) -> Duration = Duration::from_millis;

#[test]
fn a_timeout_of_for_ever_does_not_panic() {
    let zoom = sandbox(|s| s);
    let client = client(&zoom);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        client
            .users()
            .timeout(Duration::MAX)
            .pages()
            .next()
            .unwrap()
            .map(drop)
    }));
    assert!(result.is_ok(), "panicked");
}

#[test]
fn a_leader_too_impatient_to_retry_does_not_spoil_the_others() {
    let zoom = sandbox(|s| s);
    zoom.fault(
        Fault::on_token()
            .latency(MS(400))
            .rate_limited(RateLimit::PerSecond),
    );
    let make = |t| {
        builder(&zoom, credentials(&zoom))
            .timeout(t)
            .build()
            .unwrap()
    };
    let (impatient, patient) = (make(MS(1000)), make(Duration::from_secs(30)));
    let leader = thread::spawn(move || impatient.token().map(drop));
    while zoom.token_requests() == 0 {
        thread::sleep(MS(1));
    }
    let waiters = on_threads(63, move |_| patient.token().map(drop));
    println!("leader: {:?}", leader.join().unwrap());
    let failed: Vec<_> = waiters.into_iter().filter_map(Result::err).collect();
    assert!(
        failed.is_empty(),
        "{} of 63 patient callers failed: {:?}",
        failed.len(),
        failed[0]
    );
}

static REENTER: Mutex<Option<Client>> = Mutex::new(None);
static STUCK: AtomicBool = AtomicBool::new(false);
struct Reporter;
impl log::Log for Reporter {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        if record.level() == log::Level::Warn
            && record.args().to_string().contains("Another process")
        {
            let client = REENTER.lock().unwrap().take();
            if let Some(client) = client {
                STUCK.store(true, Ordering::SeqCst);
                let _ = client.status_json();
                STUCK.store(false, Ordering::SeqCst);
            }
        }
    }
    fn flush(&self) {}
}

#[test]
fn a_logger_may_ask_the_client() {
    let _ = log::set_logger(&Reporter);
    log::set_max_level(log::LevelFilter::Warn);
    let zoom = sandbox(|s| s);
    zoom.fault(Fault::on_api().always().unauthorized());
    let client = client(&zoom);
    *REENTER.lock().unwrap() = Some(client.clone());
    let (tx, rx) = mpsc::channel();
    let c = client.clone();
    thread::spawn(move || tx.send(first_page(&c).is_err()));
    let ended = rx.recv_timeout(Duration::from_secs(12));
    assert!(
        ended.is_ok() && !STUCK.load(Ordering::SeqCst),
        "deadlock: the logger is called under the cell's lock"
    );
}

#[test]
fn a_resolver_that_panics_fails_at_once() {
    let zoom = sandbox(|s| s);
    let port = zoom.url().rsplit(':').next().unwrap().to_owned();
    let client = Client::builder(credentials(&zoom))
        .no_proxy()
        .oauth_url(format!("http://zoom.test:{port}"))
        .api_url(format!("http://zoom.test:{port}/v2"))
        .resolver(|_, _| panic!("bug of the caller"))
        .connect_timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let started = Instant::now();
    let error = client.token().unwrap_err();
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "took {:?}: {error}",
        started.elapsed()
    );
}

#[test]
fn a_refused_jwt_says_so_soon_also_the_second_time() {
    let zoom = sandbox(|s| s);
    let keys = zoom.credentials();
    let client = builder(&zoom, Credentials::jwt(&keys.api_key, "wrong"))
        .build()
        .unwrap();
    let call = || first_page(&client).unwrap_err();
    let first = Instant::now();
    call();
    let first = first.elapsed();
    let second = Instant::now();
    let error = call();
    println!("{}", client.status_json());
    assert!(
        second.elapsed() < Duration::from_secs(1),
        "first {first:?}, second {:?}: {error}",
        second.elapsed()
    );
}

#[test]
fn error_objects_survive_odd_details() {
    let zoom = sandbox(|s| s);
    let client = client(&zoom);
    for body in [
        r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[a:b].","errors":null}"#,
        r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[a:b].","errors":["x"]}"#,
        r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[a:b].","errors":[{"field":null,"message":"m"}]}"#,
    ] {
        zoom.fault(Fault::on_api().status(400, body, "application/json"));
        let error = first_page(&client).unwrap_err();
        println!("{body}\n -> {:?}", error);
        assert_eq!(error.status(), ErrorStatus::MissingScope, "{body}");
    }
}

#[test]
fn a_dead_token_is_seen_whatever_the_details_of_the_body() {
    let zoom = sandbox(|s| s);
    let client = client(&zoom);
    let body = r#"{"code":124,"message":"Invalid access token.","errors":null}"#;
    zoom.fault(Fault::on_api().status(400, body, "application/json"));
    first_page(&client).expect("the call recovers");
}

fn echo(status: &'static str, tail: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(MS(100))).unwrap();
            let mut request = Vec::new();
            let _ = stream.read_to_end(&mut request);
            let text = String::from_utf8_lossy(&request).replace("\r\n", "<br>");
            let mut body = format!("<html>{text}").into_bytes();
            body.extend_from_slice(tail);
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(&body);
        }
    });
    url
}

fn echoed(status: &'static str, tail: &'static [u8], secret: &str) {
    let url = echo(status, tail);
    let client = Client::builder(Credentials::jwt("key", secret))
        .no_proxy()
        .oauth_url(&url)
        .api_url(&url)
        .build()
        .unwrap();
    let token = client.token().unwrap();
    let error = first_page(&client).unwrap_err();
    let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
    assert!(
        !body.contains(token.value()),
        "{error:?}: the token stands in the error's body"
    );
}

#[test]
fn an_echo_under_200_is_scrubbed() {
    echoed("200 OK", b"", "secret-one");
}

#[test]
fn an_echo_in_latin_1_is_scrubbed() {
    echoed("400 Bad", b"\xe9", "secret-two");
}

#[test]
fn an_advisory_budget_is_no_failure_of_the_endpoint() {
    let zoom = sandbox(|s| s.token_lifetime(Duration::from_secs(6)));
    let slow = builder(&zoom, credentials(&zoom)).build().unwrap();
    let quick = builder(&zoom, credentials(&zoom))
        .timeout(MS(1_000))
        .build()
        .unwrap();
    let start = Instant::now();
    slow.token().unwrap();
    // Longer than the quarter of a second that an early renewal gets of it, shorter than the whole.
    zoom.fault(Fault::on_token().always().latency(MS(400)));
    thread::sleep(MS(5_500).saturating_sub(start.elapsed()));
    quick.token().expect("the token is live");
    assert_eq!(
        quick.counter(Counter::RefreshesFailed),
        1,
        "the renewal was too slow"
    );
    thread::sleep(MS(6_050).saturating_sub(start.elapsed()));
    quick
        .token()
        .expect("the endpoint answers in time, and nothing keeps us from asking");
}

#[test]
fn two_refreshes_are_no_tug_of_war() {
    let zoom = sandbox(|s| s);
    let client = builder(&zoom, credentials(&zoom))
        .timeout(MS(1000))
        .build()
        .unwrap();
    client.token().unwrap();
    client.refresh_token().unwrap();
    let error = client.refresh_token().unwrap_err();
    assert!(
        !error.hint().contains("Another process"),
        "{:?} {error}\n{}",
        error.status(),
        client.status_json()
    );
}

#[test]
fn a_proxys_403_is_not_zooms() {
    let zoom = sandbox(|s| s);
    let client = client(&zoom);
    zoom.fault(Fault::on_api().status(
        403,
        "<html>Blocked by corporate policy</html>",
        "text/html",
    ));
    let error = first_page(&client).unwrap_err();
    assert_eq!(error.status(), ErrorStatus::BadResponse, "{error}");
}

#[test]
fn a_proxys_401_does_not_cost_tokens() {
    let zoom = sandbox(|s| s);
    let client = client(&zoom);
    zoom.fault(Fault::on_api().always().status(
        401,
        "<html>Sign in to the guest network</html>",
        "text/html",
    ));
    let started = Instant::now();
    let error = first_page(&client).unwrap_err();
    println!(
        "{:?} {} token requests: {error}",
        started.elapsed(),
        zoom.token_requests()
    );
    assert!(zoom.token_requests() <= 2 && error.hint().contains("proxy"));
}

#[test]
fn an_unknown_path_is_not_a_missing_user() {
    let zoom = sandbox(|s| s);
    let client = client(&zoom);
    let body = r#"{"code":2300,"message":"This API endpoint is not recognized."}"#;
    zoom.fault(Fault::on_api().status(404, body, "application/json"));
    let error = client.user("someone").map(drop).unwrap_err();
    println!("{:?} {error}", error.status());
    assert!(error.hint().contains("API_URL"), "{error}");
}

#[test]
fn long_input_is_no_defect_of_the_library() {
    let zoom = sandbox(|s| s);
    let error = client(&zoom)
        .user(&"x".repeat(70_000))
        .map(drop)
        .unwrap_err();
    assert_ne!(error.status(), ErrorStatus::Internal, "{error}");
}

#[test]
fn the_tokens_host_may_not_turn_https_into_http() {
    let zoom = sandbox(|s| s.tls(true));
    let ca = std::env::temp_dir().join(format!("zoom-s2s-corners-{}.pem", std::process::id()));
    std::fs::write(&ca, zoom.ca_pem().unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = zoom
        .url()
        .trim_start_matches("https://")
        .split(':')
        .next()
        .unwrap()
        .to_owned();
    let plain = format!("http://{host}:{}", listener.local_addr().unwrap().port());
    zoom.set_api_url_in_token(Some(plain));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let into = seen.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            let n = stream.read(&mut buffer).unwrap();
            into.lock().unwrap().extend_from_slice(&buffer[..n]);
        }
    });
    let client = builder(&zoom, credentials(&zoom))
        .ca_file(&ca)
        .regional(true)
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let result = first_page(&client);
    assert!(
        result.is_ok(),
        "the configured host serves instead: {result:?}"
    );
    let seen = String::from_utf8_lossy(&seen.lock().unwrap()).into_owned();
    assert!(
        !seen.to_lowercase().contains("bearer"),
        "the token went out in the clear to another port: {result:?}"
    );
}

#[test]
fn loopback_is_not_proxied_however_it_is_spelled() {
    let zoom = sandbox(|s| s.tls(true));
    let ca = std::env::temp_dir().join(format!("zoom-s2s-corners-b-{}.pem", std::process::id()));
    std::fs::write(&ca, zoom.ca_pem().unwrap()).unwrap();
    let port = zoom.url().rsplit(':').next().unwrap().to_owned();
    let client = Client::builder(credentials(&zoom))
        .oauth_url(format!("https://LocalHost:{port}"))
        .api_url(format!("https://LocalHost:{port}/v2"))
        .proxy("http://127.0.0.1:1")
        .ca_file(&ca)
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let result = client.token().map(drop);
    assert!(result.is_ok(), "{result:?}");
}

#[cfg(unix)]
#[test]
fn an_inherited_page_does_not_hang_the_child() {
    use std::sync::atomic::AtomicUsize;
    let zoom = sandbox(|s| s.users(3000).page_size_limit(2000));
    let client = client(&zoom);
    let mut hung = 0;
    for _ in 0..60 {
        let page = client
            .users()
            .page_size(2000)
            .pages()
            .next()
            .unwrap()
            .unwrap();
        let started = Arc::new(AtomicUsize::new(0));
        let (p, s) = (page.clone(), started.clone());
        let other = thread::spawn(move || {
            s.store(1, Ordering::SeqCst);
            p.user_json(5).map(str::len)
        });
        while started.load(Ordering::SeqCst) == 0 {
            std::hint::spin_loop();
        }
        // SAFETY: the child looks at the page only, and leaves by _exit.
        let child = match unsafe { libc::fork() } {
            0 => {
                // SAFETY: a hanging child is killed by this alarm.
                unsafe { libc::alarm(2) };
                let good = page.user_json(5).is_some();
                // SAFETY: ends the child without the parent's exit handlers.
                unsafe { libc::_exit(if good { 0 } else { 1 }) }
            }
            child => child,
        };
        other.join().unwrap();
        let mut status = 0;
        // SAFETY: waits for a child of this process.
        unsafe { libc::waitpid(child, &mut status, 0) };
        if status != 0 {
            println!("child status {status}");
            hung += 1;
            break;
        }
    }
    assert_eq!(
        hung, 0,
        "a child waits for a page's OnceLock that a thread of the parent was filling"
    );
}

#[test]
fn the_words_of_a_missing_scope_are_quoted_clean() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::builder(Credentials::jwt("key", "secret-three"))
        .no_proxy()
        .oauth_url(&url)
        .api_url(&url)
        .build()
        .unwrap();
    let token = client.token().unwrap();
    let value = token.value().to_owned();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).unwrap();
        let body = format!(
            r#"{{"code":4711,"message":"{value} does not contain scopes:[\u001b[31m{value}]"}}"#
        );
        let _ = write!(
            stream,
            "HTTP/1.1 400 Bad\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    });
    let error = first_page(&client).unwrap_err();
    let said = format!("{error}{:?}", error.missing_scopes());
    assert!(
        !said.contains(token.value()) && !error.message().contains('\u{1b}'),
        "{error:?}"
    );
}
