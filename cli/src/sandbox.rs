//! The made-up Zoom: inside another command with `--sandbox`, and as a command of its own.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use zoom_s2s::{Client, ClientBuilder, Credentials};
use zoom_s2s_sandbox::{Sandbox, World};

use crate::args::SandboxArgs;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// Starts the sandbox of `--sandbox`.
pub(crate) fn inside(users: u32) -> Result<Sandbox, Failure> {
    Sandbox::builder()
        .users(users)
        .start()
        .map_err(Failure::Sandbox)
}

/// A client that talks to `sandbox`, whatever the environment says.
pub(crate) fn client(sandbox: &Sandbox, legacy_jwt: bool) -> ClientBuilder {
    let keys = sandbox.credentials();
    let credentials = if legacy_jwt {
        Credentials::jwt(&keys.api_key, &keys.api_secret)
    } else {
        Credentials::server_to_server(&keys.account_id, &keys.client_id, &keys.client_secret)
    };
    Client::builder(credentials)
        .oauth_url(sandbox.url())
        .api_url(sandbox.api_url())
        .no_proxy()
}

/// `zoom-s2s sandbox`: runs until a signal comes, which is its proper end.
pub(crate) fn run(args: &SandboxArgs, interrupt: &Interrupt) -> Result<(), Failure> {
    let world = if args.single_token {
        World::SingleToken
    } else {
        World::MultiToken
    };
    let sandbox = Sandbox::builder()
        .users(args.users)
        .seed(args.seed)
        .port(args.port)
        .tls(args.tls)
        .world(world)
        .token_lifetime(Duration::from_secs(args.token_lifetime.get().into()))
        .start()
        .map_err(Failure::Sandbox)?;
    let authority = match sandbox.ca_pem() {
        Some(pem) => Some(Authority::write(pem)?),
        None => None,
    };
    let lines = lines(&sandbox, args.users, authority.as_ref());
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(lines.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Ok(()) => interrupt.wait(),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Err(Failure::ClosedPipe),
        Err(error) => return Err(Failure::output(Path::new("standard output"), error)),
    }
    Ok(())
}

/// The sandbox's certificate authority in a file, and in a folder that only this user may enter.
struct Authority {
    file: PathBuf,
    // Held for its drop.
    _folder: TempDir,
}

impl Authority {
    fn write(pem: &str) -> Result<Authority, Failure> {
        let folder = tempfile::Builder::new()
            .prefix("zoom-s2s-sandbox.")
            .tempdir()
            .map_err(|error| Failure::output(&std::env::temp_dir(), error))?;
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, pem).map_err(|error| Failure::output(&file, error))?;
        Ok(Authority {
            file,
            _folder: folder,
        })
    }
}

/// What to paste into the shell of the program that is to meet the sandbox.
fn lines(sandbox: &Sandbox, users: u32, authority: Option<&Authority>) -> String {
    let mut variables = sandbox.env();
    if let Some(authority) = authority {
        variables.retain(|(name, _)| *name != "ZOOM_S2S_CA_FILE");
        variables.push(("ZOOM_S2S_CA_FILE", authority.file.display().to_string()));
    }
    let mut lines = format!(
        "# A made-up Zoom account of {users} users at {}, until Ctrl-C.\n# Paste into another shell, then: zoom-s2s users\n",
        sandbox.url()
    );
    for (name, value) in variables {
        lines.push_str(&format!("export {name}={}\n", quoted(&value)));
    }
    lines
}

/// The value as one word of a shell.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/@%+=,".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_are_one_word_of_a_shell() {
        for (value, word) in [
            ("http://127.0.0.1:8080/v2", "http://127.0.0.1:8080/v2"),
            ("a b", "'a b'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(value), word);
        }
    }
}
