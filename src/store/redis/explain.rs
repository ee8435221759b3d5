//! What a Redis server's refusals and silences mean, and what to do about them.

use std::io::{self, ErrorKind};
use std::time::Duration;

use super::resp::{Foreign, Trouble};
use crate::error::{Details, Error};
use crate::secret::{Secret, quote};
use crate::store::StoreError;
use crate::transport::{complaint, tls_words};

/// The commands of a token store, as an access rule of Redis names them.
const RULE: &str = "+get +set +del +time +eval +select";

/// A failed TLS handshake with `host`.
pub(super) fn handshake(host: &str, failure: &io::Error) -> Error {
    let Some(cause) = complaint(failure) else {
        return match failure.kind() {
            ErrorKind::TimedOut => Error::Timeout(Details::new(format!("{host} did not finish the TLS handshake in time"))),
            _ => Error::Tls(
                Details::new(format!("the connection to {host} broke during the TLS handshake: {failure}"))
                    .with_hint("Check that the port speaks TLS (tls-port in redis.conf) and asks for no client certificate (tls-auth-clients no)."),
            ),
        };
    };
    let (what, cure) = tls_trouble(cause);
    Error::Tls(Details::new(format!("TLS with {host} failed: {what}")).with_hint(cure))
}

fn tls_trouble(cause: &rustls::Error) -> (String, &'static str) {
    let cure = match cause {
        rustls::Error::InvalidMessage(_) => {
            "If the server speaks no TLS there, write redis://; otherwise name its TLS port."
        }
        rustls::Error::InvalidCertificate(_) => {
            "Name the server as its certificate does. If its CA is your own, name that CA's certificate (PEM) in ZOOM_S2S_CA_FILE."
        }
        _ => {
            "The server must speak TLS 1.2 or 1.3 and ask for no client certificate (tls-auth-clients no)."
        }
    };
    (tls_words(cause).0, cure)
}

/// No connection was made.
pub(super) fn unreachable(error: &Error) -> StoreError {
    let message = error.message().to_owned();
    match error {
        Error::Tls(_) => StoreError::new(message).with_hint(error.hint().to_owned()),
        Error::Cancelled(_) => StoreError::new(message),
        _ => StoreError::new(message).with_hint(
            "Check the host, port or socket in the store's URL, that Redis runs there, and that it may be reached from this machine (bind in redis.conf, firewalls).",
        ),
    }
}

/// The connection broke, or what came is no answer. `patience` is how long was waited at most.
pub(super) fn trouble(trouble: &Trouble, patience: Duration) -> StoreError {
    match trouble {
        Trouble::Lost(error) => lost(error, patience),
        Trouble::Foreign(Foreign::Http) => StoreError::new("the answer is HTTP, not the Redis protocol")
            .with_hint("Another server listens on that port: check the port in the store's URL."),
        Trouble::Foreign(Foreign::Tls) => StoreError::new("the server expects TLS").with_hint("Write rediss:// instead of redis://."),
        Trouble::Foreign(Foreign::TooLarge) => StoreError::new("the answer is larger than any that a token store gets")
            .with_hint("Check that the port in the store's URL is that of Redis, and that nobody else uses the keys of its prefix."),
        Trouble::Foreign(Foreign::Garbage) => StoreError::new("the answer is not of the Redis protocol")
            .with_hint("Another server listens on that port, or it speaks TLS there (rediss://): check the store's URL."),
    }
}

fn lost(error: &io::Error, patience: Duration) -> StoreError {
    // With TLS 1.3 a server can refuse the client after the handshake.
    if let Some((what, cure)) = complaint(error).map(tls_trouble) {
        return StoreError::new(format!("TLS failed: {what}")).with_hint(cure);
    }
    match error.kind() {
        ErrorKind::TimedOut => StoreError::new(format!("the server did not answer within {} ms", patience.as_millis()))
            .with_hint("It may be stopped or overloaded, or the port may be that of another service (rediss:// if it speaks TLS)."),
        ErrorKind::ConnectionAborted => StoreError::new("the call was cancelled"),
        ErrorKind::UnexpectedEof => StoreError::new("the server closed the connection without an answer")
            .with_hint("It may be restarting or out of connections (maxclients); if its port speaks TLS, write rediss://."),
        _ => StoreError::new(format!("the connection broke: {error}"))
            .with_hint("The server may have been restarted, or a firewall cuts connections to it."),
    }
}

