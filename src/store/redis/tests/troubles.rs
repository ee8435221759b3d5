//! A real server in trouble.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use super::redis::{Answer, Listen, Options, Redis};
use super::*;
use crate::transport::Epoch;

#[test]
fn passwords() {
    if !has_redis("passwords") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp).password("hunter22"));
    let port = server.port();
    for (login, words, cure) in [
        ("", "NOAUTH", "password_file"),
        (":swordfish@", "WRONGPASS", "wrong"),
        ("app:swordfish@", "WRONGPASS", "wrong"),
    ] {
        let error = store(&format!("redis://{login}127.0.0.1:{port}")).load(&slot());
        let error = error.expect_err(login);
        assert_says(&error, words, cure);
        assert!(!text(&error).contains("swordfish"), "{}", text(&error));
    }

    // A password that is changed while programs run.
    let url = format!(
        "redis://127.0.0.1:{port}?password_file={}",
        server.password_file().display()
    );
    let store_of_file = store(&url);
    store_of_file.load(&slot()).unwrap();
    std::fs::write(server.password_file(), "swordfish").unwrap();
    server.command(&["CONFIG", "SET", "requirepass", "swordfish"]);
    // The connection in hand was let in before; a new one reads the file.
    store(&url).load(&slot()).unwrap();
    std::fs::remove_file(server.password_file()).unwrap();
    let store_without = store_of_file;
    store_without.load(&slot()).unwrap();

    let open = Redis::start(Options::new(Listen::Tcp));
    let error = store(&format!("redis://:hunter22@127.0.0.1:{}", open.port())).load(&slot());
    let error = error.expect_err("no password is set");
    assert_says(&error, "AUTH", "take the password out");
    assert!(!text(&error).contains("hunter22"), "{}", text(&error));
}

#[test]
fn rights() {
    if !has_redis("rights") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp));
    let user = |name: &str, rules: &[&str]| {
        let words = [&["ACL", "SETUSER", name, "on", ">hunter22"], rules].concat();
        assert_eq!(server.command(&words), Answer::Text("OK".into()));
        store(&format!(
            "redis://{name}:hunter22@127.0.0.1:{}/1",
            server.port()
        ))
    };
    // Exactly what the hint names is enough.
    let enough = user(
        "enough",
        &[
            "~zoom-s2s:*",
            "+get",
            "+set",
            "+del",
            "+time",
            "+eval",
            "+select",
        ],
    );
    let mut lease = lease();
    assert!(enough.try_lock(&slot(), &mut lease).unwrap());
    assert!(enough.save(&slot(), &lease, "value", PATIENCE).unwrap());
    enough.load(&slot()).unwrap();
    enough.unlock(&slot(), &mut lease).unwrap();

    let keyless = user("keyless", &["~other:*", "+@all"]);
    assert_says(
        &keyless.load(&slot()).expect_err("no keys"),
        "NOPERM",
        "~zoom-s2s:*",
    );
    let reader = user(
        "reader",
        &["~zoom-s2s:*", "+get", "+time", "+select", "+eval"],
    );
    reader.load(&slot()).unwrap();
    let error = reader.try_lock(&slot(), &mut lease).expect_err("no SET");
    assert_says(&error, "NOPERM", "+set");
    assert!(enough.try_lock(&slot(), &mut lease).unwrap());
    let error = reader
        .save(&slot(), &lease, "value", PATIENCE)
        .expect_err("no SET in scripts");
    assert_says(&error, "the server refuses", "+set");
}

