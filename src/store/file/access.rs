//! Who may use the token file: the options `mode` and `group`.

use std::fs::File;
use std::path::Path;

use crate::error::Result;
use crate::store::StoreError;
use crate::store::url::Options;

/// What our files take after: the token file that is there, or the directory.
#[derive(Clone, Copy)]
#[cfg_attr(not(unix), expect(dead_code))]
pub(super) struct Model {
    pub(super) user: u32,
    pub(super) group: u32,
    /// The token file's; a directory's says nothing about files.
    pub(super) mode: Option<u32>,
}

/// Mode and group that our files get. Windows has neither: there the directory's rights are inherited.
pub(super) struct Access {
    /// `None` if the setting leaves it to the token file that is there.
    mode: Option<u32>,
    group: Option<Group>,
}

struct Group {
    #[cfg_attr(not(unix), expect(dead_code))]
    number: u32,
    name: String,
}

impl Access {
    pub(super) fn parse(options: &mut Options) -> Result<Access> {
        let (mode, group) = (options.take("mode"), options.take("group"));
        if !cfg!(unix) && (mode.is_some() || group.is_some()) {
            return Err(options.refuse(
                "gives a mode or a group, which this system does not know",
                "Leave them out and set the rights of the directory.",
            ));
        }
        let mode = match mode.as_deref() {
            None => None,
            Some("0600" | "600") => Some(0o600),
            Some("0640" | "640") => Some(0o640),
            Some("0660" | "660") => Some(0o660),
            Some(_) => {
                return Err(options.refuse_option(
                    "mode",
                    "is none of 0600, 0640 and 0660",
                    "Whoever can read the token can use it, so nobody but its owner and one group may.",
                ));
            }
        };
        let group = match group {
            None => None,
            Some(_) if matches!(mode, None | Some(0o600)) => {
                return Err(options.refuse_option(
                    "group",
                    "has no effect without a mode that lets a group in",
                    "Add mode=0640, or mode=0660.",
                ));
            }
            Some(name) => Some(Group {
                number: find_group(&name, options)?,
                name,
            }),
        };
        Ok(Access { mode, group })
    }

    /// The mode of the token file: without a setting, the group of the one that is there stays let in.
    fn mode(&self, model: Option<Model>) -> u32 {
        let kept = || match model.and_then(|model| model.mode).unwrap_or(0) & 0o060 {
            0o060 => 0o660,
            0o040 => 0o640,
            _ => 0o600,
        };
        self.mode.unwrap_or_else(kept)
    }

    /// Gives a lock file its rights. Who may only read the token never renews it, and could keep all
    /// others from renewing if it could take the locks.
    pub(super) fn dress_lock(
        &self,
        file: &File,
        path: &Path,
        model: Option<Model>,
    ) -> Result<(), StoreError> {
        let mode = match self.mode(model) {
            0o660 => 0o660,
            _ => 0o600,
        };
        self.dress(file, path, mode, model)
    }

    /// Lets the group at a lock file whose maker was killed half-way, or had no group. Only its owner
    /// can; whether we may use it shows anyway.
    pub(super) fn mend_lock(&self, file: &File, path: &Path) {
        if self.mode == Some(0o660) {
            let _ = self.dress(file, path, 0o660, None);
        }
    }

    /// Gives the next token file its rights, and the owner of the old one where we may.
    pub(super) fn dress_token(
        &self,
        file: &File,
        path: &Path,
        model: Option<Model>,
    ) -> Result<(), StoreError> {
        self.dress(file, path, self.mode(model), model)
    }

    #[cfg(unix)]
    fn dress(
        &self,
        file: &File,
        path: &Path,
        mode: u32,
        model: Option<Model>,
    ) -> Result<(), StoreError> {
        use std::fs::Permissions;
        use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

        use super::place::explain;
        use crate::store::shown;

        let entry = || {
            file.metadata()
                .map_err(|error| explain("opening", path, &error))
        };
        let mut mode = mode;
        if let Some(model) = model
            && self.group.is_none()
            && model.group != entry()?.gid()
            && fchown(file, None, Some(model.group)).is_err()
            && self.mode.is_none()
        {
            // Nobody asked for a group, least of all for another one.
            mode = 0o600;
        }
        if let Some(group) = &self.group
            && mode != 0o600
            && group.number != entry()?.gid()
        {
            fchown(file, None, Some(group.number)).map_err(|error| {
                StoreError::new(format!(
                    "giving {} to the group {} failed: {error}",
                    shown(path),
                    shown(Path::new(&group.name))
                ))
                .with_hint("Only root and members of the group can: add this user to it.")
            })?;
        }
        // After the group: chown may clear bits, and until then the file is its owner's alone. Before
        // the owner: only the owner may set it, unless it is root.
        let is = entry()?;
        if is.mode() & 0o7777 != mode {
            file.set_permissions(Permissions::from_mode(mode))
                .map_err(|error| explain("setting the mode of", path, &error))?;
        }
        if let Some(model) = model
            && model.user != is.uid()
        {
            // Kept where that is allowed.
            let _ = fchown(file, Some(model.user), None);
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn dress(&self, _: &File, _: &Path, _: u32, _: Option<Model>) -> Result<(), StoreError> {
        let _ = self.group.as_ref().map(|group| &group.name);
        Ok(())
    }
}

#[cfg(unix)]
fn find_group(name: &str, options: &Options) -> Result<u32> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    match nix::unistd::Group::from_name(name) {
        Ok(Some(group)) => Ok(group.gid.as_raw()),
        Ok(None) => Err(options.refuse_option(
            "group",
            "is not known on this host",
            "Create the group, or give its name as `getent group` shows it.",
        )),
        Err(error) => Err(options.refuse_option(
            "group",
            &format!("could not be looked up: {error}"),
            "Give its number.",
        )),
    }
}

#[cfg(not(unix))]
fn find_group(_: &str, options: &Options) -> Result<u32> {
    Err(options.refuse_option("group", "is not known on this system", "Leave it out."))
}