/// An answer of the protocol, but to another question.
pub(super) fn unexpected() -> StoreError {
    StoreError::new("the server's answer does not fit the question")
        .with_hint("Check that the port in the store's URL is that of Redis or Valkey.")
}

/// An error that the server gave as its answer.
pub(super) fn refusal(text: &str, prefix: &str, password: Option<&Secret>) -> StoreError {
    // Some servers go on with the arguments they were sent, the password among them.
    let said = text.split(", with args").next().unwrap_or_default();
    let secrets = password.map(Secret::expose);
    let said = quote(said, secrets.as_slice());
    StoreError::new(format!("the server refuses: {said}")).with_hint(cure(text, prefix))
}

fn cure(text: &str, prefix: &str) -> String {
    let says = |words: &str| text.contains(words);
    // Redis before 7 tells of an error in a script as "ERR Error running script …: -READONLY …".
    let inner = text.split_once(": -").filter(|_| says("script"));
    let code = inner.map_or(text, |(_, code)| code).split(' ').next();
    let cure = match code.unwrap_or_default() {
        "NOAUTH" => {
            "It asks for a password: add ?password_file=PATH to the store's URL, or write redis://:password@host."
        }
        "WRONGPASS" => {
            "User or password is wrong: check them in the store's URL or its password file. Servers without users take redis://:password@host."
        }
        "NOPERM" => {
            return format!(
                "Allow its user what a token store needs: ACL SETUSER name {RULE} ~{prefix}:*"
            );
        }
        "OOM" => {
            "Its memory is full: raise maxmemory, or choose a maxmemory-policy that evicts keys."
        }
        "READONLY" => "It is a replica: name the primary in the store's URL.",
        "MASTERDOWN" => {
            "It is a replica that has lost its primary: name the primary in the store's URL."
        }
        "MOVED" | "ASK" | "CLUSTERDOWN" | "CROSSSLOT" | "TRYAGAIN" => {
            "It belongs to a Redis Cluster, which this store does not speak: name a single server, or a proxy in front of the cluster."
        }
        "LOADING" => "It is starting and still reads its data: it will answer in a while.",
        "BUSY" => "A script of somebody else keeps it busy: SCRIPT KILL ends it.",
        "MISCONF" => {
            "It cannot write its snapshot to disk and therefore takes no data: look at its log."
        }
        "NOREPLICAS" => "It has fewer replicas than min-replicas-to-write asks for.",
        "WRONGTYPE" => {
            return format!(
                "Something else uses keys beginning with {prefix}: give the store a prefix of its own, ?prefix=NAME."
            );
        }
        "DENIED" => {
            "It is in protected mode: give it a password (requirepass), and name it in the store's URL."
        }
        _ if says("executing the script") => {
            return format!(
                "Allow its user what a token store needs: ACL SETUSER name {RULE} ~{prefix}:*"
            );
        }
        _ if says("without any password configured") || says("no password is set") => {
            "It has no password: take the password out of the store's URL."
        }
        _ if says("wrong number of arguments for 'auth'") => {
            "It knows no users (Redis before 6): write redis://:password@host."
        }
        _ if says("DB index") || says("SELECT is not allowed") => {
            "Take the database number out of the store's URL, or correct it."
        }
        _ if says("max number of clients") => {
            "Raise its maxclients, or find out who keeps connections open."
        }
        _ if says("unknown command") => {
            "It lacks a command of Redis 2.6.12 or later; is it a Sentinel, or were commands renamed?"
        }
        _ => "",
    };
    cure.to_owned()
}
