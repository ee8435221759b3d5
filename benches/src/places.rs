//! Where things are: the project, what was built for the comparison, and where results go.

use std::env;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The root of the project.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
    /// What `benches/run` built: peers, the SDK's programs in C and C++, the Python environment.
    pub(crate) built: PathBuf,
    /// Where our own programs lie, beside this one.
    pub(crate) own: PathBuf,
}

impl Places {
    pub(crate) fn find() -> Places {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let root = root.canonicalize().unwrap_or(root);
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let own = env::current_exe()
            .ok()
            .and_then(|me| Some(me.parent()?.to_owned()));
        Places {
            built: target.join("bench"),
            own: own.unwrap_or_else(|| target.join("release")),
            root,
            target,
        }
    }

    pub(crate) fn library(&self) -> PathBuf {
        self.target.join("capi/libzoom_s2s.so")
    }

    pub(crate) fn python(&self) -> PathBuf {
        self.built.join("venv/bin/python")
    }

    pub(crate) fn load(&self) -> PathBuf {
        self.own.join("bench-load")
    }
}
