//! The files that variables and options name.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::environment::{Variables, credentials};
use super::finding::{Finding, fine, note, wrong};
use super::values;
use crate::args::ConnectArgs;
use crate::exit::Exit;

/// Larger than any of them.
const LARGEST: u64 = 1 << 20;

pub(super) fn examine(variables: &Variables, args: &ConnectArgs, now: i64) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut good = Vec::new();
    for (name, role) in credentials(args.legacy_jwt) {
        // The variable itself goes before its file.
        let file = format!("{name}_FILE");
        let Some(path) = variables.text(&file).filter(|_| !variables.is_set(name)) else {
            continue;
        };
        let secret = Secret {
            name: &file,
            path: path.trim().into(),
        };
        let cure =
            format!("Point {file} to a readable file that holds the {role} alone, or set {name}.");
        match secret.read(&cure) {
            Ok((text, about)) => {
                found.extend(values::examine(&file, role, &text, now));
                found.extend(secret.public(&about));
                good.push(file.clone());
            }
            Err(finding) => found.push(finding),
        }
    }
    authorities(variables, args, &mut found, &mut good);
    if let Some(path) = password_file(variables, args) {
        let name = "password_file of the token store";
        let secret = Secret { name, path };
        match secret.read("Point password_file to a readable file that holds the password alone.") {
            Ok((text, _)) if text.trim().is_empty() => found.push(wrong(
                Exit::Config,
                format!("the {name} is empty"),
                "Write the password of the Redis server into it.",
            )),
            Ok((_, about)) => {
                found.extend(secret.public(&about));
                good.push(name.to_owned());
            }
            Err(finding) => found.push(finding),
        }
    }
    if !found.iter().any(Finding::is_wrong) {
        let what = match good.as_slice() {
            [] => "no variable names a file".to_owned(),
            good => format!("what {} names can be read", good.join(", ")),
        };
        found.insert(0, fine(what));
    }
    found
}

/// A file that nobody else should read.
struct Secret<'a> {
    name: &'a str,
    path: PathBuf,
}

impl Secret<'_> {
    /// What looks like no path may be the secret itself, in the wrong place.
    fn shown(&self) -> String {
        if self.path.components().count() < 2 && !self.path.exists() {
            format!("{}, which holds no path", self.name)
        } else {
            format!("{}, {}", self.name, self.path.display())
        }
    }

    fn read(&self, cure: &str) -> Result<(String, Metadata), Finding> {
        let failed = |why: String| {
            wrong(
                Exit::Config,
                format!("{}, cannot be read: {why}", self.shown()),
                cure,
            )
        };
        let about = fs::metadata(&self.path).map_err(|error| failed(error.to_string()))?;
        if about.is_dir() {
            return Err(failed("it is a directory".to_owned()));
        }
        // A pipe could be waited for forever, and be empty for the next who reads it.
        if !about.is_file() || about.len() > LARGEST {
            return Err(failed("it is no file of a few bytes".to_owned()));
        }
        let text = fs::read_to_string(&self.path).map_err(|error| {
            let mut finding = failed(error.to_string());
            if error.kind() == io::ErrorKind::PermissionDenied {
                finding.cure = format!(
                    "Let this user read it: chown or chgrp, and chmod u+r or g+r {}",
                    self.path.display()
                );
            }
            finding
        })?;
        Ok((text, about))
    }

    #[cfg(unix)]
    fn public(&self, about: &Metadata) -> Option<Finding> {
        use std::os::unix::fs::PermissionsExt;
        let everybody = about.permissions().mode() & 0o007;
        (everybody != 0).then(|| {
            note(
                format!(
                    "everybody on this machine may read the file of {}",
                    self.shown()
                ),
                format!(
                    "Take the right from them: chmod o-rwx {}",
                    self.path.display()
                ),
            )
        })
    }

    /// Access lists are the administrator's here.
    #[cfg(not(unix))]
    fn public(&self, _: &Metadata) -> Option<Finding> {
        None
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
    match certificates(&path) {
        Ok(()) => good.push(name.to_owned()),
        Err(why) => found.push(wrong(
            Exit::Config,
            format!("{name}, {}: {why}", path.display()),
            format!(
                "Point {name} to a readable PEM file: it begins with -----BEGIN CERTIFICATE-----. A DER file becomes one with openssl x509 -inform der -in FILE -out FILE.pem"
            ),
        )),
    }
}

/// Whether there are certificates in the file.
fn certificates(path: &Path) -> Result<(), String> {
    let about = fs::metadata(path).map_err(|error| error.to_string())?;
    if about.is_dir() {
        return Err("it is a directory".to_owned());
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let has = |words: &[u8]| bytes.windows(words.len()).any(|part| part == words);
    if has(b"-----BEGIN CERTIFICATE-----") || has(b"-----BEGIN TRUSTED CERTIFICATE-----") {
        return Ok(());
    }
    Err(match bytes.as_slice() {
        [] => "it holds no certificate: it is empty",
        // How every certificate begins before it is written as text.
        [0x30, 0x82, ..] => "it is a DER file, not PEM",
        _ if has(b"PRIVATE KEY-----") => "it holds a private key, and no certificate",
        _ => "it holds no certificate",
    }
    .to_owned())
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
