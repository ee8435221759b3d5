//! `redis://` — what a fleet costs the server, what the server learns, and what is not believed of it.
#![cfg(all(unix, feature = "redis"))]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use support::c::folder;
use support::fleet::{self, Worker};
use support::redis::{Answer, Options, Redis};
use support::{builder, first_page, has_tool, sandbox, skip};
use zoom_s2s::{Client, Counter, CredentialSource, Credentials};
use zoom_s2s_sandbox::{Sandbox, World};

const HOUR_MS: &str = "3600000";

/// Whether the test must be skipped.
fn lacks_redis(test: &str) -> bool {
    let lacks = !has_tool("redis-server");
    if lacks {
        skip(test, "redis-server");
    }
    lacks
}

/// Every command that the server is sent, as `MONITOR` shows it.
struct Monitor {
    lines: Arc<Mutex<Vec<String>>>,
}

impl Monitor {
    fn start(redis: &Redis) -> Monitor {
        let mut stream = UnixStream::connect(redis.socket()).expect("the server listens");
        stream.write_all(b"MONITOR\r\n").expect("it hears");
        let mut reader = BufReader::new(stream);
        let mut ok = String::new();
        reader.read_line(&mut ok).expect("it answers");
        assert_eq!(ok, "+OK\r\n");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let seen = lines.clone();
        thread::spawn(move || {
            for line in reader.lines().map_while(Result::ok) {
                seen.lock().unwrap().push(line);
            }
        });
        Monitor { lines }
    }

