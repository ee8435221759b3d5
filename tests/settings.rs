//! Settings and credentials from the environment, each read in a process of its own.

mod support;

use support::{my_role, role, sandbox};
use zoom_s2s::{Client, Credentials};

const TEST: &str = "the_environment_is_read_and_its_mistakes_are_named";

#[test]
fn the_environment_is_read_and_its_mistakes_are_named() {
    if let Some(role) = my_role() {
        let client = match role.as_str() {
            "jwt" => Credentials::jwt_from_env()
                .and_then(|credentials| Client::builder(credentials).settings_from_env())
                .and_then(zoom_s2s::ClientBuilder::build),
            _ => Client::from_env(),
        };
        let outcome = client.and_then(|client| {
            client.users().pages().next().expect("an answer")?;
            Ok(client)
        });
        // On a line of its own: the harness writes the test's name without a line end.
        match outcome {
            Ok(client) => println!("\noutcome ok {client:?}"),
            Err(error) => println!("\noutcome {:?} {}", error.status(), error.message()),
        }
        return;
    }
    let zoom = sandbox(|sandbox| sandbox);
    let keys = zoom.credentials();
    let file = std::env::temp_dir().join(format!("zoom-s2s-settings-{}", std::process::id()));
    std::fs::write(&file, format!("\u{feff} {}\r\n", keys.client_secret)).unwrap();
    let file = file.to_str().unwrap();
    let nowhere = "http://127.0.0.1:1";
    for (name, kind, set, unset, expected) in [
        ("as the sandbox says", "s2s", vec![], vec![], "ok Client"),
        ("JWT", "jwt", vec![], vec![], "ok Client"),
        (
            "secret in a file",
            "s2s",
            vec![("ZOOM_CLIENT_SECRET_FILE", file)],
            vec!["ZOOM_CLIENT_SECRET"],
            "ok Client",
        ),
        (
            "blank counts as not set",
            "s2s",
            vec![("ZOOM_CLIENT_ID", "  ")],
            vec![],
            "Config not set in the environment: ZOOM_CLIENT_ID",
        ),
        (
            "all that is missing",
            "s2s",
            vec![],
            vec!["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_SECRET"],
            "Config not set in the environment: ZOOM_ACCOUNT_ID, ZOOM_CLIENT_SECRET",
        ),
        (
            "a file that is not there",
            "s2s",
            vec![("ZOOM_CLIENT_SECRET_FILE", "/nowhere")],
            vec!["ZOOM_CLIENT_SECRET"],
            "Config ZOOM_CLIENT_SECRET_FILE (/nowhere)",
        ),
        (
            "no JWT credentials",
            "jwt",
            vec![],
            vec!["ZOOM_API_KEY", "ZOOM_API_SECRET"],
            "ZOOM_API_KEY, ZOOM_API_SECRET",
        ),
        (
            "timeouts",
            "s2s",
            vec![
                ("ZOOM_S2S_TIMEOUT_MS", "20000"),
                ("ZOOM_S2S_CONNECT_TIMEOUT_MS", "5000"),
            ],
            vec![],
            "ok Client",
        ),
        (
            "a timeout of nothing",
            "s2s",
            vec![("ZOOM_S2S_TIMEOUT_MS", "0")],
            vec![],
            "Config ZOOM_S2S_TIMEOUT_MS",
        ),
        (
            "a timeout in words",
            "s2s",
            vec![("ZOOM_S2S_CONNECT_TIMEOUT_MS", "soon")],
            vec![],
            "Config ZOOM_S2S_CONNECT_TIMEOUT_MS",
        ),
        (
            "flags",
            "s2s",
            vec![("ZOOM_S2S_REGIONAL", "1"), ("ZOOM_S2S_CA_ONLY", "0")],
            vec![],
            "ok Client",
        ),
        (
            "a flag in words",
            "s2s",
            vec![("ZOOM_S2S_REGIONAL", "yes")],
            vec![],
            "Config ZOOM_S2S_REGIONAL",
        ),
        (
            "CA only without a CA",
            "s2s",
            vec![("ZOOM_S2S_CA_ONLY", "1")],
            vec![],
            "Config ca_only",
        ),
        (
            "a CA file that is none",
            "s2s",
            vec![("ZOOM_S2S_CA_FILE", file)],
            vec![],
            "Config ZOOM_S2S_CA_FILE",
        ),
        (
            "the commercial cloud",
            "s2s",
            vec![("ZOOM_S2S_CLOUD", "commercial")],
            vec![],
            "ok Client",
        ),
        (
            "the government's, with hosts of one's own",
            "s2s",
            vec![("ZOOM_S2S_CLOUD", "government")],
            vec![],
            "ok Client",
        ),
        (
            "another cloud",
            "s2s",
            vec![("ZOOM_S2S_CLOUD", "cumulus")],
            vec![],
            "Config ZOOM_S2S_CLOUD",
        ),
        (
            "the store in memory",
            "s2s",
            vec![("ZOOM_S2S_TOKEN_STORE", "memory:")],
            vec![],
            "ok Client",
        ),
        (
            "another store",
            "s2s",
            vec![("ZOOM_S2S_TOKEN_STORE", "memcached://:pw@x")],
            vec![],
            "Config ZOOM_S2S_TOKEN_STORE",
        ),
        (
            "a proxy, which loopback does without",
            "s2s",
            vec![("HTTPS_PROXY", nowhere), ("NO_PROXY", "example.com")],
            vec![],
            "ok Client",
        ),
        (
            "a proxy of another kind",
            "s2s",
            vec![("ALL_PROXY", "socks5://x")],
            vec![],
            "Config ALL_PROXY",
        ),
        (
            "HTTP_PROXY is not read",
            "s2s",
            vec![("HTTP_PROXY", "nonsense://")],
            vec![],
            "ok Client",
        ),
    ] {
        let mut command = role(TEST, kind);
        for variable in [
            "https_proxy",
            "HTTPS_PROXY",
            "all_proxy",
            "ALL_PROXY",
            "no_proxy",
            "NO_PROXY",
        ] {
            command.env_remove(variable);
        }
        command.envs(zoom.env()).envs(set);
        for variable in unset {
            command.env_remove(variable);
        }
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let outcome = text
            .lines()
            .find_map(|line| line.strip_prefix("outcome "))
            .unwrap_or("none");
        assert!(
            outcome.contains(expected),
            "{name}: {outcome:?}, not {expected:?}"
        );
        assert!(
            !text.contains(&keys.client_secret) && !text.contains("pw@"),
            "{name}: {text}"
        );
    }
    std::fs::remove_file(file).unwrap();
}

#[cfg(unix)]
#[test]
fn variables_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let zoom = sandbox(|sandbox| sandbox);
    for variable in ["ZOOM_CLIENT_ID", "ZOOM_S2S_API_URL"] {
        let mut command = role(TEST, "s2s");
        command
            .envs(zoom.env())
            .env(variable, OsStr::from_bytes(b"\xff\xfe"));
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            text.contains(&format!("outcome Config {variable} is not UTF-8")),
            "{text}"
        );
    }
}