#[test]
fn states_in_which_it_takes_nothing() {
    if !has_redis("states_in_which_it_takes_nothing") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp).arguments(&["--databases", "2"]));
    let store_of = |path: &str| store(&format!("{}{path}", server.url()));
    let (store, mut lease) = (store_of(""), lease());
    let set = |name: &str, value: &str| {
        assert_eq!(
            server.command(&["CONFIG", "SET", name, value]),
            Answer::Text("OK".into())
        );
    };
    assert!(store.try_lock(&slot(), &mut lease).unwrap());
    assert!(store.save(&slot(), &lease, "before", PATIENCE).unwrap());
    set("maxmemory", "1");
    let save = |value: &str| store.save(&slot(), &lease, value, PATIENCE);
    assert_says(&save("after").expect_err("full"), "OOM", "maxmemory");
    assert_says(
        &store
            .try_lock(&slot(), &mut super::lease())
            .expect_err("full"),
        "OOM",
        "maxmemory",
    );
    assert_eq!(
        store.load(&slot()).unwrap().value.as_deref(),
        Some("before")
    );
    set("maxmemory", "0");
    assert!(save("after").unwrap());

    set("min-replicas-to-write", "1");
    assert_says(
        &save("more").expect_err("no replicas"),
        "NOREPLICAS",
        "min-replicas",
    );
    set("min-replicas-to-write", "0");

    // A replica of a primary that is not there.
    server.command(&["REPLICAOF", "127.0.0.1", "1"]);
    assert_says(&save("more").expect_err("a replica"), "READONLY", "primary");
    set("replica-serve-stale-data", "no");
    assert_says(
        &store.load(&slot()).expect_err("a replica"),
        "MASTERDOWN",
        "primary",
    );
    server.command(&["REPLICAOF", "NO", "ONE"]);

    let wrong_db = store_of("/7").load(&slot()).expect_err("no such database");
    assert_says(&wrong_db, "DB index", "database number");
    let lock = format!("zoom-s2s:{{{KEY}}}:lease");
    server.command(&["DEL", &lock]);
    server.command(&["LPUSH", &lock, "x"]);
    assert_says(&save("more").expect_err("a list"), "WRONGTYPE", "prefix=");
}

#[test]
fn what_is_no_token_is_none_and_gets_replaced() {
    if !has_redis("what_is_no_token_is_none_and_gets_replaced") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp));
    let store = store(&server.url());
    let token = format!("zoom-s2s:{{{KEY}}}:token");
    let large = "x".repeat((1 << 20) + 1);
    for planted in [
        &["LPUSH", &token, "x"][..],
        &["HSET", &token, "a", "b"],
        &["SET", &token, &large],
    ] {
        server.command(&["DEL", &token]);
        server.command(planted);
        let reading = store.load(&slot()).unwrap();
        assert_eq!(reading.value, None, "{}", planted[0]);
        assert!(reading.now_ms > 1_500_000_000_000);
        let mut lease = lease();
        assert!(store.try_lock(&slot(), &mut lease).unwrap());
        assert!(store.save(&slot(), &lease, "value", PATIENCE).unwrap());
        store.unlock(&slot(), &mut lease).unwrap();
        assert_eq!(store.load(&slot()).unwrap().value.as_deref(), Some("value"));
    }
}

/// The words of Redis 5 to 7.
#[test]
fn refusals_within_scripts_are_told_like_others() {
    for text in [
        "READONLY You can't write against a read only replica.",
        "ERR Error running script (call to f_0123): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.",
        "READONLY You can't write against a read only replica. script: f_0123, on @user_script:1.",
    ] {
        let error = super::super::explain::refusal(text, "zoom-s2s", None);
        assert_says(&error, "READONLY", "name the primary");
    }
    let text = "ERR Error running script (call to f_0123): @user_script:1: @user_script: 1: -OOM command not allowed";
    let error = super::super::explain::refusal(text, "zoom-s2s", None);
    assert_says(&error, "OOM", "maxmemory");
}

#[test]
fn clusters_and_sentinels_are_told_apart() {
    if !has_redis("clusters_and_sentinels_are_told_apart") {
        return;
    }
    let node = Redis::start(Options::new(Listen::Tcp).arguments(&["--cluster-enabled", "yes"]));
    let load = |url: &str| store(url).load(&slot()).expect_err(url);
    assert_says(&load(&node.url()), "CLUSTERDOWN", "Redis Cluster");
    let error = load(&format!("{}/1", node.url()));
    assert_says(&error, "SELECT is not allowed", "database number");
    // Commands renamed away look like those of a server that never had them.
    let server =
        Redis::start(Options::new(Listen::Tcp).arguments(&["--rename-command", "TIME", ""]));
    assert_says(&load(&server.url()), "unknown command", "Sentinel");
}

