//! The files that variables and options name.

use std::io;
use std::path::{Path, PathBuf};

use super::environment::{Variables, is_root};
use super::finding::{Finding, fine, note, wrong};
use super::settings_file::{self, Fault, HIDDEN, LARGEST, barrier, shown};
use super::values;
use crate::args::ConnectArgs;
use crate::credentials::wanted;
use crate::exit::Exit;
use crate::quoted::quoted;

/// More than any password, for the SDK too.
const LARGEST_PASSWORD: u64 = 4096;

pub(super) fn examine(variables: &Variables, args: &ConnectArgs, now: i64) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut good = Vec::new();
    for (name, role) in wanted(args.legacy_jwt) {
        // The variable itself goes before its file.
        let file = format!("{name}_FILE");
        let Some(path) = variables.text(&file).filter(|_| !variables.is_set(name)) else {
            continue;
        };
        let secret = Named {
            name: &file,
            path: path.trim().into(),
            again: "at each token request",
        };
        let cure =
            format!("Point {file} to a readable file that holds the {role} alone, or set {name}.");
        match secret.text(LARGEST, &cure) {
            Ok(text) => {
                found.extend(values::examine(&file, role, &text, now));
                found.extend(secret.public());
                good.push(file.clone());
            }
            Err(finding) => found.push(finding),
        }
    }
    authorities(variables, args, &mut found, &mut good);
    if let Some(path) = password_file(variables, args) {
        let secret = Named {
            name: "password_file of the token store",
            path,
            again: "at each connection",
        };
        let cure = "Point password_file to a readable file that holds the password alone.";
        match secret.text(LARGEST_PASSWORD, cure) {
            Ok(text) if text.trim().is_empty() => found.push(wrong(
                Exit::Config,
                format!("the {} is empty", secret.name),
                "Write the password of the Redis server into it.",
            )),
            Ok(_) => {
                found.extend(secret.public());
                good.push(secret.name.to_owned());
            }
            Err(finding) => found.push(finding),
        }
    }
    if !found.iter().any(Finding::is_wrong) {
        let what = match good.as_slice() {
            [] => "no variable names a file".to_owned(),
            // Who may read everything learns nothing of what a service may read.
            good if is_root() => format!("what {} names can be read by root", good.join(", ")),
            good => format!("what {} names can be read", good.join(", ")),
        };
        found.insert(0, fine(what));
    }
    found
}

/// A file that a setting names.
struct Named<'a> {
    name: &'a str,
    path: PathBuf,
    /// When it is read again.
    again: &'static str,
}

impl Named<'_> {
    fn shown(&self) -> String {
        match shown(&self.path).as_str() {
            HIDDEN => format!("{} {HIDDEN}", self.name),
            path => format!("{}, {path}", self.name),
        }
    }

    fn is_hidden(&self) -> bool {
        shown(&self.path) == HIDDEN
    }

    /// The content, or what is wrong with a `cure` for what has none of its own.
    fn read(&self, largest: u64, cure: &str) -> Result<Vec<u8>, Finding> {
        settings_file::read(&self.path, largest).map_err(|fault| {
            let own = match &fault {
                _ if self.is_hidden() => None,
                Fault::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    Some(permit(&self.path))
                }
                fault => fault.cure(self.name, &self.path, self.again),
            };
            wrong(
                Exit::Config,
                format!("{}, cannot be read: {}", self.shown(), fault.why()),
                own.unwrap_or_else(|| cure.to_owned()),
            )
        })
    }

    fn text(&self, largest: u64, cure: &str) -> Result<String, Finding> {
        String::from_utf8(self.read(largest, cure)?).map_err(|_| {
            let what = format!("{}, cannot be read: it is not text", self.shown());
            wrong(Exit::Config, what, cure)
        })
    }

    /// A note if others on this machine may read or change what should be this user's alone.
    #[cfg(unix)]
    fn public(&self) -> Option<Finding> {
        use std::os::unix::fs::PermissionsExt;
        let about = std::fs::metadata(&self.path).ok()?;
        let may = match about.permissions().mode() & 0o006 {
            0 => return None,
            0o004 => "read",
            _ => "read or change",
        };
        Some(note(
            format!(
                "everybody on this machine may {may} the file of {}",
                self.shown()
            ),
            format!("Take the right from them: chmod o-rwx {}", word(&self.path)),
        ))
    }

    /// Access lists are the administrator's here.
    #[cfg(not(unix))]
    fn public(&self) -> Option<Finding> {
        None
    }
}

