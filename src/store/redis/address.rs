//! What a URL of a Redis store says.

use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::secret::Secret;
use crate::settings_file;
use crate::store::url::Options;
use crate::store::{StoreError, shown};
use crate::transport::Place;

const PORT: u16 = 6379;
/// More than any password; a file that is larger is another file.
const MAX_PASSWORD: u64 = 4096;

const DEFAULT_PREFIX: &str = "zoom-s2s";

pub(super) struct Address {
    pub(super) place: Place,
    /// What logs call it: without user and password.
    pub(super) name: String,
    pub(super) user: Option<String>,
    password: Password,
    pub(super) db: u16,
    pub(super) prefix: String,
}

enum Password {
    None,
    Given(Secret),
    File(PathBuf),
}

impl Address {
    /// Reads `place`, which stands behind `scheme` and its colon, and the options of a Redis store.
    pub(super) fn parse(scheme: &str, place: &str, options: &mut Options) -> Result<Address> {
        let (place, mut address) = match scheme {
            "redis" | "rediss" => network(scheme == "rediss", place, options)?,
            _ if !cfg!(unix) => {
                return Err(options.refuse(
                    "names a Unix socket, which this library does not use on this system",
                    "Write redis://host:6379.",
                ));
            }
            _ => (socket(place, options)?, Parts::default()),
        };
        if let Some(user) = options.take("user") {
            if address.user.is_some() {
                return Err(options.refuse_option(
                    "user",
                    "is given beside a user in front of the host",
                    "Give the user once.",
                ));
            }
            address.user = Some(user);
        }
        if let Some(db) = options.take("db") {
            if address.db.is_some() {
                return Err(options.refuse_option(
                    "db",
                    "is given beside a number behind the host",
                    "Give the database once.",
                ));
            }
            address.db = Some(database(&db, options)?);
        }
        let password = password(address.password, options)?;
        if address.user.is_some() && matches!(password, Password::None) {
            return Err(options.refuse(
                "names a user without a password",
                "Write redis://user:password@host, or add ?password_file=PATH.",
            ));
        }
        let prefix = options
            .take("prefix")
            .unwrap_or_else(|| DEFAULT_PREFIX.into());
        if !is_prefix(&prefix) {
            return Err(options.refuse_option(
                "prefix",
                "is not 1 to 100 letters, digits and -_.:/",
                "Keys begin with it: PREFIX:{…}:token.",
            ));
        }
        let db = address.db.unwrap_or(0);
        let mut name = match &place {
            Place::Tcp { host, port, .. } if host.contains(':') => {
                format!("{scheme}://[{host}]:{port}/{db}")
            }
            Place::Tcp { host, port, .. } => format!("{scheme}://{host}:{port}/{db}"),
            Place::Unix(socket) if db > 0 => format!("unix:{}?db={db}", shown(socket.path())),
            Place::Unix(socket) => format!("unix:{}", shown(socket.path())),
        };
        // Two stores with one name would be taken for the same.
        if prefix != DEFAULT_PREFIX {
            let sign = if name.contains('?') { '&' } else { '?' };
            name.push_str(&format!("{sign}prefix={prefix}"));
        }
        Ok(Address {
            place,
            name,
            user: address.user,
            password,
            db,
            prefix,
        })
    }

    /// The password as it is now.
    pub(super) fn password(&self) -> std::result::Result<Option<Secret>, StoreError> {
        match &self.password {
            Password::None => Ok(None),
            Password::Given(secret) => Ok(Some(secret.clone())),
            Password::File(path) => match read_password(path) {
                Ok(secret) => Ok(Some(secret)),
                Err(why) => Err(StoreError::new(format!(
                    "the password file {}: {why}",
                    shown(path)
                ))
                .with_hint("It is read at each new connection: keep it in place and readable.")),
            },
        }
    }
}

#[derive(Default)]
struct Parts {
    user: Option<String>,
    password: Option<Secret>,
    db: Option<u16>,
}

