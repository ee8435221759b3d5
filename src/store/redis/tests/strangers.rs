//! Peers that are no Redis server.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use super::*;

/// Listens, hands each connection to `serve`, and gives the URL of a store there.
fn stranger(serve: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://:hunter22@{}", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().flatten().for_each(serve));
    url
}

fn answering(bytes: &'static [u8]) -> String {
    stranger(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(bytes);
        // Not closed before the client has read, or the system may drop what is on its way.
        let _ = stream.read(&mut [0; 4096]);
    })
}

#[test]
fn they_are_told_apart() {
    for (url, words, cure) in [
        (
            answering(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            "HTTP",
            "port",
        ),
        (
            answering(b"\x15\x03\x03\x00\x02\x02\x0a"),
            "expects TLS",
            "rediss://",
        ),
        (
            answering(b"SSH-2.0-OpenSSH_9\r\n"),
            "not of the Redis protocol",
            "Another server",
        ),
        (
            answering(b"+OK\n"),
            "not of the Redis protocol",
            "Another server",
        ),
        (answering(b"$99999999999\r\n"), "larger", "port"),
        (answering(b":1\r\n:1\r\n"), "does not fit", "port"),
        (
            answering(b"+OK\r\n+OK\r\n+OK\r\n"),
            "not of the Redis protocol",
            "port",
        ),
        (answering(b"+OK\r\n+OK\r\n"), "closed", "maxclients"),
        (stranger(drop), "connection", "rediss://"),
        (
            answering(
                b"-ERR unknown command 'AUTH', with args beginning with: 'hunter22'\r\n+OK\r\n",
            ),
            "unknown command",
            "Sentinel",
        ),
        (
            answering(b"-ERR what is hunter22\r\n+OK\r\n"),
            "what is (secret)",
            "",
        ),
        (
            answering(b"-MOVED 1 10.0.0.1:6379\r\n+OK\r\n"),
            "MOVED",
            "Cluster",
        ),
        (
            answering(b"-DENIED protected\r\n+OK\r\n"),
            "DENIED",
            "requirepass",
        ),
    ] {
        let error = store(&url).load(&slot()).expect_err(words);
        // A peer that closes with our bytes unread resets the connection on some systems.
        let reset = words == "connection" || words == "closed";
        if !(reset && error.message().contains("broke")) {
            assert_says(&error, words, cure);
        }
        assert!(!text(&error).contains("hunter22"), "{}", text(&error));
    }
}

#[test]
fn silence_and_drips_end_in_time() {
    let silent = stranger(|mut stream| {
        // Until the client has given up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let dripping = stranger(|mut stream| {
        while stream.write_all(b"+").is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
    });
    for url in [silent, dripping] {
        let store = store(&url);
        let start = Instant::now();
        let slot = Slot::new(KEY, Duration::from_millis(300));
        let error = store.load(&slot).expect_err("no answer");
        assert_says(&error, "did not answer within", "stopped or overloaded");
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{:?}",
            start.elapsed()
        );
        assert!(
            start.elapsed() >= Duration::from_millis(300),
            "{:?}",
            start.elapsed()
        );
    }
}

#[test]
fn nobody_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = store(&format!("redis://{address}"))
        .load(&slot())
        .expect_err("refused");
    assert_says(
        &error,
        &format!("no connection to {address}"),
        "Redis runs there",
    );
    let error = store("redis://no-such-host.invalid")
        .load(&slot())
        .expect_err("unknown");
    assert_says(&error, "no-such-host.invalid", "Redis runs there");
    assert!(!text(&error).contains("HTTPS_PROXY"), "{}", text(&error));
    #[cfg(unix)]
    {
        let error = store("unix:/no/such/socket")
            .load(&slot())
            .expect_err("nothing there");
        assert_says(
            &error,
            "no connection to /no/such/socket",
            "Redis runs there",
        );
    }
}

#[cfg(unix)]
#[test]
fn a_socket_whose_backlog_is_full_ends_in_time() {
    use std::os::unix::net::{UnixListener, UnixStream};

    let path = std::env::temp_dir().join(format!("zoom-s2s-full-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    let start = Instant::now();
    let url = format!("unix:{}", path.display());
    // Nobody accepts; once the backlog is full, connecting hangs as well.
    let held: Vec<UnixStream> = fill(&path);
    let lasting = lasting(None);
    let store = choose_store(&url, &lasting).unwrap();
    for _ in 0..3 {
        let error = store.load(&Slot::new(KEY, Duration::from_millis(300)));
        assert_says(&error.expect_err("hangs"), "in time", "Redis runs there");
    }
    let threads = lasting.stats.get(crate::stats::Counter::HelperThreads);
    assert_eq!(threads, 1, "threads pile up");
    assert!(start.elapsed() < Duration::from_secs(60));
    drop((held, listener));
    std::fs::remove_file(path).unwrap();
}

/// Connections to the socket at `path`, as many as its backlog takes.
#[cfg(unix)]
fn fill(path: &Path) -> Vec<std::os::unix::net::UnixStream> {
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc;

    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    thread::spawn(move || {
        while let Ok(stream) = UnixStream::connect(&path) {
            if sender.send(stream).is_err() {
                break;
            }
        }
    });
    let mut held = Vec::new();
    while let Ok(stream) = receiver.recv_timeout(Duration::from_millis(500)) {
        held.push(stream);
        assert!(held.len() < 100_000, "the backlog never fills");
    }
    held
}
