//! No secret and no token in anything the library says.

mod support;

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpListener;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use support::{builder, credentials, jwt_credentials, sandbox};
use zoom_s2s::{Client, CredentialSource, Credentials, Error};
use zoom_s2s_sandbox::{Cut, Fault, RateLimit, World};

/// Everything that any crate logs, down to the most talkative level.
static SAID: Mutex<String> = Mutex::new(String::new());

struct Everything;

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
        SAID.lock().unwrap().push_str(&line);
    }
    fn flush(&self) {}
}

fn say(what: impl std::fmt::Debug) {
    writeln!(SAID.lock().unwrap(), "{what:?}").unwrap();
}

fn say_error(error: &Error) {
    say(error);
    say(error.to_string());
    say((
        error.message(),
        error.hint(),
        error.oauth_error(),
        error.missing_scopes(),
        error.tracking_id(),
    ));
    say(error
        .body()
        .map(|body| String::from_utf8_lossy(body).into_owned()));
}

fn try_everything(client: &Client) {
    say(client);
    for result in [
        client.users().pages().next().unwrap().map(drop),
        client.user("someone").map(drop),
    ] {
        if let Err(error) = result {
            say_error(&error);
        }
    }
    if let Err(error) = client.token() {
        say_error(&error);
    }
    say(client.status_json());
}

