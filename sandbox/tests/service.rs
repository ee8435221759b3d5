//! What surrounds the endpoints: TLS, compression, start and stop.

mod common;

use common::{Client, good_jwt};
use serde_json::Value;
use std::io::Read as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use zoom_s2s_sandbox::{Credentials, Sandbox, UserStatus};

#[test]
fn compression_is_a_matter_of_asking() {
    let sandbox = Sandbox::builder().users(2_000).start().unwrap();
    let without = Sandbox::builder().users(2_000).gzip(false).start().unwrap();
    let user = sandbox.truth(UserStatus::Active).next().unwrap().email;
    for path in [
        "/v2/users?page_size=300",
        "/v2/users?status=pending",
        &format!("/v2/users/{user}"),
    ] {
        let get = |sandbox: &Sandbox, coding: &str| {
            let auth = format!("Bearer {}", good_jwt(sandbox, 60));
            let headers = [("Authorization", &*auth), ("Accept-Encoding", coding)];
            Client::new(sandbox).ask(&format!("GET {path}"), &headers, b"")
        };
        let plain = get(&sandbox, "identity");
        assert_eq!(plain.header("content-encoding"), None);
        for refused in ["", "br", "gzip;q=0", "deflate, gzip; q=0.0"] {
            assert_eq!(
                get(&sandbox, refused).header("content-encoding"),
                None,
                "{refused}"
            );
        }
        assert_eq!(get(&without, "gzip").header("content-encoding"), None);
        for _ in 0..2 {
            let packed = get(&sandbox, "br;q=0.5, GZIP");
            assert_eq!(packed.header("content-encoding"), Some("gzip"));
            assert!(packed.body.len() < plain.body.len());
            let mut body = Vec::new();
            flate2::read::GzDecoder::new(&packed.body[..])
                .read_to_end(&mut body)
                .unwrap();
            let mut bodies =
                [&plain.body, &body].map(|b| serde_json::from_slice::<Value>(b).unwrap());
            for body in &mut bodies {
                body.as_object_mut().unwrap().remove("next_page_token");
            }
            assert_eq!(bodies[0], bodies[1]);
        }
    }
}

#[test]
fn tls_with_its_own_ca() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    assert!(sandbox.url().starts_with("https://127.0.0.1:"));
    let token = Client::new(&sandbox).token(&sandbox);
    assert_eq!(Client::new(&sandbox).get("/v2/users", &token).status, 200);

    let address = sandbox.url().strip_prefix("https://").unwrap();
    let other = Sandbox::builder().tls(true).start().unwrap();
    for (ca, name, trusted) in [
        (&sandbox, "127.0.0.1", true),
        (&sandbox, "localhost", true),
        (&sandbox, "::1", true),
        (&sandbox, "zoom.us", false),
        (&other, "127.0.0.1", false),
    ] {
        let mut session = common::tls(ca.ca_pem().unwrap(), name);
        let mut tcp = TcpStream::connect(address).unwrap();
        let mut shaken = Ok((0, 0));
        while session.is_handshaking() && shaken.is_ok() {
            shaken = session.complete_io(&mut tcp);
        }
        assert_eq!(shaken.is_ok(), trusted, "{name}: {shaken:?}");
    }
    assert!(Sandbox::builder().start().unwrap().ca_pem().is_none());
}

#[test]
fn dropping_stops_everything_at_once() {
    let sandbox = Sandbox::builder().start().unwrap();
    let address = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    let mut idle = Client::new(&sandbox);
    idle.token(&sandbox);
    let mut waiting = Client::new(&sandbox);
    let hour = Duration::from_secs(3600);
    sandbox.fault(zoom_s2s_sandbox::Fault::on_api().latency(hour));
    waiting.send("GET /v2/users", &[], b"").unwrap();
    while sandbox.api_requests() == 0 {
        std::thread::yield_now();
    }
    let started = Instant::now();
    drop(sandbox);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(idle.read_to_end().0, b"");
    assert_eq!(waiting.read_to_end().0, b"");
}

#[test]
fn a_fixed_port_and_given_credentials() {
    let free = Sandbox::builder().start().unwrap();
    let port = free.url().rsplit(':').next().unwrap().parse().unwrap();
    let taken = Sandbox::builder().port(port).start();
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    Client::new(&free).token(&free);
    drop(free);
    let credentials = Credentials {
        account_id: "a".to_owned(),
        client_id: "b".to_owned(),
        client_secret: "c:d".to_owned(),
        api_key: "e".to_owned(),
        api_secret: "f".to_owned(),
    };
    let sandbox = Sandbox::builder()
        .port(port)
        .credentials(credentials)
        .start()
        .unwrap();
    assert_eq!(sandbox.url(), format!("http://127.0.0.1:{port}"));
    Client::new(&sandbox).token(&sandbox);
    let env = sandbox.env();
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, &**value)).collect();
    assert_eq!(
        env,
        [
            ("ZOOM_ACCOUNT_ID", "a"),
            ("ZOOM_CLIENT_ID", "b"),
            ("ZOOM_CLIENT_SECRET", "c:d"),
            ("ZOOM_API_KEY", "e"),
            ("ZOOM_API_SECRET", "f"),
            ("ZOOM_S2S_OAUTH_URL", sandbox.url()),
            ("ZOOM_S2S_API_URL", sandbox.api_url()),
        ]
    );
    assert_eq!(sandbox.api_url(), format!("http://127.0.0.1:{port}/v2"));
}

#[test]
fn a_sandbox_may_be_shared_between_threads_and_made_inside_a_runtime() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Sandbox>();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::builder().start().unwrap();
        Client::new(&sandbox).token(&sandbox);
    });
}
