//! Where the body of an answer ends, and what is no answer at all.

mod support;

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use support::first_page;
use zoom_s2s::{Client, Credentials, Method, Request};

/// An answer, and whether its connection stays open for the next request.
type Answer = (String, bool);

/// A server that gives each request what `answer` says of it, in pieces of so many bytes. Hands out its
/// URL, and for each request the number of the connection it came over.
fn serve(
    piece: usize,
    mut answer: impl FnMut() -> Answer + Send + 'static,
) -> (String, Arc<Mutex<Vec<usize>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<usize>>> = Arc::default();
    let seen = asked.clone();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut head = [0; 4096];
            while stream.read(&mut head).is_ok_and(|amount| amount > 0) {
                seen.lock().unwrap().push(number);
                let (answer, stays) = answer();
                for piece in answer.as_bytes().chunks(piece) {
                    let _ = stream.write_all(piece);
                }
                if !stays {
                    break;
                }
            }
        }
    });
    (url, asked)
}

/// A client of its own for each name: clients of one app share more than a test wants.
fn client(url: &str, name: &str) -> Client {
    let secret = format!("secret-of-{}", name.replace(' ', "-"));
    Client::builder(Credentials::jwt("key", secret))
        .no_proxy()
        .oauth_url(url)
        .api_url(url)
        .build()
        .unwrap()
}

fn with_length(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[test]
fn answers_that_are_no_http() {
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n\r\nthis is not gzip, not at all!!";
    let headers = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\n\r\n", "x".repeat(100_000));
    for (name, answer, words) in [
        ("garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "not valid HTTP"),
        ("no gzip", gzip, "not valid gzip"),
        ("endless headers", &*headers, "headers of unreasonable size"),
        ("nothing", "", "broke"),
    ] {
        let answer = answer.to_owned();
        let (url, _) = serve(usize::MAX, move || (answer.clone(), false));
        let error = first_page(&client(&url, name)).expect_err(name);
        assert!(error.message().contains(words), "{name}: {error}");
    }
}

#[test]
fn bodies_are_read_however_they_are_framed() {
    const BODY: &str = r#"{"users":[],"total_records":0,"text":"0123456789"}"#;
    let (one, two) = BODY.split_at(20);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = format!("14\r\n{one}\r\n{:x};x=y\r\n{two}\r\n", two.len());
    let length = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", BODY.len());
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    let trailers = format!("{chunked}{chunks}0\r\nX: y\r\n\r\n");
    let to_be_closed = format!("{length}Connection: x, Close\r\n\r\n{BODY}");
    let until_the_end = format!("HTTP/1.1 200 OK\r\n\r\n{BODY}");
    // What is sent, whether the body is whole, and whether the connection can be used again.
    for (name, answer, whole, again) in [
        ("length", format!("{length}\r\n{BODY}"), true, true),
        ("hints", format!("{hints}{length}\r\n{BODY}"), true, true),
        ("chunks", format!("{chunked}{chunks}0\r\n\r\n"), true, true),
        ("trailers", trailers, true, true),
        ("to be closed", to_be_closed, true, false),
        ("old", format!("HTTP/1.0 200 OK\r\n\r\n{BODY}"), true, false),
        ("until the end", until_the_end, true, false),
        ("too much", format!("{length}\r\n{BODY}more"), true, false),
        ("too little", format!("{length}\r\n{one}"), false, false),
        ("cut chunks", format!("{chunked}{chunks}"), false, false),
    ] {
        for piece in [1, 7, 4096] {
            let answer = answer.clone();
            let (url, asked) = serve(piece, move || (answer.clone(), again));
            let client = client(&url, &format!("{name} {piece}"));
            let ask = Request::new(Method::Get, "/users");
            let ask = ask.timeout(Duration::from_secs(if whole { 5 } else { 1 }));
            for _ in 0..2 {
                match client.send(&ask) {
                    Ok(response) => assert_eq!(response.body(), BODY.as_bytes(), "{name}"),
                    Err(error) => assert!(!whole, "{name}, {piece}: {error}"),
                }
            }
            if whole {
                let used = asked.lock().unwrap().clone();
                assert_eq!(used, [0, usize::from(!again)], "{name}, {piece}");
            }
        }
    }
}

/// Bodies come into the memory of those before them, which is not cleared.
#[test]
fn a_body_has_nothing_of_the_one_before() {
    let user = |id: &str| format!(r#"{{"id":"{id}"}}"#);
    let (long, short) = (user(&"long".repeat(9_000)), user("short"));
    let chunk = format!("{:x}\r\n{short}\r\n0\r\n\r\n", short.len());
    let others = [
        with_length(&short),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"),
        format!("HTTP/1.1 200 OK\r\n\r\n{short}"),
        format!("HTTP/1.0 200 OK\r\n\r\n{short}"),
        format!("{}more", with_length(&short)),
        "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        with_length(""),
        "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"id\":\"cut".to_owned(),
    ];
    for (number, other) in others.iter().enumerate() {
        let mut answers = VecDeque::from([with_length(&long), other.clone()]);
        let (url, _) = serve(usize::MAX, move || {
            let answer = answers.pop_front().unwrap_or_default();
            (answer, answers.len() == 1)
        });
        let client = client(&url, &format!("remains {number}"));
        assert_eq!(client.user("a").expect("the long one").json(), long);
        match client.user("a") {
            Ok(user) => assert_eq!(user.json(), short, "{number}"),
            Err(error) => {
                assert!(number > 4, "{number}: {error}");
                let shown = format!("{error} {:?}", error.body());
                assert!(!shown.contains("long"), "{number}: {shown}");
            }
        }
    }
}