#[test]
fn certificates() {
    if !has_redis("certificates") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tls));
    let other = Redis::start(Options::new(Listen::Tls));
    let load = |url: &str, ca_file: &Path| {
        let store = choose_store(url, &lasting(Some(ca_file))).unwrap();
        store.load(&slot())
    };
    load(&server.url(), &server.ca_file()).unwrap();
    load(
        &server.url().replace("127.0.0.1", "localhost"),
        &server.ca_file(),
    )
    .unwrap();
    let error = load(&server.url(), &other.ca_file()).expect_err("an unknown CA");
    assert_says(&error, "TLS with 127.0.0.1 failed", "ZOOM_S2S_CA_FILE");
    assert!(!text(&error).contains("Zoom "), "{}", text(&error));
    let elsewhere = server.url().replace("127.0.0.1", "127.0.0.2");
    load(&elsewhere, &server.ca_file()).expect_err("another address");

    let strict = Redis::start(Options::new(Listen::Tls).arguments(&["--tls-auth-clients", "yes"]));
    let error = load(&strict.url(), &strict.ca_file()).expect_err("no certificate of ours");
    assert_says(&error, "TLS", "tls-auth-clients");

    // TLS to a server without, and none to a server with it.
    let plain = Redis::start(Options::new(Listen::Tcp));
    let error = load(&plain.url().replace("redis:", "rediss:"), &server.ca_file());
    assert_says(&error.expect_err("no TLS there"), "TLS", "redis");
    let error = load(
        &server.url().replace("rediss:", "redis:"),
        &server.ca_file(),
    );
    let error = error.expect_err("TLS there");
    assert!(
        error.hint().contains("rediss://") || error.message().contains("broke"),
        "{}",
        text(&error)
    );
}

#[test]
fn a_stopped_server_costs_no_more_than_the_time_allowed() {
    if !has_redis("a_stopped_server_costs_no_more_than_the_time_allowed") {
        return;
    }
    for listen in [Listen::Tcp, Listen::Tls, Listen::Unix] {
        let server = Redis::start(Options::new(listen));
        let ca_file = server.ca_file();
        let lasting = lasting((listen == Listen::Tls).then_some(&*ca_file));
        let (used, fresh) = (
            choose_store(&server.url(), &lasting).unwrap(),
            choose_store(&server.url(), &lasting).unwrap(),
        );
        used.load(&slot()).unwrap();
        server.pause();
        for store in [&used, &fresh] {
            let start = Instant::now();
            let error = store.load(&Slot::new(KEY, Duration::from_millis(200)));
            let error = error.expect_err("nobody answers");
            assert!(
                error.message().contains("in time")
                    || error.message().contains("did not answer within"),
                "{}",
                text(&error)
            );
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{:?}",
                start.elapsed()
            );
        }
        // However patient the caller, opening a connection ends by itself.
        let start = Instant::now();
        fresh
            .load(&Slot::new(KEY, Duration::from_secs(60)))
            .expect_err("nobody answers");
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?}",
            start.elapsed()
        );
        server.resume();
        fresh.load(&slot()).unwrap();
    }
}

#[test]
fn cancel_ends_a_hanging_operation() {
    if !has_redis("cancel_ends_a_hanging_operation") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp));
    let lasting = lasting(None);
    let store = choose_store(&server.url(), &lasting).unwrap();
    let epoch = Epoch::new(&lasting);
    let deadline = || Instant::now() + Duration::from_secs(60);
    store.load(&Slot::of_call(KEY, deadline(), &epoch)).unwrap();
    server.pause();
    let start = Instant::now();
    let error = thread::scope(|scope| {
        let call = scope.spawn(|| store.load(&Slot::of_call(KEY, deadline(), &epoch)));
        thread::sleep(Duration::from_millis(50));
        epoch.cancel();
        call.join().unwrap()
    });
    assert_says(&error.expect_err("cancelled"), "cancelled", "");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    server.resume();
    let epoch = Epoch::new(&lasting);
    store.load(&Slot::of_call(KEY, deadline(), &epoch)).unwrap();
}

