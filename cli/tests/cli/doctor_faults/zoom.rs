//! What Zoom answers.

use std::time::Duration;

use zoom_s2s_sandbox::{Fault, Permission, RateLimit, RoleRefusal, Sandbox};

use super::row::{Row, check_all, row};
use crate::doctor_scene::Scene;

fn daily() -> RateLimit {
    RateLimit::Daily {
        retry_after: "2099-01-01T00:00:00Z".into(),
    }
}

/// The API says this to whoever asks, and that all is well.
fn api_says(scene: &mut Scene, status: u16, body: impl Into<String>) {
    let fault = Fault::on_api().always();
    let fault = fault.status(status, body.into(), "application/json");
    scene.sandbox.fault(fault);
}

pub(super) const ROWS: &[Row] = &[
    row("a wrong secret", |scene| {
        scene.set("ZOOM_CLIENT_SECRET", "nPq5TuV8wXyZ1aBc3DeF6gHi9JkL2mNo")
    })
    .wrong(
        "token",
        &["refused", "invalid_client"],
        &["ZOOM_CLIENT_SECRET", "regenerated"],
        77,
    ),
    row("a wrong account ID", |scene| {
        scene.set("ZOOM_ACCOUNT_ID", "AbCdEfGhIjKlMnOpQrStUv")
    })
    .wrong("token", &["account ID"], &["ZOOM_ACCOUNT_ID"], 77)
    .never(&["swapped"]),
    row("an app that is not active", |scene| {
        scene.sandbox.disable_app(true)
    })
    .wrong(
        "token",
        &["app", "never activated"],
        &["Activation page"],
        77,
    ),
    row("an app of another kind", |scene| {
        scene.sandbox.set_server_to_server(false)
    })
    .wrong("token", &["Server-to-Server"], &["Server-to-Server"], 77),
    row("too many token requests", |scene| {
        let fault = Fault::on_token().always();
        scene.sandbox.fault(fault.rate_limited(daily()));
    })
    .wrong("token", &["429"], &["2099"], 75),
    row("an outage of the token endpoint", |scene| {
        scene.set("ZOOM_S2S_TIMEOUT_MS", "1500");
        scene
            .sandbox
            .fault(Fault::on_token().always().server_error(503))
    })
    .wrong("token", &["503"], &["zoomstatus"], 75),
    row("a web page from the token endpoint", |scene| {
        scene.sandbox.fault(Fault::on_token().always().html(200))
    })
    .wrong("token", &["JSON"], &["portal", "ZOOM_S2S_OAUTH_URL"], 76),
    row("a redirect from the token endpoint", |scene| {
        let fault = Fault::on_token().always();
        let fault = fault.redirect(302, "http://login.hotel.example/");
        scene.sandbox.fault(fault);
    })
    .wrong(
        "token",
        &["redirect"],
        &["portal", "ZOOM_S2S_OAUTH_URL"],
        76,
    ),
    row("a refusal that repeats the secret", |scene| {
        let secret = scene.value("ZOOM_CLIENT_SECRET");
        let body = format!(r#"{{"reason":"No such {secret}","error":"invalid_client"}}"#);
        let fault = Fault::on_token().always();
        scene
            .sandbox
            .fault(fault.status(400, body, "application/json"));
    })
    .wrong("token", &["refused"], &["ZOOM_CLIENT_SECRET"], 77),
    row("a refusal that would act on the terminal", |scene| {
        let body = r#"{"code":200,"message":"No \u001b[2J\u0007\u202epermission."}"#;
        let fault = Fault::on_api().always();
        scene
            .sandbox
            .fault(fault.status(400, body, "application/json"));
    })
    .wrong("call", &["permission"], &["role"], 77),
    row("a token that hardly lives", |scene| {
        scene.move_to(Sandbox::builder().token_lifetime(Duration::from_secs(20)))
    })
    .note("expiry", &["s"], &["token"]),
    row("a clock an hour behind", |scene| {
        scene.set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        scene.through(&["faketime", "-f", "-3600s"]);
    })
    .wrong("clock", &["behind"], &["NTP"], 78)
    .unnoticed()
    .needs(&["faketime"]),
    row("a clock an hour ahead", |scene| {
        scene.set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        scene.through(&["faketime", "-f", "+3600s"]);
    })
    .wrong("clock", &["ahead"], &["NTP"], 78)
    .unnoticed()
    .needs(&["faketime"]),
    row("Zoom's clock is another", |scene| {
        scene.sandbox.clock().set_offset(-1200)
    })
    .wrong("clock", &["ahead"], &["NTP"], 78)
    .unnoticed(),
    row("a scope is missing", |scene| {
        scene.sandbox.set_scopes(&["meeting:read:meeting:admin"])
    })
    .wrong(
        "scopes",
        &["user:read:list_users:admin"],
        &["user:read:list_users:admin", "user:read:admin", "role"],
        77,
    ),
    row("a scope is missing and Zoom tells none", |scene| {
        scene.sandbox.set_scopes(&["meeting:read:meeting:admin"]);
        let fault = Fault::on_token().always();
        scene.sandbox.fault(fault.remove_member("scope"));
    })
    .wrong(
        "call",
        &["scope"],
        &["user:read:list_users:admin", "user:read:admin"],
        77,
    ),
    row("a role without the permission", |scene| {
        let lost = [Permission::UserRead];
        let old = ["user:read:list_users:admin"];
        scene
            .sandbox
            .downgrade_role(&lost, RoleRefusal::NoPermission);
        scene.sandbox.set_scopes(&old);
    })
    .wrong("call", &["permission"], &["role", "Users"], 77),
    row("every token is refused", |scene| {
        scene.sandbox.fault(Fault::on_api().always().unauthorized())
    })
    .wrong("call", &["token"], &["app"], 77),
    row("the daily limit", |scene| {
        let fault = Fault::on_api().always();
        scene.sandbox.fault(fault.rate_limited(daily()));
    })
    .wrong("call", &["daily"], &["2099"], 75),
    row("an outage of the API", |scene| {
        scene.set("ZOOM_S2S_TIMEOUT_MS", "1500");
        scene
            .sandbox
            .fault(Fault::on_api().always().server_error(503))
    })
    .wrong("call", &["503"], &["zoomstatus"], 75),
    row("an object that is no page of users", |scene| {
        api_says(scene, 200, "{}")
    })
    .wrong("call", &["`users` is missing"], &["ZOOM_S2S_API_URL"], 76),
    row("a list that is no page of users", |scene| {
        api_says(scene, 200, "[]")
    })
    .wrong("call", &["not a JSON object"], &["ZOOM_S2S_API_URL"], 76),
    row("brackets without end in the place of users", |scene| {
        api_says(scene, 200, "[".repeat(100_000))
    })
    .wrong("call", &["not a JSON object"], &["ZOOM_S2S_API_URL"], 76),
    row("nothing in the place of users", |scene| {
        api_says(scene, 204, "")
    })
    .wrong("call", &["cannot be read"], &["ZOOM_S2S_API_URL"], 76),
    row("something else where the API should be", |scene| {
        let url = scene.sandbox.url().to_owned();
        scene.set("ZOOM_S2S_API_URL", format!("{url}/intranet"));
        let fault = Fault::on("GET", "/intranet").always();
        scene.sandbox.fault(fault.html(404));
    })
    .wrong("call", &["404"], &["ZOOM_S2S_API_URL"], 76),
];

#[test]
fn each_is_found() {
    check_all(ROWS);
}
