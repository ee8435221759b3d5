//! What the integration tests share. Each test binary uses a part of it.
#![allow(dead_code, unused_imports)]

#[cfg(unix)]
pub(crate) mod c;
#[cfg(unix)]
pub(crate) mod declared;
pub(crate) mod fleet;
#[cfg(target_os = "linux")]
pub(crate) mod holder;
#[cfg(unix)]
pub(crate) mod make;
#[cfg(target_os = "linux")]
pub(crate) mod netns;
#[cfg(unix)]
pub(crate) mod redis;
#[cfg(unix)]
pub(crate) mod relay;
pub(crate) mod tools;

pub(crate) use tools::{has_tool, skip};

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use zoom_s2s::{Client, ClientBuilder, Credentials, Error};
use zoom_s2s_sandbox::{Builder, Sandbox};

/// A sandbox of its own for one test, with credentials of its own: clients of equal credentials share
/// a token, and failures, throughout the process.
pub(crate) fn sandbox(settings: impl FnOnce(Builder) -> Builder) -> Sandbox {
    static SEED: AtomicU64 = AtomicU64::new(1);
    settings(
        Sandbox::builder()
            .users(50)
            .seed(SEED.fetch_add(1, Ordering::Relaxed)),
    )
    .start()
    .expect("the sandbox starts")
}

/// The Server-to-Server credentials of the sandbox's app.
pub(crate) fn credentials(sandbox: &Sandbox) -> Credentials {
    let keys = sandbox.credentials();
    Credentials::server_to_server(&keys.account_id, &keys.client_id, &keys.client_secret)
}

/// The JWT credentials of the sandbox's legacy app.
pub(crate) fn jwt_credentials(sandbox: &Sandbox) -> Credentials {
    let keys = sandbox.credentials();
    Credentials::jwt(&keys.api_key, &keys.api_secret)
}

/// A client of the sandbox, open for more settings.
pub(crate) fn builder(sandbox: &Sandbox, credentials: Credentials) -> ClientBuilder {
    Client::builder(credentials)
        .no_proxy()
        .oauth_url(sandbox.url())
        .api_url(sandbox.api_url())
}

/// A client of the sandbox.
pub(crate) fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox, credentials(sandbox))
        .build()
        .expect("the client is made")
}

/// Fetches the first page of active users; all that most tests need of a call.
pub(crate) fn first_page(client: &Client) -> Result<(), Error> {
    client.users().pages().next().expect("an answer").map(drop)
}

/// Runs `body` on `count` threads that start at the same instant; their results in order.
pub(crate) fn on_threads<T: Send + 'static>(
    count: usize,
    body: impl Fn(usize) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let (body, barrier) = (Arc::new(body), Arc::new(Barrier::new(count)));
    let threads: Vec<_> = (0..count)
        .map(|index| {
            let (body, barrier) = (body.clone(), barrier.clone());
            thread::spawn(move || {
                barrier.wait();
                body(index)
            })
        })
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().expect("a test thread panicked"))
        .collect()
}

/// A process of its own for one role of the test named `test`: the same test binary, told its role
/// by `ZOOM_S2S_TEST_ROLE`.
pub(crate) fn role(test: &str, role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the test binary has a path"));
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env("ZOOM_S2S_TEST_ROLE", role);
    command
}

/// The role this process was started for, if any.
pub(crate) fn my_role() -> Option<String> {
    std::env::var("ZOOM_S2S_TEST_ROLE").ok()
}

/// A listener whose backlog is full, so that connecting to it hangs, and what fills it.
#[cfg(target_os = "linux")]
pub(crate) fn full_listener() -> (std::net::TcpListener, Vec<std::net::TcpStream>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // SAFETY: listening again on a listening socket only changes the length of its backlog.
    unsafe { libc::listen(std::os::fd::AsRawFd::as_raw_fd(&listener), 0) };
    let mut fill = Vec::new();
    let patience = std::time::Duration::from_millis(200);
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, patience) {
        fill.push(stream);
        assert!(fill.len() < 100, "the backlog never fills");
    }
    (listener, fill)
}

/// The port a sandbox listens on, as an address.
pub(crate) fn address(sandbox: &Sandbox) -> std::net::SocketAddr {
    sandbox
        .url()
        .split("//")
        .nth(1)
        .unwrap()
        .parse()
        .expect("the sandbox's address")
}
