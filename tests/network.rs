//! Deadlines, retries, trust, proxies and hosts, over real sockets.

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use support::{address, builder, client, credentials, first_page, on_threads, sandbox};
use zoom_s2s::{Client, ClientBuilder, Counter, Error};
use zoom_s2s_sandbox::{Cut, Fault, RateLimit, Sandbox};

fn ca_file(zoom: &Sandbox) -> PathBuf {
    let port = zoom.url().rsplit(':').next().unwrap();
    let path = std::env::temp_dir().join(format!(
        "zoom-s2s-network-{}-{port}.pem",
        std::process::id()
    ));
    std::fs::write(&path, zoom.ca_pem().expect("a TLS sandbox")).unwrap();
    path
}

#[test]
fn one_deadline_covers_the_whole_call() {
    let drip = |head| {
        Fault::on_api()
            .always()
            .drip(head, 1, Duration::from_millis(20))
    };
    for (name, fault) in [
        (
            "slow token",
            Fault::on_token().always().latency(Duration::from_secs(20)),
        ),
        (
            "slow answer",
            Fault::on_api().always().latency(Duration::from_secs(20)),
        ),
        ("dripping head", drip(true)),
        ("dripping body", drip(false)),
    ] {
        let zoom = sandbox(|sandbox| sandbox);
        zoom.fault(fault);
        let client = builder(&zoom, credentials(&zoom))
            .timeout(Duration::from_millis(600))
            .build()
            .unwrap();
        let started = Instant::now();
        let error = first_page(&client).expect_err(name);
        let took = started.elapsed();
        assert!(matches!(error, Error::Timeout(_)), "{name}: {error}");
        assert!(
            error.is_retryable() && error.message().contains("600 ms"),
            "{name}: {error}"
        );
        assert!((500..1_500).contains(&took.as_millis()), "{name}: {took:?}");
    }
}

#[test]
fn what_passes_is_retried() {
    for (name, fault) in [
        ("503", Fault::on_api().times(2).server_error(503)),
        ("500", Fault::on_api().times(2).server_error(500)),
        (
            "cut before the headers",
            Fault::on_api().cut(Cut::BeforeHeaders),
        ),
        ("cut in the headers", Fault::on_api().cut(Cut::InHeaders)),
        (
            "cut after the headers",
            Fault::on_api().cut(Cut::AfterHeaders),
        ),
        ("cut in the body", Fault::on_api().times(2).cut(Cut::InBody)),
        (
            "per-second limit",
            Fault::on_api().rate_limited(RateLimit::PerSecond),
        ),
        (
            "concurrency limit",
            Fault::on_api().rate_limited(RateLimit::Concurrent),
        ),
        (
            "token endpoint 503",
            Fault::on_token().times(2).server_error(503),
        ),
        (
            "token endpoint cut",
            Fault::on_token().cut(Cut::BeforeHeaders),
        ),
        ("a refused token", Fault::on_api().unauthorized()),
    ] {
        let zoom = sandbox(|sandbox| sandbox);
        zoom.fault(fault);
        let client = client(&zoom);
        first_page(&client).unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = client.counter(Counter::Retries) + client.counter(Counter::TokensRejected);
        assert!(again >= 1, "{name}: the fault struck nothing");
    }
}

#[test]
fn what_stays_is_not_retried_for_ever() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on_api().always().server_error(502));
    let error = first_page(&client(&zoom)).unwrap_err();
    assert!(matches!(error, Error::Server(_)), "{error}");
    assert_eq!(
        (error.http_status(), error.is_retryable()),
        (Some(502), true)
    );
    assert_eq!(zoom.api_requests(), 4);
}

#[test]
fn a_daily_limit_fails_at_once() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    zoom.fault(Fault::on_api().always().rate_limited(RateLimit::Daily {
        retry_after: "2999-01-01T00:00:00Z".into(),
    }));
    let error = first_page(&client).unwrap_err();
    assert!(
        matches!(error, Error::RateLimited(_)) && error.message().contains("daily"),
        "{error}"
    );
    assert!(
        error
            .retry_after()
            .is_some_and(|wait| wait > Duration::from_secs(86_400 * 365 * 900))
    );
    assert_eq!(zoom.api_requests(), 1);
}

#[test]
fn bodies_are_bounded_also_after_gunzip() {
    let zoom = sandbox(|sandbox| sandbox.users(2_000).gzip(true));
    let limited = builder(&zoom, credentials(&zoom))
        .body_limit(100_000)
        .build()
        .unwrap();
    let error = first_page(&limited).unwrap_err();
    assert!(
        matches!(error, Error::TooLarge(_)) && error.message().contains("100000"),
        "{error}"
    );
    let request = zoom.journal().pop().unwrap();
    assert!(
        request
            .accept_encoding
            .is_some_and(|encoding| encoding.contains("gzip"))
    );
    limited
        .users()
        .page_size(50)
        .pages()
        .next()
        .unwrap()
        .expect("small pages fit");
}

