//! Stores that are in trouble, or hold what they should not: the service goes on, and says so.
#![cfg(unix)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use support::c::folder;
use support::{builder, credentials, first_page, jwt_credentials, sandbox};
use zoom_s2s::{Client, Counter, Error};
use zoom_s2s_sandbox::Sandbox;

fn url(file: &Path) -> String {
    format!("file:{}", file.display())
}

fn client(zoom: &Sandbox, store: &str) -> Client {
    let builder = builder(zoom, credentials(zoom)).token_store(store);
    builder.build().expect("the client is made")
}

/// A store that this process can read and not lock: where the lock file should be is a folder.
fn unlockable(test: &str) -> (PathBuf, PathBuf) {
    let file = folder(test).join("token");
    let obstacle = file.with_extension("lock");
    fs::create_dir(&obstacle).expect("a folder in the lock's place");
    (file, obstacle)
}

fn status(client: &Client) -> Value {
    serde_json::from_str(&client.status_json()).expect("JSON")
}

fn stored(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("a token file")).expect("JSON")
}

#[test]
fn without_its_store_a_client_goes_on_and_comes_back() {
    let (file, obstacle) = unlockable("goes_on");
    let zoom = sandbox(|sandbox| sandbox.token_lifetime(Duration::from_secs(6)));
    let client = client(&zoom, &url(&file));
    first_page(&client).expect("the service goes on");
    let (store, problem) = (&status(&client)["store"], &status(&client)["store_error"]);
    assert_eq!(store, &url(&file));
    let problem = problem.as_str().expect("a reason");
    assert!(problem.contains("lock"), "{problem}");
    let warning = status(&client)["last_warning"].to_string();
    assert!(
        warning.contains("cannot be used") && warning.contains("goes_on"),
        "{warning}"
    );
    assert_eq!(client.counter(Counter::FetchedAlone), 1);
    assert_eq!(client.counter(Counter::StoreFailures), 1);
    assert!(!file.exists());

    fs::remove_dir(&obstacle).expect("the folder goes");
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while !status(&client)["store_error"].is_null() {
        first_page(&client).expect("no call fails");
        assert!(std::time::Instant::now() < until, "{}", status(&client));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(stored(&file)["version"], 1);
    assert_eq!(client.counter(Counter::FetchedAlone), 1);
    let tokens = zoom.token_requests();
    let other = self::client(&zoom, &format!("{}?strict", url(&file)));
    first_page(&other).expect("it is shared again");
    assert_eq!(zoom.token_requests(), tokens);
}

#[test]
fn a_strict_store_ends_calls_that_need_a_token() {
    let (file, obstacle) = unlockable("strict");
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom, &format!("{}?strict", url(&file)));
    for _ in 0..3 {
        let error = first_page(&client).expect_err("not without the store");
        assert!(matches!(error, Error::Store(_)), "{error}");
        assert!(error.message().contains(&url(&file)), "{error}");
        assert!(error.is_retryable() && !error.hint().is_empty(), "{error}");
    }
    assert_eq!(zoom.token_requests(), 0);
    fs::remove_dir(&obstacle).expect("the folder goes");
    first_page(&client).expect("the store is there");
    fs::remove_file(&obstacle).expect("the lock file");
    fs::create_dir(&obstacle).expect("a folder again");
    first_page(&client).expect("a live token needs no store");
    assert_eq!(zoom.token_requests(), 1);
}

#[test]
fn the_log_says_what_became_of_the_store() {
    const TEST: &str = "the_log_says_what_became_of_the_store";
    if support::my_role().is_some() {
        zoom_s2s::log_from_env().expect("the log");
        first_page(&Client::from_env().expect("a client")).expect("the service goes on");
        return;
    }
    let (file, _) = unlockable("log");
    let zoom = sandbox(|sandbox| sandbox);
    let output = support::role(TEST, "caller")
        .envs(zoom.env())
        .env("ZOOM_S2S_TOKEN_STORE", url(&file))
        .env("ZOOM_S2S_LOG", "warn")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| line.contains(&url(&file)))
        .collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(lines[0].contains("cannot be used"), "{said}");
}

#[test]
fn damaged_and_foreign_contents_are_replaced() {
    let file = folder("damaged").join("token");
    let zoom = sandbox(|sandbox| sandbox);
    first_page(&client(&zoom, &url(&file))).expect("a token");
    let good = fs::read_to_string(&file).expect("a token file");
    let (keys, tokens) = (stored(&file), zoom.token_requests());
    let key = keys["tokens"]
        .as_object()
        .expect("apps")
        .keys()
        .next()
        .expect("one")
        .clone();
    let change = |name: &str, by: i64| {
        let mut changed = keys.clone();
        let entry = &mut changed["tokens"][&key];
        for name in name.split(' ') {
            let value = entry[name].as_i64().expect("a number");
            entry[name] = (value + by).into();
        }
        changed.to_string()
    };
    let times = "obtained_at_ms stale_at_ms expires_at_ms";
    let hour = 3_600_000;
    for (number, text) in [
        String::new(),
        good[..good.len() / 2].to_owned(),
        good.replace(&key, &"0".repeat(64)),
        good.replace("access_token", "assess_token"),
        "[]".to_owned(),
        // The clock was set back since, by an hour; or the machine slept for two.
        change(times, hour),
        change(times, -2 * hour),
        change("expires_at_ms", -2 * hour),
    ]
    .iter()
    .enumerate()
    {
        fs::write(&file, text).expect("written");
        // Another app in the eyes of this process, so that it holds no token; the same in the file.
        let secret = folder("damaged-secrets").join(number.to_string());
        fs::write(&secret, &zoom.credentials().client_secret).expect("written");
        let keys = zoom.credentials();
        let credentials = zoom_s2s::Credentials::server_to_server(
            &keys.account_id,
            &keys.client_id,
            zoom_s2s::CredentialSource::file(&secret),
        );
        let client = builder(&zoom, credentials).token_store(url(&file)).build();
        let client = client.expect("the client is made");
        first_page(&client).expect("the service goes on");
        assert_eq!(zoom.token_requests(), tokens + number + 1, "{text}");
        assert_eq!(client.counter(Counter::StoreFailures), 0, "{text}");
        let entry = &stored(&file)["tokens"][&key];
        assert_eq!(
            entry["access_token"],
            client.token().expect("held").value(),
            "{text}"
        );
    }
}