    /// What has come so far.
    fn lines(&self, redis: &Redis) -> Vec<String> {
        redis.command(&["ECHO", "until here"]);
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let mut lines = self.lines.lock().unwrap();
            if let Some(end) = lines.iter().position(|line| line.contains("until here")) {
                lines.remove(end);
                return lines.clone();
            }
            drop(lines);
            assert!(Instant::now() < deadline, "MONITOR is silent");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// How often a command came over TCP, which is how stores come here and nobody else.
fn sent(lines: &[String], command: &str) -> u64 {
    let command = format!("] \"{command}\"");
    let of_store = |line: &&String| line.contains(" 127.0.0.1:") && line.contains(&command);
    lines.iter().filter(of_store).count() as u64
}

/// A store's operations: each sends exactly one of these.
fn operations(lines: &[String]) -> u64 {
    sent(lines, "TIME") + sent(lines, "SET") + sent(lines, "EVAL")
}

/// The server's own count of a command, those sent by scripts included.
fn command_calls(redis: &Redis, command: &str) -> u64 {
    let Answer::Text(stats) = redis.command(&["INFO", "commandstats"]) else {
        panic!("INFO is refused");
    };
    let start = format!("cmdstat_{command}:calls=");
    let calls = stats.lines().find_map(|line| line.strip_prefix(&start));
    let calls = calls.and_then(|rest| rest.split(',').next());
    calls.map_or(0, |calls| calls.parse().expect("a number"))
}

/// A client that shares nothing with the others of this process but the store.
fn newcomer_with(test: &str, zoom: &Sandbox, store: &str, secret: &str) -> Client {
    let keys = zoom.credentials();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).unwrap();
    let number = std::fs::read_dir(&folder).unwrap().count();
    let path = folder.join(format!("secret-{number}"));
    std::fs::write(&path, secret).unwrap();
    let secret = CredentialSource::file(path);
    let credentials = Credentials::server_to_server(&keys.account_id, &keys.client_id, secret);
    let builder = builder(zoom, credentials).token_store(store);
    builder.build().expect("the client is made")
}

fn newcomer(test: &str, zoom: &Sandbox, store: &str) -> Client {
    newcomer_with(test, zoom, store, &zoom.credentials().client_secret)
}

/// The one token in the server, and its key.
fn stored(redis: &Redis) -> (String, String) {
    let dump = redis.dump();
    let mut tokens = dump.into_iter().filter(|(key, _)| key.ends_with(":token"));
    let token = tokens.next().expect("a token is stored");
    assert!(tokens.next().is_none(), "there is one token");
    token
}

fn put(redis: &Redis, key: &str, value: &str) {
    let answer = redis.command(&["SET", key, value, "PX", HOUR_MS]);
    assert_eq!(answer, Answer::Text("OK".to_owned()));
}

#[test]
fn a_fleet_costs_a_few_operations_and_tells_nothing() {
    let test = "a_fleet_costs_a_few_operations_and_tells_nothing";
    if fleet::work_if_worker() || lacks_redis(test) {
        return;
    }
    let (processes, life) = (8, Duration::from_secs(3));
    let zoom = sandbox(|sandbox| sandbox.world(World::SingleToken).token_lifetime(life));
    let redis = Redis::start(Options::default());
    let monitor = Monitor::start(&redis);
    let mut command = fleet::worker(test, &zoom, &redis.url(), Duration::from_millis(20));
    let workers: Vec<Worker> = (0..processes)
        .map(|_| Worker::start(&mut command))
        .collect();
    thread::sleep(life * fleet::lifetimes());

    // One more, whose token we know.
    folder(test);
    let client = newcomer(test, &zoom, &redis.url());
    let token = client.token().expect("a token");
    let dump = redis.dump();
    let reports = fleet::finish(workers);
    let lines = monitor.lines(&redis);
    fleet::assert_shared(test, &zoom, World::SingleToken, life, &reports);

    let counted =
        fleet::sum(&reports, Counter::StoreOperations) + client.counter(Counter::StoreOperations);
    let tokens = zoom.tokens_issued();
    let each = counted as f64 / f64::from(processes) / tokens as f64;
    println!(
        "{test}: {counted} operations counted, {} seen by MONITOR ({} looks, {} locks, {} saves and unlocks); \
         {each:.1} per process and token",
        operations(&lines),
        sent(&lines, "TIME"),
        sent(&lines, "SET"),
        sent(&lines, "EVAL"),
    );
    assert_eq!(counted, operations(&lines));
    assert_eq!(command_calls(&redis, "time"), sent(&lines, "TIME"));
    assert_eq!(command_calls(&redis, "eval"), sent(&lines, "EVAL"));
    // Each token was saved by a script.
    assert_eq!(command_calls(&redis, "set"), sent(&lines, "SET") + tokens);
    assert!(each < 10.0, "{each}");

    let keys = zoom.credentials();
    let mut secrets = vec![
        keys.account_id.as_str(),
        &keys.client_id,
        &keys.client_secret,
        token.value(),
        "access_token",
        "expires_at",
        "api_url",
    ];
    secrets.extend(token.value().split('.').filter(|part| part.len() > 20));
    assert!(dump.values().any(|value| value.starts_with("zoom-s2s.1.")));
    let everything = format!("{dump:?}\n{}", lines.join("\n"));
    assert!(everything.contains("zoom-s2s:{"), "{everything}");
    for secret in secrets {
        assert!(!everything.contains(secret), "the server learns {secret}");
    }
}

#[test]
fn a_fresh_token_needs_no_store() {
    let test = "a_fresh_token_needs_no_store";
    if lacks_redis(test) {
        return;
    }
    let zoom = sandbox(|sandbox| sandbox);
    let redis = Redis::start(Options::default());
    folder(test);
    let client = newcomer(test, &zoom, &redis.url());
    first_page(&client).unwrap();
    let monitor = Monitor::start(&redis);
    let before = client.counter(Counter::StoreOperations);
    assert_eq!(before, 5, "look, lock, look, save, unlock");
    for _ in 0..1000 {
        first_page(&client).unwrap();
    }
    assert_eq!(client.counter(Counter::StoreOperations), before);
    assert_eq!(client.counter(Counter::ApiRequests), 1001);
    assert_eq!(monitor.lines(&redis), Vec::<String>::new());
}

/// Puts a value into the server that nobody may believe: a newcomer fetches a token instead, under the
/// lock, and the next one takes over that.
fn is_not_believed(
    test: &str,
    what: &str,
    zoom: &Sandbox,
    redis: &Redis,
    value: &str,
    secret: &str,
) {
    let (key, _) = stored(redis);
    put(redis, &key, value);
    let monitor = Monitor::start(redis);
    let issued = zoom.tokens_issued();
    let refused = fleet::unauthorized(&zoom.journal());
    let client = newcomer_with(test, zoom, &redis.url(), secret);
    first_page(&client).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(zoom.tokens_issued(), issued + 1, "{what}");
    assert_eq!(client.counter(Counter::TokensAdopted), 0, "{what}");
    assert_eq!(client.counter(Counter::FetchedAlone), 0, "{what}");
    let lines = monitor.lines(redis);
    assert_eq!(sent(&lines, "SET"), 1, "{what}: under the lock");
    assert_ne!(stored(redis).1, value, "{what}");

    let next = newcomer_with(test, zoom, &redis.url(), secret);
    first_page(&next).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(next.counter(Counter::TokensAdopted), 1, "{what}");
    assert_eq!(zoom.tokens_issued(), issued + 1, "{what}");
    assert_eq!(fleet::unauthorized(&zoom.journal()), refused, "{what}");
}

#[test]
fn forged_values_are_not_believed() {
    let test = "forged_values_are_not_believed";
    if lacks_redis(test) {
        return;
    }
    let zoom = sandbox(|sandbox| sandbox);
    let redis = Redis::start(Options::default());
    folder(test);
    let secret = zoom.credentials().client_secret.clone();
    first_page(&newcomer(test, &zoom, &redis.url())).unwrap();
    let (_, good) = stored(&redis);

    // Another app's value, from a server of its own.
    let other = sandbox(|sandbox| sandbox);
    let others = Redis::start(Options::default());
    first_page(&newcomer(test, &other, &others.url())).unwrap();
    let (_, foreign) = stored(&others);

    let json = r#"{"access_token":"forged","token_type":"bearer","obtained_at_ms":1,"stale_at_ms":9999999999998,"expires_at_ms":9999999999999,"scope":"","api_url":"https://evil.example"}"#;
    let swapped = format!("{}A", &good[..good.len() - 1]);
    for (what, value) in [
        ("noise", "\u{1f980} no token"),
        ("nothing", ""),
        ("bare JSON", json),
        ("truncated", &good[..good.len() - 10]),
        (
            "changed",
            if swapped == good {
                "zoom-s2s.1.AAAA"
            } else {
                &swapped
            },
        ),
        ("another app's", &foreign),
    ] {
        is_not_believed(test, what, &zoom, &redis, value, &secret);
    }
    // Sealed with the secret of yesterday.
    let (_, yesterdays) = stored(&redis);
    zoom.set_client_secret("the-secret-of-today");
    is_not_believed(
        test,
        "yesterday's",
        &zoom,
        &redis,
        &yesterdays,
        "the-secret-of-today",
    );
}

#[test]
fn an_expired_token_put_back_is_not_believed() {
    let test = "an_expired_token_put_back_is_not_believed";
    if lacks_redis(test) {
        return;
    }
    let life = Duration::from_secs(3);
    let zoom = sandbox(|sandbox| sandbox.token_lifetime(life));
    let redis = Redis::start(Options::default());
    folder(test);
    let client = newcomer(test, &zoom, &redis.url());
    first_page(&client).unwrap();
    let (_, old) = stored(&redis);
    thread::sleep(client.token().unwrap().expires_in() + Duration::from_millis(50));
    // So that there is a key to put it back under.
    first_page(&newcomer(test, &zoom, &redis.url())).unwrap();
    let secret = zoom.credentials().client_secret.clone();
    is_not_believed(test, "an expired one", &zoom, &redis, &old, &secret);
}

#[test]
fn a_refused_token_put_back_is_not_tried_again() {
    let test = "a_refused_token_put_back_is_not_tried_again";
    if lacks_redis(test) {
        return;
    }
    let zoom = sandbox(|sandbox| sandbox);
    let redis = Redis::start(Options::default());
    folder(test);
    let client = newcomer(test, &zoom, &redis.url());
    first_page(&client).unwrap();
    let (key, first) = stored(&redis);
    zoom.kill_all_tokens();
    first_page(&client).unwrap();

    put(&redis, &key, &first);
    zoom.kill_all_tokens();
    first_page(&client).unwrap();
    let journal = zoom.journal();
    let refused = |serial| {
        let refused =
            |entry: &&zoom_s2s_sandbox::Entry| entry.token == Some(serial) && entry.status == 401;
        journal.iter().filter(refused).count()
    };
    assert_eq!((refused(1), refused(2), refused(3)), (1, 1, 0));
    assert_eq!(zoom.tokens_issued(), 3);
    assert_eq!(client.counter(Counter::TokensAdopted), 0);
}

#[test]
fn apps_prefixes_and_databases_are_kept_apart() {
    let test = "apps_prefixes_and_databases_are_kept_apart";
    if lacks_redis(test) {
        return;
    }
    let redis = Redis::start(Options::default());
    folder(test);
    let apps = [sandbox(|sandbox| sandbox), sandbox(|sandbox| sandbox)];
    for _ in 0..2 {
        for zoom in &apps {
            first_page(&newcomer(test, zoom, &redis.url())).unwrap();
        }
    }
    for zoom in &apps {
        assert_eq!(zoom.tokens_issued(), 1);
        assert_eq!(fleet::unauthorized(&zoom.journal()), 0);
    }
    assert_eq!(redis.dump().len(), 2, "{:?}", redis.dump());

    let zoom = &apps[0];
    let mut issued = 1;
    for store in [
        format!("{}/?prefix=acme", redis.url()),
        format!("{}/3", redis.url()),
        format!("{}?db=4&prefix=acme:zoom", redis.url()),
    ] {
        for _ in 0..2 {
            let client = newcomer(test, zoom, &store);
            client
                .token()
                .unwrap_or_else(|error| panic!("{store}: {error}"));
        }
        issued += 1;
        assert_eq!(zoom.tokens_issued(), issued, "{store}");
    }
    let Answer::Text(keyspace) = redis.command(&["INFO", "keyspace"]) else {
        panic!("INFO is refused");
    };
    for keys in ["db0:keys=3,", "db3:keys=1,", "db4:keys=1,"] {
        assert!(keyspace.contains(keys), "{keyspace}");
    }
    assert!(redis.dump().keys().any(|key| key.starts_with("acme:{")));
}