/// The path as one word of a shell.
fn word(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// What to do about a file that this user may not read.
fn permit(path: &Path) -> String {
    match barrier(path) {
        Some(folder) => format!(
            "Let this user enter the folder {0}: chown or chgrp, and chmod u+x or g+x {0}",
            word(&folder)
        ),
        None => format!(
            "Let this user read it: chown or chgrp, and chmod u+r or g+r {}",
            word(path)
        ),
    }
}

/// The file of certificate authorities, and whether there must be one.
fn authorities(
    variables: &Variables,
    args: &ConnectArgs,
    found: &mut Vec<Finding>,
    good: &mut Vec<String>,
) {
    let (name, path) = match &args.ca_file {
        Some(path) => ("--ca-file", path.clone()),
        None => match variables.text("ZOOM_S2S_CA_FILE") {
            Some(path) => ("ZOOM_S2S_CA_FILE", path.trim().into()),
            None => {
                let only = variables.text("ZOOM_S2S_CA_ONLY");
                if only.is_some_and(|only| only.trim() == "1") {
                    found.push(wrong(
                        Exit::Config,
                        "ZOOM_S2S_CA_ONLY is set without a CA file: nobody would be trusted",
                        "Name a PEM file in ZOOM_S2S_CA_FILE too, or unset ZOOM_S2S_CA_ONLY.",
                    ));
                }
                return;
            }
        },
    };
    let file = Named {
        name,
        path,
        again: "by each client",
    };
    let cure =
        format!("Point {name} to a readable PEM file: it begins with -----BEGIN CERTIFICATE-----.");
    match file.read(LARGEST, &cure) {
        Err(finding) => found.push(finding),
        Ok(bytes) => match lack(&bytes) {
            None => good.push(name.to_owned()),
            Some(why) => {
                let mut cure = cure;
                if why == DER {
                    let mut pem = file.path.clone().into_os_string();
                    pem.push(".pem");
                    cure.push_str(&format!(
                        "\nA DER file becomes one with openssl x509 -inform der -in {} -out {}",
                        word(&file.path),
                        word(Path::new(&pem))
                    ));
                }
                let what = format!("{}: {why}", file.shown());
                found.push(wrong(Exit::Config, what, cure));
            }
        },
    }
}

const DER: &str = "it is a DER file, not PEM";

/// What it holds in the place of certificates.
fn lack(bytes: &[u8]) -> Option<&'static str> {
    let has = |words: &[u8]| bytes.windows(words.len()).any(|part| part == words);
    if has(b"-----BEGIN CERTIFICATE-----") || has(b"-----BEGIN TRUSTED CERTIFICATE-----") {
        return None;
    }
    Some(match bytes {
        [] => "it holds no certificate: it is empty",
        // How every certificate begins before it is written as text.
        [0x30, 0x82, ..] => DER,
        _ if has(b"PRIVATE KEY-----") => "it holds a private key, and no certificate",
        _ => "it holds no certificate",
    })
}

/// The file of the store's password, if its URL names one. The SDK reads the URL; this looks for no
/// more than that option.
fn password_file(variables: &Variables, args: &ConnectArgs) -> Option<PathBuf> {
    let url = args.token_store.clone();
    let url = url.or_else(|| variables.text("ZOOM_S2S_TOKEN_STORE"))?;
    let (_, query) = url.trim().split_once('?')?;
    let path = query
        .split('&')
        .find_map(|option| option.strip_prefix("password_file="))?;
    Some(
        percent_encoding::percent_decode_str(path)
            .decode_utf8_lossy()
            .into_owned()
            .into(),
    )
}
