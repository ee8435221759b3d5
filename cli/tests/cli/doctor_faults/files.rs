//! Files that hold credentials or authorities.

use super::row::{Row, check_all, row};
use crate::doctor_scene::{Scene, mode, pipe};

const ROOT: &[&str] = &["setpriv"];
const CA: &str = "ZOOM_S2S_CA_FILE";

fn secret_at(scene: &mut Scene, path: &str) {
    scene.unset("ZOOM_CLIENT_SECRET");
    scene.set("ZOOM_CLIENT_SECRET_FILE", path);
}

/// A folder that this user may not enter, with a file in it.
fn closed_off(scene: &mut Scene, file: &str) -> String {
    let folder = scene.path("closed off");
    std::fs::create_dir(&folder).expect("made");
    let path = scene.file(&format!("closed off/{file}"), "x");
    mode(&folder, 0o000);
    scene.as_nobody_special();
    path.display().to_string()
}

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
        &["ZOOM_CLIENT_SECRET_FILE (a value that is no path, not shown), cannot be read"],
        &["ZOOM_CLIENT_SECRET"],
        78,
    ),
    row("a secret's file that everybody may read", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        mode(&path, 0o644);
    })
    .note("files", &["ZOOM_CLIENT_SECRET_FILE", "read"], &["chmod"]),
    row("a secret's file that everybody may change", |scene| {
        let path = scene.file_instead("ZOOM_CLIENT_SECRET");
        mode(&path, 0o602);
    })
    .note("files", &["may read or change"], &["chmod"]),
    row("a secret's file whose name has a blank", |scene| {
        let secret = scene.value("ZOOM_CLIENT_SECRET");
        let path = scene.file("the secret", &secret);
        mode(&path, 0o644);
        secret_at(scene, &path.display().to_string());
    })
    .note(
        "files",
        &["may read the file"],
        &["chmod o-rwx '/", "the secret'"],
    ),
    row("a folder on the way to a secret's file", |scene| {
        let path = closed_off(scene, "secret");
        secret_at(scene, &path);
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE", "denied"],
        &["enter the folder '/", "closed off'", "u+x"],
        78,
    )
    .never(&["closed off/secret'"])
    .needs(ROOT),
    row("a pipe for a secret's file", |scene| {
        let pipe = pipe(scene, "pipe").display().to_string();
        secret_at(scene, &pipe);
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE", "a named pipe"],
        &["only once", "token request"],
        78,
    )
    .needs(&["mkfifo"]),
    row("a device for a secret's file", |scene| {
        secret_at(scene, "/dev/zero")
    })
    .wrong("files", &["/dev/zero", "a character device"], &["file"], 78),
    row("a huge file for a secret's", |scene| {
        let path = scene.file("huge", &"x".repeat(2 << 20));
        secret_at(scene, &path.display().to_string());
    })
    .wrong("files", &["more than 1048576 bytes"], &["alone"], 78),
    row("a URL with a password for a secret's file", |scene| {
        secret_at(scene, "redis://jo:xyzzy-plugh@host/0");
        scene.secret("xyzzy-plugh");
    })
    .wrong(
        "files",
        &["ZOOM_CLIENT_SECRET_FILE", "not shown"],
        &["file"],
        78,
    ),
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
    .wrong("files", &["ZOOM_S2S_CA_FILE"], &["PEM"], 78)
    .never(&["openssl", "not shown"]),
    row("a CA file that may not be read", |scene| {
        let path = scene.file("ca.pem", "x");
        mode(&path, 0o000);
        scene.set(CA, path.display().to_string());
        scene.as_nobody_special();
    })
    .wrong(
        "files",
        &[CA, "denied"],
        &["this user read it", "ca.pem"],
        78,
    )
    .never(&["openssl"])
    .needs(ROOT),
    row("a folder on the way to a CA file", |scene| {
        let path = closed_off(scene, "ca.pem");
        scene.set(CA, path);
    })
    .wrong("files", &[CA, "denied"], &["enter the folder '/"], 78)
    .needs(ROOT),
    row("a pipe for a CA file", |scene| {
        let pipe = pipe(scene, "pipe").display().to_string();
        scene.set(CA, pipe);
    })
    .wrong("files", &[CA, "a named pipe"], &["only once"], 78)
    .needs(&["mkfifo"]),
    row("a device for a CA file", |scene| scene.set(CA, "/dev/zero")).wrong(
        "files",
        &["/dev/zero", "a character device"],
        &["PEM"],
        78,
    ),
    row("a certificate with its key for a CA file", |scene| {
        let key = "-----BEGIN PRIVATE KEY-----\nMIIxyzzy/plugh+\n-----END PRIVATE KEY-----\n";
        scene.set(CA, key);
        scene.secret("xyzzy/plugh");
    })
    .wrong("files", &[CA, "not shown"], &["PEM file"], 78),
    row("a URL with a password for a CA file", |scene| {
        scene.set(CA, "https://jo:xyzzy-plugh@intranet/ca.pem");
        scene.secret("xyzzy-plugh");
    })
    .wrong("files", &[CA, "not shown"], &["PEM file"], 78),
    row("a secret for a CA file", |scene| {
        let secret = scene.value("ZOOM_CLIENT_SECRET");
        scene.set(CA, secret);
    })
    .wrong("files", &[CA, "not shown"], &["PEM file"], 78),
    row("a CA file in DER", |scene| {
        let path = scene.path("ca of us.der");
        std::fs::write(&path, b"\x30\x82\x01\x00").expect("written");
        scene.set(CA, path.display().to_string());
    })
    .wrong("files", &["DER"], &["-in '/", "ca of us.der.pem'"], 78),
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