#[test]
fn nothing_says_a_secret() {
    log::set_logger(&Everything).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let mut secrets: Vec<(&str, String)> = Vec::new();

    for tls in [false, true] {
        let zoom = sandbox(|sandbox| sandbox.tls(tls).world(World::SingleToken));
        let keys = zoom.credentials();
        secrets.push(("client secret", keys.client_secret.clone()));
        secrets.push(("API secret", keys.api_secret.clone()));
        secrets.push((
            "Basic value",
            base64(&format!("{}:{}", keys.client_id, keys.client_secret)),
        ));
        let ca = std::env::temp_dir().join(format!("zoom-s2s-secrets-{}.pem", std::process::id()));
        std::fs::write(&ca, zoom.ca_pem().unwrap_or_default()).unwrap();
        let with_trust = |credentials| {
            let builder = builder(&zoom, credentials).timeout(Duration::from_secs(1));
            if tls { builder.ca_file(&ca) } else { builder }
                .build()
                .unwrap()
        };
        let client = with_trust(credentials(&zoom));
        secrets.push(("token", client.token().unwrap().value().to_owned()));
        say(client.token().unwrap());
        say(credentials(&zoom));
        try_everything(&client);

        let signed = with_trust(jwt_credentials(&zoom));
        secrets.push(("JWT", signed.token().unwrap().value().to_owned()));
        try_everything(&signed);

        for fault in [
            Fault::on_api().unauthorized(),
            Fault::on_api().always().server_error(500),
            Fault::on_api().always().rate_limited(RateLimit::Daily {
                retry_after: "2999-01-01T00:00:00Z".into(),
            }),
            Fault::on_api().always().cut(Cut::InBody),
            Fault::on_api().always().cut(Cut::InHeaders),
            Fault::on_api()
                .always()
                .status(302, "", "text/html")
                .header("Location", "http://127.0.0.1:1/"),
            Fault::on_api().always().status(200, "<html>", "text/html"),
        ] {
            zoom.fault(fault);
            try_everything(&client);
            zoom.clear_faults();
        }
        secrets.push(("renewed token", client.token().unwrap().value().to_owned()));

        zoom.kill_all_tokens();
        zoom.fault(Fault::on_token().always().cut(Cut::InBody));
        try_everything(&client);
        zoom.clear_faults();
        let disabled = sandbox(|sandbox| sandbox);
        disabled.disable_app(true);
        try_everything(&support::client(&disabled));
        secrets.push((
            "disabled app's secret",
            disabled.credentials().client_secret.clone(),
        ));
        let wrong =
            Credentials::server_to_server(&keys.account_id, &keys.client_id, "a-wrong-secret");
        secrets.push(("wrong secret", "a-wrong-secret".into()));
        try_everything(&with_trust(wrong));
        std::fs::remove_file(ca).unwrap();
    }

    // Token stores: one that is away, and one that was written to by somebody who knows no better.
    let zoom = sandbox(|sandbox| sandbox);
    let folder = std::env::temp_dir().join(format!("zoom-s2s-secrets-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let file = format!("file:{}", folder.join("token").display());
    let mut stores = vec![format!("{file}?strict"), file];
    if cfg!(feature = "redis") {
        stores.push("redis://name:hushhush@127.0.0.1:1".into());
        stores.push("redis://:hushhush@127.0.0.1:1/7?strict".into());
    }
    for (index, store) in stores.iter().enumerate() {
        if index == 1 {
            std::fs::write(
                folder.join("token"),
                r#"{"version":1,"tokens":"a-stored-token"}"#,
            )
            .unwrap();
            secrets.push(("damaged token file", "a-stored-token".into()));
        }
        let client = builder(&zoom, credentials(&zoom)).token_store(store.as_str());
        let client = client.build().unwrap();
        try_everything(&client);
        if let Ok(token) = client.token() {
            secrets.push(("token through a store", token.value().to_owned()));
        }
    }
    std::fs::remove_dir_all(folder).unwrap();

    // A peer that sends back what it was sent.
    let echo = echo();
    let echoed = Credentials::server_to_server("account", "client", "an-echoed-secret");
    secrets.push(("echoed secret", "an-echoed-secret".into()));
    secrets.push(("echoed Basic value", base64("client:an-echoed-secret")));
    let build = |credentials| {
        Client::builder(credentials)
            .no_proxy()
            .oauth_url(&echo)
            .api_url(&echo)
            .timeout(Duration::from_secs(1))
            .build()
    };
    try_everything(&build(echoed).unwrap());
    let signed = build(Credentials::jwt("key", "an-echoed-api-secret")).unwrap();
    secrets.push(("echoed JWT", signed.token().unwrap().value().to_owned()));
    try_everything(&signed);

    // Settings that are refused.
    for error in [
        Client::builder(Credentials::server_to_server("a", "b", "in side"))
            .build()
            .unwrap_err(),
        Client::builder(Credentials::jwt("a", "b"))
            .proxy("socks5://user:hushhush@proxy:1")
            .build()
            .unwrap_err(),
        Client::builder(Credentials::jwt("a", "b"))
            .oauth_url("https://user:hushhush@zoom.us")
            .build()
            .unwrap_err(),
        Client::builder(Credentials::jwt("a", "b"))
            .token_store("redis://:hushhush@host/no/such?place")
            .build()
            .unwrap_err(),
        Client::builder(Credentials::jwt("a", CredentialSource::file("/nowhere")))
            .build()
            .unwrap_err(),
    ] {
        say_error(&error);
    }
    secrets.push(("password in a URL", "hushhush".into()));
    secrets.push(("malformed secret", "in side".into()));

    let said = SAID.lock().unwrap();
    for part in [
        "zoom_s2s",
        "ureq_proto",
        "HTTP 401",
        "disabled",
        "secret was refused",
    ] {
        assert!(
            said.contains(part),
            "nothing of {part:?} was said: the search would prove nothing"
        );
    }
    println!(
        "{} bytes of output searched for {} secrets",
        said.len(),
        secrets.len()
    );
    for (name, secret) in secrets {
        assert!(secret.len() >= 7, "{name} is too short to be searched for");
        if let Some(at) = said.find(&secret) {
            let line = said[..at].lines().next_back().unwrap_or_default();
            panic!("the {name} was said, behind {line:?}");
        }
    }
}

/// A server that answers each request with HTTP 400 and an error that quotes the request.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream
                .set_read_timeout(Some(Duration::from_millis(100)))
                .unwrap();
            let mut request = Vec::new();
            let _ = stream.read_to_end(&mut request);
            let request = String::from_utf8_lossy(&request).replace(['\r', '\n'], " ");
            // Beside the Basic value also the secret inside it, where that was sent.
            let secret = if request.starts_with("POST /oauth") {
                "an-echoed-secret"
            } else {
                ""
            };
            let reason = format!("{secret} {request}");
            let body = serde_json::json!({
                "code": 300, "message": request, "error": request, "reason": reason,
            });
            let body = body.to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 400 Bad Request\r\nx-zm-trackingid: echo\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}
