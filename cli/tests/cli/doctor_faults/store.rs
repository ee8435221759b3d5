//! The token store, and who else pulls at the token.

use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use zoom_s2s_sandbox::{Fault, Sandbox, World};

use super::row::{Row, check_all, row};
use crate::doctor_report::Report;
use crate::doctor_scene::{Scene, closed_port, mode, pipe};
use crate::redis::{Listen, Options, Redis, TOOLS};
use crate::support::{run, until};

/// A program that asks for one token after the other, each in a process of its own, until dropped.
struct Rogue {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Rogue {
    fn start(scene: &Scene) -> Rogue {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, mut command) = (stop.clone(), scene.command("token"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let status = command.status().expect("it starts");
                assert!(status.success(), "the rogue gets its tokens");
            }
        });
        let thread = Some(thread);
        Rogue { stop, thread }
    }
}

impl Drop for Rogue {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn keep_in(scene: &mut Scene, folder_mode: u32) -> std::path::PathBuf {
    let folder = scene.path("tokens");
    std::fs::create_dir(&folder).expect("made");
    let token = folder.join("token");
    scene.set("ZOOM_S2S_TOKEN_STORE", format!("file:{}", token.display()));
    mode(&folder, folder_mode);
    token
}

pub(super) const ROWS: &[Row] = &[
    row("a store of no known kind", |scene| {
        scene.set("ZOOM_S2S_TOKEN_STORE", "postgres://jo:xyzzy-plugh@host");
        scene.secret("xyzzy-plugh");
    })
    .wrong("store", &["ZOOM_S2S_TOKEN_STORE"], &["file:"], 78),
    row("a store in a folder that is not there", |scene| {
        let path = scene.path("nowhere/token");
        scene.set("ZOOM_S2S_TOKEN_STORE", format!("file:{}", path.display()));
    })
    .wrong("store", &["nowhere"], &["director"], 78),
    row("a store in a folder that may not be written", |scene| {
        keep_in(scene, 0o500);
        scene.as_nobody_special();
    })
    .wrong("store", &["tokens", "denied"], &["writ"], 75)
    .unnoticed()
    .needs(&["setpriv"]),
    row("a store in a folder that everybody may change", |scene| {
        keep_in(scene, 0o777);
    })
    .wrong("store", &["everybody"], &["chmod"], 78),
    row("a token file that everybody may read", |scene| {
        let token = keep_in(scene, 0o700);
        let status = scene.command("token").stdout(Stdio::null()).status();
        assert!(status.expect("it starts").success());
        mode(&token, 0o644);
    })
    .wrong("store", &["everybody"], &["chmod"], 78),
    row("a Redis that is down", |scene| {
        let url = format!("redis://:xyzzy-plugh@{}", closed_port());
        scene.set("ZOOM_S2S_TOKEN_STORE", url);
        scene.secret("xyzzy-plugh");
    })
    .wrong("store", &["redis://127.0.0.1", "refused"], &["Redis"], 75)
    .unnoticed(),
    row("a strict Redis that is down", |scene| {
        let url = format!("redis://{}?strict", closed_port());
        scene.set("ZOOM_S2S_TOKEN_STORE", url);
    })
    .wrong("store", &["refused"], &["Redis"], 75),
    row("a Redis that does not answer", |scene| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        scene.set("ZOOM_S2S_TOKEN_STORE", format!("redis://{address}"));
        scene.keep(listener);
    })
    .wrong("store", &["redis://127.0.0.1"], &["Redis"], 75)
    .unnoticed(),
    row("a Redis that has another password", |scene| {
        let redis = Redis::start(Options::new(Listen::Tcp).password("swordfish-2"));
        let url = redis.url().replace("swordfish-2", "xyzzy-plugh");
        scene.set("ZOOM_S2S_TOKEN_STORE", url);
        scene.secret("xyzzy-plugh");
        scene.secret("swordfish-2");
        scene.keep(redis);
    })
    .wrong("store", &["password"], &["password"], 75)
    .unnoticed()
    .needs(&TOOLS),
    row(
        "a token in the store from before a scope was added",
        |scene| {
            keep_in(scene, 0o700);
            scene.sandbox.set_scopes(&["meeting:read:meeting:admin"]);
            run(&mut scene.command("token")).good();
        },
    )
    .wrong(
        "scopes",
        &["user:read:list_users:admin"],
        &["zoom-s2s token --reject > "],
        77,
    ),
    row("a password's file that is a pipe", |scene| {
        let pipe = pipe(scene, "password").display().to_string();
        let url = format!("redis://{}?password_file={pipe}", closed_port());
        scene.set("ZOOM_S2S_TOKEN_STORE", url);
    })
    .wrong(
        "files",
        &["password_file", "a named pipe"],
        &["only once"],
        78,
    )
    .needs(&["mkfifo"]),
    row("a password where its file's name should be", |scene| {
        let url = format!("redis://{}?password_file=xyzzy-plugh", closed_port());
        scene.set("ZOOM_S2S_TOKEN_STORE", url);
        scene.secret("xyzzy-plugh");
    })
    .wrong(
        "files",
        &["password_file", "not shown"],
        &["password_file"],
        78,
    ),
    row("a rogue that asks for tokens all the time", |scene| {
        scene.move_to(Sandbox::builder().world(World::SingleToken));
        scene.keep(Rogue::start(scene));
        // Long enough for the rogue to come between token and call each time.
        let slow = Fault::on_api().always().latency(Duration::from_millis(500));
        scene.sandbox.fault(slow);
        until("the rogue runs", || scene.sandbox.token_requests() > 1);
    })
    .wrong(
        "call",
        &["refused", "token"],
        &["another process", "one token store", "app of its own"],
        77,
    )
    .and_note("store", &["pull", "2 tokens were refused"]),
    row("a rogue now and then", |scene| {
        // Every other call finds its token dead, and the next token is good.
        scene.sandbox.kill_tokens_every(2);
    })
    .wrong(
        "store",
        &["pull"],
        &["ZOOM_S2S_TOKEN_STORE", "app of its own"],
        77,
    )
    .unnoticed(),
];

#[test]
fn each_is_found() {
    check_all(ROWS);
}

/// Only the first run meets the dead token, so this is no row.
#[test]
fn a_shared_token_that_somebody_has_ended() {
    let mut scene = Scene::new();
    keep_in(&mut scene, 0o700);
    run(&mut scene.command("token")).good();
    scene.sandbox.kill_all_tokens();
    let told = scene.doctor("--json");
    let report = Report::of(&told, "a dead token in the store");
    assert_eq!(told.code, 0, "{report:#?}");
    let notes = report.with("note");
    assert_eq!(notes.len(), 1, "{report:#?}");
    assert_eq!(notes[0].check, "store");
    assert!(notes[0].cure.contains("ZOOM_S2S_TOKEN_STORE"), "{notes:?}");
    assert_eq!(scene.sandbox.token_requests(), 2);
}