#[test]
fn no_redirect_is_followed() {
    let (zoom, elsewhere) = (sandbox(|sandbox| sandbox), sandbox(|sandbox| sandbox));
    for target in [Fault::on_token(), Fault::on_api()] {
        zoom.fault(
            target
                .status(307, "", "text/plain")
                .header("Location", &format!("{}/v2/users", elsewhere.url())),
        );
        let error = first_page(&client(&zoom)).unwrap_err();
        assert!(
            matches!(error, Error::BadResponse(_)) && error.message().contains("redirect"),
            "{error}"
        );
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn tls_with_the_right_and_the_wrong_trust() {
    let (zoom, stranger) = (
        sandbox(|sandbox| sandbox.tls(true)),
        sandbox(|sandbox| sandbox.tls(true)),
    );
    let with = |change: &dyn Fn(ClientBuilder) -> ClientBuilder| {
        first_page(&change(builder(&zoom, credentials(&zoom))).build().unwrap())
    };
    let (right, wrong) = (ca_file(&zoom), ca_file(&stranger));
    with(&|builder| builder.ca_file(&right)).expect("an added authority is trusted");
    with(&|builder| builder.ca_file(&right).ca_only(true)).expect("an only authority is trusted");
    for builder in [
        &|builder: ClientBuilder| builder.ca_file(&wrong).ca_only(true),
        &|builder: ClientBuilder| builder,
    ] as [&dyn Fn(ClientBuilder) -> ClientBuilder; 2]
    {
        let error = with(builder).unwrap_err();
        assert!(matches!(error, Error::Tls(_)), "{error}");
        assert!(
            error.hint().contains("ZOOM_S2S_CA_FILE") && !error.is_retryable(),
            "{error}"
        );
    }
    // A name that the certificate does not bear.
    let address = address(&zoom);
    let port = address.port();
    let error = with(&|builder| {
        builder
            .oauth_url(format!("https://zoom.example:{port}"))
            .ca_file(&right)
            .resolver(move |_, _| Ok(vec![address]))
    })
    .unwrap_err();
    assert!(
        matches!(error, Error::Tls(_)) && error.message().contains("another name"),
        "{error}"
    );
    // Plain HTTP where TLS is expected.
    let plain = sandbox(|sandbox| sandbox);
    let url = plain.url().replace("http:", "https:");
    let error = with(&|builder| builder.oauth_url(&url)).unwrap_err();
    assert!(
        matches!(error, Error::Tls(_)) && error.message().contains("not TLS"),
        "{error}"
    );
}

#[test]
fn plain_http_stays_on_this_machine() {
    let zoom = sandbox(|sandbox| sandbox);
    let error = builder(&zoom, credentials(&zoom))
        .api_url("http://192.0.2.1/v2")
        .build()
        .unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    // A name that resolves to this machine and to another one is not this machine.
    let here = address(&zoom);
    let port = here.port();
    let towards = |addresses: Vec<SocketAddr>| {
        builder(&zoom, credentials(&zoom))
            .api_url(format!("http://zoom.test:{port}/v2"))
            .resolver(move |_, _| Ok(addresses.clone()))
            .build()
            .unwrap()
    };
    first_page(&towards(vec![here])).expect("all of its addresses are loopback");
    let error = first_page(&towards(vec![here, "192.0.2.1:80".parse().unwrap()])).unwrap_err();
    assert!(
        matches!(error, Error::Config(_)) && error.message().contains("http://"),
        "{error}"
    );
}

#[test]
fn unreachable_hosts_are_named() {
    let zoom = sandbox(|sandbox| sandbox);
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let refused = builder(&zoom, credentials(&zoom))
        .oauth_url(format!("http://{closed}"))
        .build()
        .unwrap();
    let error = first_page(&refused).unwrap_err();
    assert!(
        matches!(error, Error::Network(_)) && error.message().contains(&closed.to_string()),
        "{error}"
    );
    assert!(error.is_retryable() && !error.in_doubt());

    let unknown = builder(&zoom, credentials(&zoom))
        .oauth_url("https://no-such-host.invalid")
        .resolver(|_, _| Err(std::io::Error::other("no such name")))
        .build()
        .unwrap();
    let error = first_page(&unknown).unwrap_err();
    assert!(
        error
            .message()
            .contains("no-such-host.invalid could not be resolved"),
        "{error}"
    );
}

#[test]
fn the_second_address_serves_when_the_first_is_dead() {
    let zoom = sandbox(|sandbox| sandbox);
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let here = address(&zoom);
    let client = builder(&zoom, credentials(&zoom))
        .oauth_url(format!("http://zoom.test:{}", here.port()))
        .resolver(move |_, _| Ok(vec![closed, here]))
        .build()
        .unwrap();
    client.token().expect("the second address answers");
}

#[test]
fn the_tokens_own_host_is_used_only_on_request_and_inside_the_cloud() {
    let zoom = sandbox(|sandbox| sandbox);
    let elsewhere = sandbox(|sandbox| sandbox);
    zoom.set_api_url_in_token(Some(elsewhere.url().to_owned()));
    let regional = builder(&zoom, credentials(&zoom))
        .regional(true)
        .build()
        .unwrap();
    // The same host as the configured one: taken, although the port is another.
    assert!(
        matches!(first_page(&regional), Err(Error::Unauthorized(_))),
        "the other sandbox knows no such token"
    );
    assert!(elsewhere.api_requests() > 0);

    zoom.set_api_url_in_token(Some("https://api-eu.zoom.us.evil.example".into()));
    regional.reject_token(regional.token().unwrap().value());
    first_page(&regional).expect("a foreign host is ignored");

    let seen = elsewhere.api_requests();
    first_page(&client(&zoom)).expect("without `regional` the configured host is used");
    assert_eq!(elsewhere.api_requests(), seen);
}

#[test]
fn proxies_carry_token_and_api_calls() {
    let zoom = sandbox(|sandbox| sandbox.tls(true));
    let ca = ca_file(&zoom);
    let (proxy, asked) = proxy("HTTP/1.1 200 OK\r\n\r\n", Some(address(&zoom)));
    let through = |proxy: &str| {
        builder(&zoom, credentials(&zoom))
            .oauth_url("https://localhost:4443")
            .api_url("https://localhost:4443/v2")
            .proxy(proxy)
            .ca_file(&ca)
            .build()
            .unwrap()
    };
    // Loopback names never go through a proxy, so the proxy must not be asked here.
    assert!(matches!(
        first_page(&through(&format!("http://{proxy}"))),
        Err(Error::Network(_))
    ));
    assert!(asked.lock().unwrap().is_empty());

    // Names of other machines do; the certificate's name is checked inside the tunnel.
    let named = |proxy: &str| {
        builder(&zoom, credentials(&zoom))
            .oauth_url("https://zoom.us")
            .proxy(proxy)
            .ca_file(&ca)
            .build()
            .unwrap()
    };
    let error = first_page(&named(&format!("http://jo:pa%20ss@{proxy}"))).unwrap_err();
    assert!(
        matches!(error, Error::Tls(_))
            && error
                .message()
                .contains("another name: localhost, 127.0.0.1"),
        "{error}"
    );
    let asked = asked.lock().unwrap().join("\n");
    assert!(asked.starts_with("CONNECT zoom.us:443 HTTP/1.1"), "{asked}");
    assert!(
        asked.contains("Proxy-Authorization: Basic am86cGEgc3M="),
        "{asked}"
    );
    assert!(!asked.contains("Bearer"), "{asked}");
}

#[test]
fn proxy_refusals_are_named() {
    for (user, answer, words) in [
        (
            "",
            "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n",
            "wants NTLM, Negotiate",
        ),
        (
            "jo:pass@",
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
            "refused the user name or password",
        ),
        (
            "",
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
            "wants a user name and password",
        ),
        ("", "HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP 403"),
    ] {
        let zoom = sandbox(|sandbox| sandbox);
        let (proxy, _) = proxy(answer, None);
        let client = Client::builder(credentials(&zoom))
            .proxy(format!("http://{user}{proxy}"))
            .build()
            .unwrap();
        let error = client.token().unwrap_err();
        assert!(
            matches!(error, Error::Network(_)) && error.message().contains(words),
            "{error}"
        );
        assert!(!error.hint().is_empty() && !error.is_retryable());
    }
}

#[test]
fn many_threads_keep_their_connections() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    client.token().unwrap();
    let shared = client.clone();
    let failed: usize = on_threads(32, move |_| {
        (0..50).filter(|_| first_page(&shared).is_err()).count()
    })
    .iter()
    .sum();
    assert_eq!(failed, 0);
    let connections = zoom.connections();
    println!("{connections} connections for 1,600 calls on 32 threads");
    assert!(connections <= 40, "{connections}");
}

#[cfg(target_os = "linux")]
#[test]
fn connecting_has_a_time_of_its_own() {
    let zoom = sandbox(|sandbox| sandbox);
    let (full, _fill) = support::full_listener();
    let hanging = full.local_addr().unwrap();
    let client = builder(&zoom, credentials(&zoom))
        .oauth_url(format!("http://{hanging}"))
        .connect_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let started = Instant::now();
    let error = client.token().unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error}");
    assert!(
        error.message().contains(&hanging.to_string()) && !error.in_doubt(),
        "{error}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

/// A proxy that answers CONNECT with `answer` and then, if there is a `target`, carries bytes to it.
/// Also gives the heads of the requests it got.
fn proxy(
    answer: &'static str,
    target: Option<SocketAddr>,
) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, heads) = (
        listener.local_addr().unwrap(),
        Arc::new(Mutex::new(Vec::new())),
    );
    let noted = heads.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n")
                && stream.read(&mut byte).is_ok_and(|count| count == 1)
            {
                head.push(byte[0]);
            }
            noted.lock().unwrap().push(String::from_utf8(head).unwrap());
            stream.write_all(answer.as_bytes()).unwrap();
            if let Some(target) = target {
                let far = TcpStream::connect(target).unwrap();
                carry(stream.try_clone().unwrap(), far.try_clone().unwrap());
                carry(far, stream);
            }
        }
    });
    (address, heads)
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}
