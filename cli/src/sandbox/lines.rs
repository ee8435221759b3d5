//! What `zoom-s2s sandbox` prints: the way there, to paste into a shell.

use std::path::PathBuf;

use tempfile::TempDir;
use zoom_s2s_sandbox::Sandbox;

use crate::failure::Failure;
use crate::quoted::quoted;

/// The sandbox's certificate authority in a file, and in a folder that only this user may enter.
pub(super) struct Authority {
    file: PathBuf,
    // Held for its drop.
    _folder: TempDir,
}

impl Authority {
    pub(super) fn write(pem: &str) -> Result<Authority, Failure> {
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
pub(super) fn lines(sandbox: &Sandbox, users: u32, authority: Option<&Authority>) -> String {
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