#[test]
fn two_stores_are_two_tokens_and_one_store_is_one() {
    let folder = folder("two_stores");
    let zoom = sandbox(|sandbox| sandbox);
    let token = |store: &str| {
        client(&zoom, store)
            .token()
            .expect("a token")
            .value()
            .to_owned()
    };
    let first = token(&url(&folder.join("a")));
    assert_eq!(token(&format!("{}?strict", url(&folder.join("a")))), first);
    assert_ne!(token(&url(&folder.join("b"))), first);
    assert_ne!(token("memory:"), first);
    assert_eq!(zoom.token_requests(), 3);

    let signed = builder(&zoom, jwt_credentials(&zoom)).token_store(url(&folder.join("c")));
    let signed = signed.build().expect("the client is made");
    first_page(&signed).expect("a JWT");
    assert!(!folder.join("c").exists(), "everybody signs for himself");
}

/// PHP-FPM and cron: one user writes, another one of the group only reads.
#[test]
fn who_may_only_read_takes_what_the_writer_put_there() {
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::os::unix::process::CommandExt;

    const TEST: &str = "who_may_only_read_takes_what_the_writer_put_there";
    const NOBODY: u32 = 65534;
    if support::my_role().is_some() {
        let client = Client::from_env().expect("a client");
        first_page(&client).expect("a call");
        println!("\nTOKEN {}", client.token().expect("a token").value());
        println!("ALONE {}", client.counter(Counter::FetchedAlone));
        return;
    }
    let folder = folder("reader");
    if chown(&folder, None, Some(NOBODY)).is_err() {
        return support::skip(TEST, "the right to be another user (root)");
    }
    // Readers reach it through its parents, and may not write to it.
    let shared = std::env::temp_dir().join(format!("zoom-s2s-reader-{}", std::process::id()));
    fs::create_dir(&shared).expect("a folder");
    chown(&shared, None, Some(NOBODY)).expect("its group");
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o750)).expect("its mode");
    let file = shared.join("token");
    let store = format!("{}?mode=0640&group={NOBODY}", url(&file));

    let zoom = sandbox(|sandbox| sandbox.token_lifetime(Duration::from_secs(4)));
    let writer = client(&zoom, &store);
    let binary = shared.join("reader");
    fs::copy(std::env::current_exe().expect("a path"), &binary).expect("where others can run it");
    let read = || {
        let output = std::process::Command::new(&binary)
            .args([TEST, "--exact", "--nocapture", "--test-threads=1"])
            .env("ZOOM_S2S_TEST_ROLE", "reader")
            .envs(zoom.env())
            .env("ZOOM_S2S_TOKEN_STORE", &store)
            .current_dir("/")
            .uid(NOBODY)
            .gid(NOBODY)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let value = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name));
            line.expect(name).to_owned()
        };
        (value("TOKEN "), value("ALONE "))
    };
    let token = writer.token().expect("a token").value().to_owned();
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(read(), (token, "0".into()));
    assert_eq!(zoom.token_requests(), 1);
    // Nobody keeps it fresh: then the reader helps itself.
    std::thread::sleep(Duration::from_secs(4));
    let (own, alone) = read();
    assert_eq!((zoom.token_requests(), alone.as_str()), (2, "1"));
    assert_ne!(
        stored(&file)["tokens"].to_string(),
        own,
        "it could not be saved"
    );
    first_page(&writer).expect("a new token");
    assert_eq!(read().1, "0");
    assert_eq!(zoom.token_requests(), 3);
    fs::remove_dir_all(shared).expect("the folder goes");
}

/// The PHP that the document shows reads what the library writes.
#[test]
fn the_documented_reader_in_php_finds_the_token() {
    if !support::has_tool("php") {
        return support::skip("the_documented_reader_in_php_finds_the_token", "php");
    }
    let folder = folder("php");
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom, &url(&folder.join("token")));
    let token = client.token().expect("a token");
    let document = fs::read_to_string("docs/sharing-tokens.md").expect("the document");
    let code = document.split("```php\n").nth(1).expect("PHP in it");
    let code = code.split("```").next().expect("its end");
    let keys = zoom.credentials();
    let call = format!(
        "{code}\necho zoom_token('{}', '{}', '{}', '{}');",
        folder.join("token").display(),
        keys.account_id,
        keys.client_id,
        zoom.url()
    );
    let script = folder.join("read.php");
    fs::write(&script, call).expect("the script");
    let output = std::process::Command::new("php")
        .arg(&script)
        .output()
        .expect("php");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        said,
        token.value(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