/// A way to `server` on which answers can get lost: what is asked arrives, and then the connection
/// ends.
struct Lossy {
    url: String,
    losing: Arc<AtomicBool>,
}

impl Lossy {
    fn to(server: &Redis) -> Lossy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let losing = Arc::new(AtomicBool::new(false));
        let (socket, lose) = (server.socket(), losing.clone());
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let mut server = UnixStream::connect(&socket).unwrap();
                let mut buffer = [0; 4096];
                // Everything asked here fits one piece, and so does its answer.
                while let Ok(asked @ 1..) = client.read(&mut buffer) {
                    server.write_all(&buffer[..asked]).unwrap();
                    let answered = server.read(&mut buffer).unwrap();
                    if lose.swap(false, Ordering::SeqCst) {
                        break;
                    }
                    client.write_all(&buffer[..answered]).unwrap();
                }
            }
        });
        Lossy { url, losing }
    }

    fn lose_one_answer(&self) {
        self.losing.store(true, Ordering::SeqCst);
    }

    #[track_caller]
    fn assert_lost(&self) {
        assert!(!self.losing.load(Ordering::SeqCst), "no answer was lost");
    }
}

#[test]
fn what_was_done_before_an_answer_got_lost_counts() {
    if !has_redis("what_was_done_before_an_answer_got_lost_counts") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp));
    let way = Lossy::to(&server);
    let store = store(&way.url);
    let (mut lease, mut other) = (lease(), super::lease());
    store.load(&slot()).unwrap();

    way.lose_one_answer();
    assert!(
        store.try_lock(&slot(), &mut lease).unwrap(),
        "its own lease looks like another's"
    );
    way.assert_lost();
    way.lose_one_answer();
    assert!(
        !store.try_lock(&slot(), &mut other).unwrap(),
        "another's lease looks like its own"
    );
    way.assert_lost();
    way.lose_one_answer();
    assert!(store.save(&slot(), &lease, "value", PATIENCE).unwrap());
    way.assert_lost();
    way.lose_one_answer();
    assert_eq!(store.load(&slot()).unwrap().value.as_deref(), Some("value"));
    way.assert_lost();
    way.lose_one_answer();
    store.unlock(&slot(), &mut lease).unwrap();
    way.assert_lost();
    assert!(store.try_lock(&slot(), &mut other).unwrap());

    // On a connection that was not kept but opened for the purpose it is an error.
    drop(store);
    let fresh = self::store(&way.url);
    way.lose_one_answer();
    assert_says(
        &fresh.load(&slot()).expect_err("lost"),
        "closed the connection",
        "maxclients",
    );
}

#[test]
fn a_kept_connection_that_broke_is_replaced() {
    if !has_redis("a_kept_connection_that_broke_is_replaced") {
        return;
    }
    for listen in [Listen::Tcp, Listen::Tls, Listen::Unix] {
        let mut server = Redis::start(Options::new(listen));
        let ca_file = server.ca_file();
        let lasting = lasting((listen == Listen::Tls).then_some(&*ca_file));
        let store = choose_store(&server.url(), &lasting).unwrap();
        let mut lease = lease();
        assert!(store.try_lock(&slot(), &mut lease).unwrap());
        assert!(store.save(&slot(), &lease, "value", PATIENCE).unwrap());
        server.restart();
        assert_eq!(store.load(&slot()).unwrap().value, None);
        server.command(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        assert!(store.try_lock(&slot(), &mut lease).unwrap());
        server.stop();
        assert_says(
            &store.load(&slot()).expect_err("gone"),
            "no connection",
            "Redis runs there",
        );
        server.restart();
        store.load(&slot()).unwrap();
    }
}
