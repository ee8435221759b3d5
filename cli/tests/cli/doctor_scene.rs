//! A set-up for the doctor: healthy, until a test spoils it.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;
use zoom_s2s_sandbox::{Builder, Sandbox};

use crate::support::{Run, bare, run};

pub(crate) struct Scene {
    // Dropped first: some of it needs the sandbox.
    kept: Vec<Box<dyn Any>>,
    pub(crate) sandbox: Sandbox,
    folder: TempDir,
    environment: BTreeMap<String, String>,
    wrapper: Vec<String>,
    secrets: Vec<String>,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        Scene::on(Sandbox::builder())
    }

    /// The credentials of a Server-to-Server app in variables, and nothing else but what leads to
    /// the sandbox.
    pub(crate) fn on(builder: Builder) -> Scene {
        let sandbox = builder.users(10).start().expect("it starts");
        let environment = sandbox
            .env()
            .into_iter()
            .filter(|(name, _)| !name.starts_with("ZOOM_API_"));
        let environment = environment
            .map(|(name, value)| (name.to_owned(), value))
            // Nobody waits half a minute for a fault that does not pass.
            .chain([("ZOOM_S2S_TIMEOUT_MS".to_owned(), "4000".to_owned())]);
        let keys = sandbox.credentials();
        Scene {
            secrets: vec![keys.client_secret.clone(), keys.api_secret.clone()],
            environment: environment.collect(),
            folder: tempfile::tempdir().expect("a folder"),
            wrapper: Vec::new(),
            kept: Vec::new(),
            sandbox,
        }
    }

    /// Another sandbox in the place of the first.
    pub(crate) fn move_to(&mut self, builder: Builder) {
        let moved = Scene::on(builder);
        self.environment.extend(moved.environment);
        self.sandbox = moved.sandbox;
    }

    pub(crate) fn value(&self, name: &str) -> String {
        self.environment[name].clone()
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.insert(name.to_owned(), value.into());
    }

    pub(crate) fn unset(&mut self, name: &str) {
        let was = self.environment.remove(name);
        assert!(was.is_some(), "{name} is not set");
    }

    /// Both hosts, OAuth's and the API's, at this URL.
    pub(crate) fn set_hosts(&mut self, url: &str) {
        self.set("ZOOM_S2S_OAUTH_URL", url);
        self.set("ZOOM_S2S_API_URL", format!("{url}/v2"));
    }

    /// What must not be printed.
    pub(crate) fn secret(&mut self, text: &str) {
        self.secrets.push(text.to_owned());
    }

    /// Holds a server until the end.
    pub(crate) fn keep(&mut self, server: impl Any) {
        self.kept.push(Box::new(server));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in the scene's folder that only its owner may read.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("written");
        mode(&path, 0o600);
        path
    }

    /// Moves the value of a variable into a file that `NAME_FILE` names.
    pub(crate) fn file_instead(&mut self, name: &str) -> PathBuf {
        let path = self.file(name, &format!("{}\n", self.value(name)));
        self.unset(name);
        self.set(&format!("{name}_FILE"), path.display().to_string());
        path
    }

    /// A program that starts the doctor, and its arguments.
    pub(crate) fn through(&mut self, wrapper: &[&str]) {
        self.wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
    }

    /// Takes from root what lets it read and write every file.
    pub(crate) fn as_nobody_special(&mut self) {
        if is_root() {
            self.through(&["setpriv", "--inh-caps=-all", "--bounding-set=-all"]);
        }
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let direct = bare(arguments);
        let mut command = match self.wrapper.split_first() {
            None => direct,
            Some((program, words)) => {
                let mut command = Command::new(on_path(program));
                command.env_clear().stdin(std::process::Stdio::null());
                command.args(words).arg(direct.get_program());
                command.args(direct.get_args());
                command
            }
        };
        command.envs(&self.environment);
        command
    }

    pub(crate) fn doctor_command(&self, options: &str) -> Command {
        self.command(&format!("doctor {options}"))
    }

    pub(crate) fn doctor(&self, options: &str) -> Run {
        run(&mut self.doctor_command(options))
    }

    /// Fails if a secret of the scene, a token or the header that carries one is in `printed`.
    pub(crate) fn assert_discreet(&self, printed: &str, what: &str) {
        for secret in &self.secrets {
            let characters: Vec<char> = secret.chars().collect();
            for part in characters.windows(characters.len().min(12)) {
                let part: String = part.iter().collect();
                assert!(!printed.contains(&part), "{what}: {part} in: {printed}");
            }
        }
        // How the sandbox's client ID begins in the header that carries it with the secret.
        assert!(!printed.contains("Q2xu"), "{what}: {printed}");
        assert!(!printed.contains("Bearer "), "{what}: {printed}");
        let long = |rest: &str| rest.chars().take_while(char::is_ascii_alphanumeric).count() > 5;
        let token = printed.split("eyJ").skip(1).find(|rest| long(rest));
        assert_eq!(token, None, "{what}: {printed}");
    }
}

/// An address where nobody listens.
pub(crate) fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

/// A pipe into which nobody writes.
pub(crate) fn pipe(scene: &Scene, name: &str) -> PathBuf {
    let path = scene.path(name);
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("it starts").success());
    path
}

#[cfg(unix)]
pub(crate) fn mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode is changed");
}

#[cfg(not(unix))]
pub(crate) fn mode(_: &std::path::Path, _: u32) {}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let file = tempfile::NamedTempFile::new().expect("a file");
    file.as_file().metadata().expect("its owner").uid() == 0
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

fn on_path(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{program} is not installed"))
}
