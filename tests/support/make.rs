//! `make`, as somebody calls it who is not in a build by cargo.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use super::c::{root, succeed, text};

/// A command of the user's, who is not in a build by cargo: some crates are built anew when its
/// variables change.
pub(crate) fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let of_cargo = name.starts_with("CARGO_")
            && !["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE"].contains(&&*name);
        let of_others = ["RUSTFLAGS", "LD_LIBRARY_PATH", "DESTDIR", "LIBDIR"].contains(&&*name);
        if of_cargo || of_others || name.starts_with("MAKE") || name.starts_with("PKG_CONFIG") {
            command.env_remove(&*name);
        }
    }
    command.current_dir(root());
    command
}

/// What `make TARGET` says; it must succeed, without a network.
pub(crate) fn make(target: &str, settings: &[String]) -> String {
    let output = succeed(
        clean("make")
            .env("CARGO_NET_OFFLINE", "1")
            .arg(target)
            .args(settings),
    );
    text(&output.stdout)
}

/// The folder into which `make` builds the library and the command.
pub(crate) fn built() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(target).join("capi")
}
