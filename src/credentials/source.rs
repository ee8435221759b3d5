//! Where a credential comes from.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{Details, Error, Result};
use crate::secret::Secret;
use crate::settings_file::{self, Fault, HIDDEN, shown};

/// Where one credential comes from: a value in memory, or a file.
///
/// A file is read again at every token request, and once more after the endpoint refused the
/// secret, so that a rotated secret needs no restart.
#[derive(Clone)]
pub struct CredentialSource {
    place: Place,
    // What errors call it: the variable or the argument, never the value.
    name: Cow<'static, str>,
}

#[derive(Clone)]
enum Place {
    Value(Secret),
    File(PathBuf),
}

impl CredentialSource {
    /// A credential kept in the file at `path`, such as a mounted Kubernetes or Docker secret.
    ///
    /// It is read again and again, and so a pipe or a device is refused, as is more than 1 MiB.
    pub fn file(path: impl AsRef<Path>) -> CredentialSource {
        CredentialSource {
            place: Place::File(path.as_ref().to_owned()),
            name: Cow::Borrowed(""),
        }
    }

    /// The value under the variable `name`, else the file named by the variable `name` + `_FILE`;
    /// `None` if neither is set. An empty variable counts as not set.
    ///
    /// # Errors
    /// [`Error::Config`] if the variable is not UTF-8.
    pub fn from_env(name: &'static str) -> Result<Option<CredentialSource>> {
        let file_name = format!("{name}_FILE");
        let read = |name: &str| match std::env::var(name) {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::Config(
                Details::new(format!("{name} is not UTF-8")).with_hint("Set it anew."),
            )),
        };
        if let Some(value) = read(name)? {
            return Ok(Some(CredentialSource {
                place: Place::Value(Secret::new(value)),
                name: Cow::Borrowed(name),
            }));
        }
        if let Some(path) = read(&file_name)? {
            let place = Place::File(PathBuf::from(path.trim()));
            return Ok(Some(CredentialSource {
                place,
                name: Cow::Owned(file_name),
            }));
        }
        Ok(None)
    }

    pub(super) fn named(mut self, name: &'static str) -> CredentialSource {
        if self.name.is_empty() {
            self.name = Cow::Borrowed(name);
        }
        self
    }

    /// What a person looks at to correct it: a variable, a file, or an argument.
    pub(crate) fn name(&self) -> String {
        match &self.place {
            Place::Value(_) => self.name.to_string(),
            Place::File(path) => match shown(path) {
                hidden if hidden == HIDDEN => format!("{} {hidden}", self.name),
                shown => format!("{} ({shown})", self.name),
            },
        }
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// What tells this source from another one: its value, or the file's path.
    pub(crate) fn identity(&self) -> (&'static str, Cow<'_, str>) {
        match &self.place {
            Place::Value(value) => ("value", Cow::Borrowed(value.expose().trim())),
            Place::File(path) => ("file", path.to_string_lossy()),
        }
    }

    /// The value without blanks around it.
    pub(crate) fn read(&self) -> Result<Secret> {
        let text = match &self.place {
            Place::Value(value) => value.clone(),
            Place::File(path) => {
                let bytes = settings_file::read(path, settings_file::LARGEST)
                    .map_err(|fault| self.unreadable(path, &fault))?;
                let text = String::from_utf8(bytes).map_err(|error| {
                    drop(Zeroizing::new(error.into_bytes()));
                    self.unusable("it is not text")
                })?;
                Secret::new(text)
            }
        };
        // Editors on Windows put a byte order mark first.
        let value = text.expose().trim_start_matches('\u{feff}').trim();
        if value.is_empty() {
            return Err(self.unusable("it is empty"));
        }
        if value.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(self.unusable("it holds blanks or control characters inside"));
        }
        Ok(Secret::new(value.to_owned()))
    }

    fn unusable(&self, why: &str) -> Error {
        let hint = match &self.place {
            Place::Value(_) => "Copy the value anew from the app's credentials page.".to_owned(),
            Place::File(path) => format!(
                "Copy the value anew from the app's credentials page into {}, as plain text.",
                shown(path)
            ),
        };
        self.refused(why, hint)
    }

    fn unreadable(&self, path: &Path, fault: &Fault) -> Error {
        let (name, file) = (&self.name, shown(path));
        let is_missing =
            matches!(fault, Fault::Io(error) if error.kind() == io::ErrorKind::NotFound);
        let hint = if file == HIDDEN {
            let value = match name.strip_suffix("_FILE") {
                Some(variable) => format!(" The value itself belongs in {variable}."),
                None => String::new(),
            };
            format!("Point {name} to a file that holds the value alone, with its folder.{value}")
        } else if let Some(cure) = fault.cure(name, path, "at each token request") {
            cure
        } else if is_missing {
            format!(
                "Create {file} with the value alone in it, or point {name} to the file that has it."
            )
        } else {
            format!("Point {name} to a readable file that holds the value alone.")
        };
        self.refused(&fault.why(), hint)
    }

    fn refused(&self, why: &str, hint: String) -> Error {
        let message = format!("{} cannot be used: {why}", self.name());
        Error::Config(Details::new(message).with_hint(hint))
    }
}

