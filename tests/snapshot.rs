//! What the status snapshot says of the way to Zoom: addresses, proxies, clocks, the store.

mod support;

use serde_json::{Value, json};
use support::{builder, credentials, first_page, sandbox};
use zoom_s2s::{Client, ClientBuilder, Credentials};

fn status(client: &Client) -> Value {
    serde_json::from_str(&client.status_json()).expect("JSON")
}

fn members(builder: ClientBuilder, names: [&str; 4]) -> [Value; 4] {
    let status = status(&builder.build().expect("the client is made"));
    names.map(|name| status[name].clone())
}

#[test]
fn each_address_is_told_with_the_proxy_on_the_way_to_it() {
    let client = || Client::builder(Credentials::server_to_server("account", "client", "secret"));
    let proxy = "http://jo:xyzzy@proxy.example:3128";
    let names = ["oauth_url", "oauth_proxy", "api_url", "api_proxy"];
    let (oauth, api) = ("https://zoom.us", "https://api.zoom.us/v2");
    let told = "http://proxy.example:3128";
    for (builder, expected) in [
        (client().no_proxy(), json!([oauth, null, api, null])),
        (client().proxy(proxy), json!([oauth, told, api, told])),
        // Neither meets a proxy, as connections to them do not.
        (
            client().proxy(proxy).oauth_url("http://127.0.0.1:1"),
            json!(["http://127.0.0.1:1", null, api, told]),
        ),
        (
            client().proxy(proxy).api_url("https://localhost/v2"),
            json!([oauth, told, "https://localhost/v2", null]),
        ),
    ] {
        assert_eq!(json!(members(builder, names)), expected);
    }
    let client = client().proxy(proxy).build().expect("the client is made");
    assert!(
        !client.status_json().contains("xyzzy"),
        "a password is shown"
    );
}

#[test]
fn clocks_are_compared_at_each_answer() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = support::client(&zoom);
    let told = || status(&client)["clock_offset_ms"].clone();
    assert_eq!(told(), Value::Null, "nobody has told the time");
    first_page(&client).expect("a page");
    for ahead in [0, 3600, -3600] {
        zoom.clock().set_offset(ahead);
        first_page(&client).expect("a page");
        let offset = told().as_i64().expect("a number");
        let error = (offset - ahead * 1000).abs();
        assert!(error < 60_000, "{ahead} s ahead, and told {offset} ms");
    }
}

#[test]
fn a_strict_store_says_so() {
    let zoom = sandbox(|sandbox| sandbox);
    let file = std::env::temp_dir().join(format!("zoom-s2s-snapshot-{}", std::process::id()));
    let url = format!("file:{}", file.display());
    for (store, strict) in [
        ("memory:", false),
        (&*url, false),
        (&*format!("{url}?strict"), true),
    ] {
        let client = builder(&zoom, credentials(&zoom))
            .token_store(store)
            .build();
        let status = status(&client.expect("the client is made"));
        assert_eq!(status["store_strict"], strict, "{store}");
    }
}
