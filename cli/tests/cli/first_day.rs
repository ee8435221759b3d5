//! The walk in docs/first-day.md: each command of it is run, and prints what the document says it prints.
//! ZOOM_S2S_WRITE_DOCS=1 writes the document anew instead.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;
use zoom_s2s_sandbox::Sandbox;

/// The folder of the walk, which in truth is a temporary one.
const FOLDER: &str = "/srv/zoom";
/// The address of the walk's Zoom, which in truth has another port.
const ADDRESS: &str = "127.0.0.1:8443";
/// What stands between the output of one command and the next.
const END: &str = "=== end of output ===";

/// A shell that keeps its variables from one command to the next.
struct Shell {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What the document says, and what is true here.
    words: Vec<(&'static str, String)>,
    folder: TempDir,
}

impl Shell {
    fn start(sandbox: &Sandbox) -> Shell {
        let folder = tempfile::tempdir().expect("a folder");
        let bin = Path::new(env!("CARGO_BIN_EXE_zoom-s2s")).parent();
        let bin = bin.expect("a folder").display();
        let mut child = Command::new("sh")
            .env_clear()
            .env("PATH", format!("{bin}:/usr/local/bin:/usr/bin:/bin"))
            .env("COLUMNS", "100")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let address = sandbox.url().split("//").nth(1).expect("a URL").to_owned();
        let keys = sandbox.credentials();
        let words = vec![
            (FOLDER, folder.path().display().to_string()),
            (ADDRESS, address),
            ("ACCOUNT_ID_OF_THE_PAGE", keys.account_id.clone()),
            ("CLIENT_ID_OF_THE_PAGE", keys.client_id.clone()),
            ("CLIENT_SECRET_OF_THE_PAGE", keys.client_secret.clone()),
        ];
        let mut shell = Shell {
            child,
            stdout,
            words,
            folder,
        };
        shell.run("exec 2>&1; umask 022");
        shell
    }

    /// What a command prints, in the words of the document.
    fn run(&mut self, command: &str) -> String {
        let command = self.swapped(command, |(said, is)| (said, is));
        let stdin = self.child.stdin.as_mut().expect("a pipe");
        writeln!(stdin, "{command}\nprintf '%s\\n' '{END}'").expect("it listens");
        let mut printed = String::new();
        loop {
            let mut line = String::new();
            let read = self.stdout.read_line(&mut line).expect("UTF-8");
            assert!(read > 0, "the shell ended in {command}: {printed}");
            if let Some(last) = line.strip_suffix(&format!("{END}\n")) {
                printed.push_str(last);
                break;
            }
            printed.push_str(&line);
        }
        steady(&self.swapped(&printed, |(said, is)| (is, said)))
    }

    fn swapped<'w>(
        &'w self,
        text: &str,
        order: impl Fn((&'w str, &'w str)) -> (&'w str, &'w str),
    ) -> String {
        let mut text = text.to_owned();
        for (said, is) in &self.words {
            let (from, to) = order((said, is));
            text = text.replace(from, to);
        }
        text
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Without what differs from run to run and from release to release.
fn steady(printed: &str) -> String {
    let words = printed.split_inclusive([' ', '\n']);
    let mut steady = String::new();
    let mut number = None;
    for word in words {
        // How long something took, whatever it is counted in.
        if let Some(number) = number.take() {
            steady.push_str(
                if word.trim_end_matches([',', '.', ')', '\n', ' ']) == "ms" {
                    "5 "
                } else {
                    number
                },
            );
        }
        if !word.trim().is_empty() && word.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            number = Some(word);
        } else {
            steady.push_str(word);
        }
    }
    steady.push_str(number.unwrap_or_default());
    let steady = steady.replace("can be read by root\n", "can be read\n");
    steady.replace(env!("CARGO_PKG_VERSION"), "0.1.0")
}

/// What happens at Zoom between two commands: `<!-- at Zoom: … -->` in the document.
fn happens(event: &str, sandbox: &Sandbox) {
    match event {
        "the app is deactivated" => sandbox.disable_app(true),
        "the app is activated" => sandbox.disable_app(false),
        "the app has another scope" => sandbox.set_scopes(&["user:read:user:admin"]),
        "the scope is added" => {
            let added = sandbox.add_scope("user:read:list_users:admin");
            added.expect("the role permits it");
        }
        _ => panic!("nobody knows how to do this: {event}"),
    }
}

/// The document with the output that its commands have now.
fn walked(document: &str) -> String {
    let sandbox = Sandbox::builder().users(20).tls(true).start();
    let sandbox = sandbox.expect("it starts");
    let mut shell = Shell::start(&sandbox);
    let authority = sandbox.ca_pem().expect("an authority");
    let file = shell.folder.path().join("company-ca.pem");
    fs::write(file, authority).expect("written");
    let mut walked = String::new();
    let mut is_console = false;
    for line in document.lines() {
        let event = line.strip_prefix("<!-- at Zoom: ");
        if let Some(event) = event.and_then(|event| event.strip_suffix(" -->")) {
            happens(event, &sandbox);
        }
        if line.starts_with("```") {
            is_console = line == "```console";
        }
        if let Some(command) = line.strip_prefix("$ ").filter(|_| is_console) {
            walked.push_str(&format!("{line}\n{}", shell.run(command)));
        } else if !is_console || line.starts_with("```") {
            walked.push_str(&format!("{line}\n"));
        }
    }
    walked
}

#[test]
fn the_walk_in_the_document_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/first-day.md");
    let document = fs::read_to_string(&path).expect("the document");
    assert!(document.contains("$ zoom-s2s doctor"), "no walk");
    let walked = walked(&document);
    if std::env::var_os("ZOOM_S2S_WRITE_DOCS").is_some() {
        return fs::write(&path, walked).expect("written");
    }
    // Lines are broken by the lengths of the true folder and port.
    let words =
        |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    let (said, is) = (words(&document), words(&walked));
    let Some(at) = (0..said.len().max(is.len())).find(|&at| said.get(at) != is.get(at)) else {
        return;
    };
    let around = |words: &[String]| words[at.saturating_sub(8)..words.len().min(at + 8)].join(" ");
    let (said, is) = (around(&said), around(&is));
    panic!("docs/first-day.md says:\n{said}\nbut this is so:\n{is}\n\n{walked}");
}
