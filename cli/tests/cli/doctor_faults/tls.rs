//! Certificates, and who is trusted.

use zoom_s2s_sandbox::Sandbox;

use super::row::{Row, check_all, row};
use crate::certificates::Authority;
use crate::doctor_scene::{Scene, mode};
use crate::proxies::{Manner, proxy};

/// Years that have begun and will outlast this project.
const GOOD: (i32, i32) = (2020, 2100);

/// A server with such a certificate, of an authority that is trusted.
fn certified(scene: &mut Scene, name: &str, years: (i32, i32)) {
    let authority = Authority::new("Somebody's CA");
    let path = scene.file("ca.pem", &authority.pem());
    scene.set("ZOOM_S2S_CA_FILE", path.display().to_string());
    scene.set_hosts(&format!(
        "https://127.0.0.1:{}",
        authority.serve(name, years)
    ));
}

pub(super) const ROWS: &[Row] = &[
    row("an authority that is not trusted", |scene| {
        scene.move_to(Sandbox::builder().tls(true))
    })
    .wrong("tls", &["trust"], &["ZOOM_S2S_CA_FILE", "inspect"], 76),
    row("a proxy that inspects TLS", |scene| {
        let inspector = Authority::new("Example Corp Inspection CA");
        let port = inspector.serve("zoom.invalid", GOOD);
        scene.set_hosts("https://zoom.invalid");
        scene.set("HTTPS_PROXY", proxy(Manner::Diverts(port)));
    })
    .wrong("tls", &["trust"], &["ZOOM_S2S_CA_FILE", "inspect"], 76),
    row("a certificate that has expired", |scene| {
        certified(scene, "127.0.0.1", (2020, 2021))
    })
    .wrong("tls", &["expired"], &["clock"], 76),
    row("a certificate of another name", |scene| {
        certified(scene, "example.com", GOOD)
    })
    .wrong(
        "tls",
        &["another name: example.com"],
        &["URL", "portal"],
        76,
    ),
    row("a certificate that is not valid yet", |scene| {
        certified(scene, "127.0.0.1", (2099, 2100))
    })
    .wrong(
        "tls",
        &["not valid yet"],
        &["either this machine's clock"],
        76,
    ),
    row("a clock years behind, before certificates", |scene| {
        certified(scene, "127.0.0.1", GOOD);
        scene.through(&["faketime", "2001-01-01 00:00:00"]);
    })
    .wrong(
        "tls",
        &["not valid yet"],
        &["either this machine's clock"],
        76,
    )
    .needs(&["faketime"]),
    row("an empty trust store", |scene| {
        scene.move_to(Sandbox::builder().tls(true));
        let path = scene.file("none.pem", "").display().to_string();
        scene.set("SSL_CERT_FILE", path);
    })
    .wrong(
        "tls",
        &["no trusted certificate authorities"],
        &["ca-certificates"],
        76,
    ),
    row("a trust store that may not be read", |scene| {
        scene.move_to(Sandbox::builder().tls(true));
        let path = scene.file("all.pem", "");
        mode(&path, 0o000);
        scene.set("SSL_CERT_FILE", path.display().to_string());
        scene.as_nobody_special();
    })
    .wrong(
        "tls",
        &["no trusted certificate authorities", "denied"],
        &["right to read", "all.pem"],
        76,
    )
    .never(&["install"])
    .needs(&["setpriv"]),
    row("https to a port that speaks http", |scene| {
        let url = scene.sandbox.url().replace("http:", "https:");
        scene.set_hosts(&url);
    })
    .wrong("tls", &["not TLS"], &["http"], 76),
];

#[test]
fn each_is_found() {
    check_all(ROWS);
}
