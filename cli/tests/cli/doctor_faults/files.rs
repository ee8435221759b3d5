//! Files that hold credentials or authorities.

use super::row::{Row, check_all, row};
use crate::doctor_scene::mode;

const ROOT: &[&str] = &["setpriv"];

pub(super) const ROWS: &[Row] = &[
    row("a secret's file that is not there", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        std::fs::remove_file(path).expect("removed");
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE"],
        &["ZOOM_CLIENT_SECRET_FILE"],
        78,
    ),
    row("a secret's file that may not be read", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        mode(&path, 0o000);
        scene.as_nobody_special();
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE", "denied"],
        &["this user", "read"],
        78,
    )
    .needs(ROOT),
    row("a secret's file that is empty", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        std::fs::write(path, "\n").expect("written");
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE", "empty"],
        &["credentials page"],
        78,
    ),
    row("a folder for a secret's file", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        let folder = path.parent().expect("a folder").display().to_string();
        scene.set("ZOOM_CLIENT_SECRET_FILE", folder);
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE", "directory"],
        &["file"],
        78,
    ),
    row("a secret where its file's name should be", |scene| {
        let secret = scene.value("ZOOM_CLIENT_SECRET");
        scene.unset("ZOOM_CLIENT_SECRET");
        scene.set("ZOOM_CLIENT_SECRET_FILE", secret);
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE, which holds no path, cannot be read"],
        &["ZOOM_CLIENT_SECRET"],
        78,
    ),
    row("a secret's file that everybody may read", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        mode(&path, 0o644);
    })
    .note("files", &["ZOOM_CLIENT_SECRET_FILE", "read"], &["chmod"]),
    row("a JWT in a secret's file", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        std::fs::write(path, super::environment::JWT).expect("written");
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE", "JWT"],
        &["client secret"],
        78,
    ),
    row("a CA file that is not there", |scene| {
        let path = scene.path("ca.pem").display().to_string();
        scene.set("ZOOM_S2S_CA_FILE", path);
    })
    .wrong("files", &["ZOOM_S2S_CA_FILE"], &["PEM"], 78),
    row("a CA file without a certificate", |scene| {
        let path = scene.file("ca.pem", "# certificates go here\n");
        scene.set("ZOOM_S2S_CA_FILE", path.display().to_string());
    })
    .wrong(
        "files",
        &["ZOOM_S2S_CA_FILE", "no certificate"],
        &["PEM"],
        78,
    ),
    row("no authority at all is to be trusted", |scene| {
        scene.set("ZOOM_S2S_CA_ONLY", "1")
    })
    .wrong("files", &["ZOOM_S2S_CA_ONLY"], &["ZOOM_S2S_CA_FILE"], 78),
];

#[test]
fn each_is_found() {
    check_all(ROWS);
}
