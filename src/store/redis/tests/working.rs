//! A real server, reached in each way.

use super::redis::{Answer, Listen, Options, Redis};
use super::*;
use crate::stats::Counter;

fn everyday(url: &str, lasting: &Arc<Lasting>, server: &Redis) {
    let store = choose_store(url, lasting).unwrap_or_else(|error| panic!("{url}: {error}"));
    let (mut first, mut second) = (lease(), lease());
    assert_eq!(store.load(&slot()).unwrap().value, None);
    assert!(store.try_lock(&slot(), &mut first).unwrap());
    assert!(!store.try_lock(&slot(), &mut second).unwrap());
    let life = Duration::from_secs(100);
    let value = "{\"a\": \"ä\r\n\"}";
    assert!(!store.save(&slot(), &second, "other", life).unwrap());
    assert!(store.save(&slot(), &first, value, life).unwrap());
    let reading = store.load(&slot()).unwrap();
    assert_eq!(reading.value.as_deref(), Some(value));
    let Answer::List(time) = server.command(&["TIME"]) else {
        panic!("TIME")
    };
    let Answer::Text(seconds) = &time[0] else {
        panic!("TIME")
    };
    let server_ms = seconds.parse::<u64>().unwrap() * 1000;
    assert!(server_ms.abs_diff(reading.now_ms) < 60_000, "{reading:?}");
    store.unlock(&slot(), &mut second).unwrap();
    assert!(
        !store.try_lock(&slot(), &mut second).unwrap(),
        "a stranger ended the lease"
    );
    store.unlock(&slot(), &mut first).unwrap();
    assert!(!store.save(&slot(), &first, "late", life).unwrap());
    assert!(store.try_lock(&slot(), &mut second).unwrap());
    store.unlock(&slot(), &mut second).unwrap();
    #[cfg(feature = "conformance")]
    if let Err(breach) = crate::store::conformance::check(&*store) {
        panic!("{url}: {breach}");
    }
}

#[test]
fn every_way_in() {
    if !has_redis("every_way_in") {
        return;
    }
    for listen in [Listen::Tcp, Listen::Tls, Listen::Unix] {
        for password in [None, Some("hunter22@/:?#%")] {
            let mut options = Options::new(listen);
            options.password = password.map(str::to_owned);
            let server = Redis::start(options);
            let ca_file = server.ca_file();
            let lasting = lasting((listen == Listen::Tls).then_some(&*ca_file));
            let url = match password {
                Some(_) => server
                    .url()
                    .replace("hunter22@/:?#%", "hunter22%40%2F%3A%3F%23%25"),
                None => server.url(),
            };
            everyday(&url, &lasting, &server);
            let file = server.password_file();
            if password.is_some() && listen != Listen::Unix {
                let (scheme, place) = server
                    .url()
                    .rsplit_once('@')
                    .map(|(login, place)| {
                        (
                            login.split_once("://").unwrap().0.to_owned(),
                            place.to_owned(),
                        )
                    })
                    .unwrap();
                let url = format!(
                    "{scheme}://{place}/1?prefix=other&password_file={}",
                    file.display()
                );
                everyday(&url, &lasting, &server);
            }
            assert_eq!(
                lasting.stats.get(Counter::Connections),
                0,
                "counted as Zoom's"
            );
        }
    }
}

#[test]
fn keys_and_lives() {
    if !has_redis("keys_and_lives") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp));
    let store = store(&format!("{}?prefix=app", server.url()));
    let mut lease = Lease::new(Duration::from_millis(15_000)).unwrap();
    assert!(store.try_lock(&slot(), &mut lease).unwrap());
    assert!(
        store
            .save(&slot(), &lease, "value", Duration::from_secs(3600))
            .unwrap()
    );
    let (token, lock) = (
        format!("app:{{{KEY}}}:token"),
        format!("app:{{{KEY}}}:lease"),
    );
    let dump = server.dump();
    assert_eq!(dump.len(), 2);
    assert_eq!(dump[&token], "value");
    assert_eq!(dump[&lock], lease.owner());
    for (key, most) in [(&token, 3_600_000), (&lock, 15_000)] {
        let Answer::Number(left) = server.command(&["PTTL", key]) else {
            panic!("PTTL")
        };
        assert!(
            left > most - 60_000 && left > 0 && left <= most,
            "{key}: {left}"
        );
    }
    assert!(
        store
            .save(&slot(), &lease, "value", Duration::ZERO)
            .unwrap()
    );
    assert!(store.save(&slot(), &lease, "value", Duration::MAX).unwrap());
}

#[test]
fn one_connection_serves_operations_in_a_row() {
    if !has_redis("one_connection_serves_operations_in_a_row") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp));
    let store = store(&server.url());
    for _ in 0..10 {
        store.load(&slot()).unwrap();
    }
    let Answer::Text(info) = server.command(&["CLIENT", "LIST"]) else {
        panic!("CLIENT LIST")
    };
    assert_eq!(info.matches("name=zoom-s2s").count(), 1, "{info}");
    let id = |info: &str| {
        info.lines()
            .find(|line| line.contains("name=zoom-s2s"))
            .map(|line| line.split(' ').next().unwrap().to_owned())
    };
    let before = id(&info);
    store.load(&slot()).unwrap();
    let Answer::Text(info) = server.command(&["CLIENT", "LIST"]) else {
        panic!("CLIENT LIST")
    };
    assert_eq!(id(&info), before);
    drop(store);
    assert_idle(&server);
}

/// Asserts that no store is connected, as soon as the server has noticed.
fn assert_idle(server: &Redis) {
    let gone = |info: Answer| matches!(info, Answer::Text(info) if !info.contains("name=zoom-s2s"));
    let deadline = std::time::Instant::now() + PATIENCE;
    while !gone(server.command(&["CLIENT", "LIST"])) {
        assert!(
            std::time::Instant::now() < deadline,
            "a store is still connected"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn who_has_what_was_come_for_keeps_no_connection() {
    if !has_redis("who_has_what_was_come_for_keeps_no_connection") {
        return;
    }
    let server = Redis::start(Options::new(Listen::Tcp));
    let (renewing, waiting, late) = (
        store(&server.url()),
        store(&server.url()),
        store(&server.url()),
    );
    for value in ["first", "second"] {
        let (mut held, mut refused) = (lease(), lease());
        renewing.load(&slot()).unwrap();
        assert!(renewing.try_lock(&slot(), &mut held).unwrap());
        for _ in 0..3 {
            waiting.load(&slot()).unwrap();
            assert!(!waiting.try_lock(&slot(), &mut refused).unwrap());
        }
        let Answer::Text(info) = server.command(&["CLIENT", "LIST"]) else {
            panic!("CLIENT LIST")
        };
        assert_eq!(info.matches("name=zoom-s2s").count(), 2, "{info}");
        assert!(renewing.save(&slot(), &held, value, PATIENCE).unwrap());
        renewing.unlock(&slot(), &mut held).unwrap();
        for adopting in [&waiting, &late] {
            let reading = adopting.load(&slot()).unwrap();
            assert_eq!(reading.value.as_deref(), Some(value));
        }
        assert_idle(&server);
    }
}