impl From<String> for CredentialSource {
    fn from(value: String) -> CredentialSource {
        CredentialSource {
            place: Place::Value(Secret::new(value)),
            name: Cow::Borrowed(""),
        }
    }
}

impl From<&str> for CredentialSource {
    fn from(value: &str) -> CredentialSource {
        CredentialSource::from(value.to_owned())
    }
}

impl From<&String> for CredentialSource {
    fn from(value: &String) -> CredentialSource {
        CredentialSource::from(value.clone())
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CredentialSource({})",
            if self.is_file() { "file" } else { "value" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_trimmed_and_refused_inside() {
        let read = |text: &str| CredentialSource::from(text).named("client_secret").read();
        assert_eq!(read(" abc\n").unwrap().expose(), "abc");
        for text in ["", "  ", "a b", "a\tb", "a\u{0}b"] {
            let error = read(text).expect_err(text);
            assert!(matches!(error, Error::Config(_)));
            assert!(error.message().contains("client_secret"), "{error}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = CredentialSource::file("/nonexistent/secret")
            .named("client_secret")
            .read()
            .unwrap_err();
        assert!(
            error
                .message()
                .contains("client_secret (/nonexistent/secret)"),
            "{error}"
        );
    }

    #[test]
    fn the_cure_is_that_of_the_fault() {
        let folder = format!("zoom-s2s-sources-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let missing = folder.join("missing");
        for (path, why, cures) in [
            (&missing, "", ["Create ", "missing", "point X_FILE to"]),
            (&folder, "", ["Point X_FILE to", "readable file", "alone"]),
            (
                &file("empty", b" \n"),
                "it is empty",
                ["credentials page", "into", "empty"],
            ),
            (
                &file("utf16", b"\xff\xfea\0"),
                "it is not text",
                ["credentials page", "into", "utf16"],
            ),
            // This may be the secret itself.
            (
                &PathBuf::from("hunter22"),
                "",
                ["Point X_FILE to", "with its folder", "belongs in X."],
            ),
        ] {
            let error = CredentialSource::file(path)
                .named("X_FILE")
                .read()
                .unwrap_err();
            assert!(error.message().starts_with("X_FILE ("), "{error}");
            assert!(error.message().contains(why), "{error}");
            for cure in cures {
                assert!(error.hint().contains(cure), "{cure:?} in {error}");
            }
            assert!(!error.to_string().contains("hunter22"), "{error}");
            let anew = error.hint().contains("Copy the value anew");
            assert_eq!(anew, !why.is_empty(), "{error}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
        // Whoever runs as root may read everything, so this is made up.
        let source = CredentialSource::file("/x/secret").named("X_FILE");
        let denied = Fault::Io(io::ErrorKind::PermissionDenied.into());
        let error = source.unreadable(Path::new("/x/secret"), &denied);
        let cure = "right to read /x/secret, or point X_FILE to";
        assert!(error.hint().contains(cure), "{error}");
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(
            format!("{:?}", CredentialSource::from("hunter22")),
            "CredentialSource(value)"
        );
    }
}