/// `//[user[:password]@]host[:port][/db]`
fn network(tls: bool, place: &str, options: &Options) -> Result<(Place, Parts)> {
    let example = "Write redis://host:6379 or redis://user:password@host:6379/0. In user and password write : / ? # @ % as %3A %2F %3F %23 %40 %25.";
    let refuse = |why: &str| options.refuse(why, example);
    let rest = place
        .strip_prefix("//")
        .ok_or_else(|| refuse("has no // behind its scheme"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut parts = Parts::default();
    let (login, host_port) = match authority.rsplit_once('@') {
        Some((login, host_port)) => (Some(login), host_port),
        None => (None, authority),
    };
    if let Some(login) = login {
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (login, None),
        };
        let user = options.decode(user)?;
        parts.user = Some(user).filter(|user| !user.is_empty());
        if let Some(password) = password.filter(|password| !password.is_empty()) {
            parts.password = Some(Secret::new(options.decode(password)?));
        }
    }
    let (host, port) =
        split_port(host_port).ok_or_else(|| refuse("has no usable host and port"))?;
    if !path.is_empty() {
        parts.db = Some(database(path, options)?);
    }
    Ok((Place::Tcp { host, port, tls }, parts))
}

/// `/path`, `///path`
fn socket(place: &str, options: &Options) -> Result<Place> {
    let refuse = |why: &str| options.refuse(why, "Write unix:/path/of/redis.sock.");
    let path = place.strip_prefix("//").unwrap_or(place);
    if !path.starts_with('/') {
        return Err(refuse("names no absolute path of a socket"));
    }
    let path = options.decode(path)?;
    #[cfg(unix)]
    if std::os::unix::net::SocketAddr::from_pathname(&path).is_err() {
        return Err(refuse("names a path that is too long for a socket"));
    }
    Ok(Place::unix(PathBuf::from(path)))
}

/// Host without brackets, and port.
fn split_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            let port = match port {
                "" => None,
                port => Some(port.strip_prefix(':')?),
            };
            (host, port)
        }
        None => {
            let (host, port) = match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            };
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
            if host.is_empty() || host.len() > 253 || !host.bytes().all(plain) {
                return None;
            }
            (host, port)
        }
    };
    let port = match port {
        None => PORT,
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => port.parse().ok()?,
        Some(_) => return None,
    };
    (port > 0).then(|| (host.to_ascii_lowercase(), port))
}

fn database(text: &str, options: &Options) -> Result<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| {
        options.refuse(
            "names a database that is not a number",
            "Write redis://host:6379/0. A / in the password is written %2F.",
        )
    })
}

fn password(given: Option<Secret>, options: &mut Options) -> Result<Password> {
    let Some(path) = options.take("password_file") else {
        return Ok(given.map_or(Password::None, Password::Given));
    };
    if given.is_some() {
        return Err(options.refuse_option(
            "password_file",
            "is given beside a password",
            "Keep one of them; the file can be changed while programs run.",
        ));
    }
    let path = PathBuf::from(path);
    let given = settings_file::shown(&path);
    // The program may change its directory later.
    let path = std::path::absolute(&path).unwrap_or(path);
    // What is no path has become one by now.
    let told = match given.as_str() {
        settings_file::HIDDEN => given,
        _ => shown(&path),
    };
    match read_password(&path) {
        Ok(_) => Ok(Password::File(path)),
        Err(why) => Err(options.refuse_option(
            "password_file",
            &format!("names {told}: {why}"),
            "Point it to a readable file that holds the password alone.",
        )),
    }
}

/// The content of a password file, or why it cannot be used.
fn read_password(path: &Path) -> std::result::Result<Secret, String> {
    let bytes = settings_file::read(path, MAX_PASSWORD).map_err(|fault| fault.why())?;
    let bytes = zeroize::Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(Secret::new(text.to_owned()))
}

fn is_prefix(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:/".contains(&b);
    (1..=100).contains(&text.len()) && text.bytes().all(plain)
}
