//! The variables themselves.

use super::row::{Row, check_all, row};

/// A token as JWT apps signed them, of the app `Kx7Api_KeyOfAnOldApp`, good until 2023-01-01.
pub(super) const JWT: &str = concat!(
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
    "eyJpc3MiOiJLeDdBcGlfS2V5T2ZBbk9sZEFwcCIsImV4cCI6MTY3MjUzMTIwMH0.",
    "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
);

const CREDENTIALS: [&str; 3] = ["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"];

pub(super) const ROWS: &[Row] = &[
    row("nothing is set", |scene| {
        for name in CREDENTIALS {
            scene.unset(name);
        }
    })
    .wrong(
        "environment",
        &["not set"],
        &[
            "ZOOM_ACCOUNT_ID",
            "ZOOM_CLIENT_ID",
            "ZOOM_CLIENT_SECRET",
            "_FILE",
        ],
        78,
    ),
    row("one variable is missing", |scene| {
        scene.unset("ZOOM_CLIENT_SECRET")
    })
    .wrong(
        "environment",
        &["ZOOM_CLIENT_SECRET", "not set"],
        &["ZOOM_CLIENT_SECRET"],
        78,
    ),
    row("one variable is empty", |scene| {
        scene.set("ZOOM_ACCOUNT_ID", " ")
    })
    .wrong(
        "environment",
        &["ZOOM_ACCOUNT_ID"],
        &["ZOOM_ACCOUNT_ID"],
        78,
    ),
    row("a placeholder from the manual", |scene| {
        scene.set("ZOOM_CLIENT_SECRET", "YOUR_CLIENT_SECRET")
    })
    .wrong(
        "environment",
        &["ZOOM_CLIENT_SECRET", "placeholder"],
        &["credentials page"],
        78,
    ),
    row("a placeholder in angle brackets", |scene| {
        scene.set("ZOOM_ACCOUNT_ID", "<account-id>")
    })
    .wrong(
        "environment",
        &["ZOOM_ACCOUNT_ID", "placeholder"],
        &["credentials page"],
        78,
    ),
    row("account ID and client ID are the same", |scene| {
        let client = scene.value("ZOOM_CLIENT_ID");
        scene.set("ZOOM_ACCOUNT_ID", client);
    })
    .wrong(
        "environment",
        &["ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "same"],
        &["credentials page"],
        78,
    ),
    row("client ID and secret are the same", |scene| {
        let secret = scene.value("ZOOM_CLIENT_SECRET");
        scene.set("ZOOM_CLIENT_ID", secret);
    })
    .wrong(
        "environment",
        &["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "same"],
        &["credentials page"],
        78,
    ),
    // The two look alike; only Zoom can tell them apart.
    row("account ID and client ID are swapped", |scene| {
        let account = scene.value("ZOOM_ACCOUNT_ID");
        let client = scene.value("ZOOM_CLIENT_ID");
        scene.set("ZOOM_ACCOUNT_ID", client);
        scene.set("ZOOM_CLIENT_ID", account);
    })
    .wrong("token", &["refused"], &["swapped", "ZOOM_ACCOUNT_ID"], 77),
    row("blanks and a newline around values", |scene| {
        for name in CREDENTIALS {
            let value = scene.value(name);
            scene.set(name, format!(" {value}\n"));
        }
    })
    .note("environment", &["blank"], &["ZOOM_CLIENT_SECRET"]),
    row("a secret with a blank inside", |scene| {
        let secret = scene.value("ZOOM_CLIENT_SECRET");
        scene.set("ZOOM_CLIENT_SECRET", secret.replace("Secret", "Secret "));
    })
    .wrong(
        "environment",
        &["ZOOM_CLIENT_SECRET", "blank"],
        &["credentials page"],
        78,
    ),
    row("quotes around a value", |scene| {
        let secret = scene.value("ZOOM_CLIENT_SECRET");
        scene.set("ZOOM_CLIENT_SECRET", format!("\"{secret}\""));
    })
    .wrong(
        "environment",
        &["ZOOM_CLIENT_SECRET", "quot"],
        &["quot"],
        78,
    ),
    row("a JWT pasted as the secret", |scene| {
        scene.set("ZOOM_CLIENT_SECRET", JWT);
        scene.secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY");
    })
    .wrong(
        "environment",
        &["ZOOM_CLIENT_SECRET", "JWT"],
        &["client secret", "Server-to-Server"],
        78,
    ),
    row("only the JWT app's key and secret", |scene| {
        for name in CREDENTIALS {
            scene.unset(name);
        }
        let keys = scene.sandbox.credentials().clone();
        scene.set("ZOOM_API_KEY", keys.api_key);
        scene.set("ZOOM_API_SECRET", keys.api_secret);
    })
    .wrong("environment", &["JWT"], &["Server-to-Server"], 78),
    row("the API key as the client ID", |scene| {
        let keys = scene.sandbox.credentials().clone();
        scene.set("ZOOM_CLIENT_ID", keys.api_key.clone());
        scene.set("ZOOM_API_KEY", keys.api_key);
    })
    .wrong(
        "environment",
        &["ZOOM_CLIENT_ID", "ZOOM_API_KEY"],
        &["Server-to-Server"],
        78,
    ),
    row("a variable and its file", |scene| {
        let path = scene.file("secret", "another");
        scene.set("ZOOM_CLIENT_SECRET_FILE", path.display().to_string());
    })
    .note(
        "environment",
        &["ZOOM_CLIENT_SECRET_FILE"],
        &["ZOOM_CLIENT_SECRET"],
    ),
    row("a misspelt setting", |scene| {
        scene.set("ZOOM_S2S_TOKENSTORE", "memory:")
    })
    .note(
        "environment",
        &["ZOOM_S2S_TOKENSTORE"],
        &["ZOOM_S2S_TOKEN_STORE"],
    ),
    row("a misspelt credential", |scene| {
        let account = scene.value("ZOOM_ACCOUNT_ID");
        scene.unset("ZOOM_ACCOUNT_ID");
        scene.set("ZOOM_ACOUNT_ID", account);
    })
    .wrong("environment", &["ZOOM_ACCOUNT_ID"], &["ZOOM_ACOUNT_ID"], 78),
    row("a cloud that there is not", |scene| {
        scene.set("ZOOM_S2S_CLOUD", "private")
    })
    .wrong(
        "environment",
        &["ZOOM_S2S_CLOUD"],
        &["commercial", "government"],
        78,
    ),
    row("the whole URL of the token endpoint", |scene| {
        let url = scene.sandbox.url().to_owned();
        scene.set("ZOOM_S2S_OAUTH_URL", format!("{url}/oauth/token"));
    })
    .wrong(
        "environment",
        &["ZOOM_S2S_OAUTH_URL", "/oauth/token"],
        &["base without /oauth/token: http://127.0.0.1:"],
        78,
    ),
    row("the URL of the API without its version", |scene| {
        let url = scene.sandbox.url().to_owned();
        scene.set("ZOOM_S2S_API_URL", url);
    })
    .wrong("call", &["404"], &["ZOOM_S2S_API_URL", "/v2"], 76),
    row("a time that is no number", |scene| {
        scene.set("ZOOM_S2S_TIMEOUT_MS", "30s")
    })
    .wrong("environment", &["ZOOM_S2S_TIMEOUT_MS"], &["30000"], 78),
];

#[test]
fn each_is_found() {
    check_all(ROWS);
}
