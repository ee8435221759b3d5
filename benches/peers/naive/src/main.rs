//! Lists the users as a Rust program does that is written in half an hour: ureq, and serde into structs.

use serde::Deserialize;
use std::env;
use std::fs;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct Page {
    next_page_token: String,
    users: Vec<User>,
}

/// Whoever writes this takes over what Zoom's documents list, since the next caller may need it.
#[derive(Deserialize)]
#[allow(dead_code)]
struct User {
    id: Option<String>,
    email: String,
    #[serde(rename = "type")]
    user_type: i64,
    first_name: Option<String>,
    last_name: Option<String>,
    display_name: Option<String>,
    status: Option<String>,
    pmi: Option<i64>,
    timezone: Option<String>,
    dept: Option<String>,
    language: Option<String>,
    phone_number: Option<String>,
    pic_url: Option<String>,
    vanity_url: Option<String>,
    cluster: Option<String>,
    /// Not always a text.
    created_at: Option<serde_json::Value>,
    user_created_at: Option<String>,
    last_login_time: Option<String>,
    last_client_version: Option<String>,
    employee_unique_id: Option<String>,
    role_id: Option<String>,
    plan_united_type: Option<String>,
    verified: Option<i64>,
    group_ids: Option<Vec<String>>,
    im_group_ids: Option<Vec<String>>,
    division_ids: Option<Vec<String>>,
}

fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn agent() -> Agent {
    let mut tls = TlsConfig::builder();
    if let Ok(file) = env::var("BENCH_CA_FILE") {
        let pem = fs::read(file).expect("the CA file can be read");
        let roots = parse_pem(&pem).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        });
        tls = tls.root_certs(RootCerts::new_with_certs(&roots.collect::<Vec<_>>()));
    }
    Agent::config_builder()
        .tls_config(tls.build())
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}

fn main() -> Result<(), ureq::Error> {
    let mut most: i64 = env::args().nth(1).map_or(-1, |pages| pages.parse().expect("a number"));
    let agent = agent();
    let pair = format!("{}:{}", setting("ZOOM_CLIENT_ID"), setting("ZOOM_CLIENT_SECRET"));
    let token: Token = agent
        .post(format!("{}/oauth/token", setting("ZOOM_S2S_OAUTH_URL")))
        .header("Authorization", format!("Basic {}", base64(pair.as_bytes())))
        .send_form([
            ("grant_type", "account_credentials"),
            ("account_id", &setting("ZOOM_ACCOUNT_ID")),
        ])?
        .body_mut()
        .read_json()?;
    let bearer = format!("Bearer {}", token.access_token);
    let url = format!("{}/users", setting("ZOOM_S2S_API_URL"));

    let (mut users, mut checksum) = (0, 0);
    let mut next = String::new();
    loop {
        let page: Page = agent
            .get(&url)
            .query("page_size", "300")
            .query("next_page_token", &next)
            .header("Authorization", &bearer)
            .call()?
            .body_mut()
            .read_json()?;
        for user in &page.users {
            users += 1;
            checksum += user.email.len() as i64 + user.id.as_ref().map_or(0, String::len) as i64;
            checksum += user.user_type;
        }
        next = page.next_page_token;
        most -= 1;
        if next.is_empty() || most == 0 {
            break;
        }
    }
    println!("users={users} checksum={checksum}");
    Ok(())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks(3)
        .flat_map(|three| {
            let bits = three.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte));
            let bits = bits << (8 * (3 - three.len()));
            (0..4).map(move |at| match at <= three.len() {
                true => DIGITS[(bits >> (18 - 6 * at) & 63) as usize] as char,
                false => '=',
            })
        })
        .collect()
}
