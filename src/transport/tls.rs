//! Whom to trust, and what a failed handshake means.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::sign::SigningKey;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::error::{Details, Error, Result};
use crate::secret::quote;
use crate::settings_file::{self, Fault, shown};

/// Which certificates to trust besides or instead of the system's.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    pub(crate) extra: Vec<CertificateDer<'static>>,
    pub(crate) only_extra: bool,
}

impl Trust {
    /// Reads a PEM file of certificates, the value of the setting called `name`.
    pub(crate) fn read_file(path: &Path, name: &str) -> Result<Vec<CertificateDer<'static>>> {
        let told = |why: &str, hint: String| {
            let what = format!("{name} {}: {why}", shown(path));
            Error::Config(Details::new(what).with_hint(hint))
        };
        let cure = format!("Point {name} to a readable PEM file with at least one certificate.");
        let refuse = |why: String| told(&why, cure.clone());
        let pem = settings_file::read(path, settings_file::LARGEST).map_err(|fault| {
            let own = fault.cure(name, path, "by each client");
            told(&fault.why(), own.unwrap_or_else(|| cure.clone()))
        })?;
        // Editors on Windows put a byte order mark first.
        let pem = pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&pem);
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|error| refuse(format!("not a PEM file ({error})")))?;
        if certificates.is_empty() {
            return Err(refuse("it holds no certificate".into()));
        }
        Ok(certificates)
    }

    /// Collects the trusted roots. Reading the system's store takes milliseconds: once per client.
    pub(crate) fn load(&self) -> Result<Arc<RootCertStore>> {
        let mut roots = RootCertStore::empty();
        let mut problems = Vec::new();
        if !self.only_extra {
            let native = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(native.certs);
            problems = native.errors;
        }
        let (_, unreadable) = roots.add_parsable_certificates(self.extra.iter().cloned());
        if unreadable > 0 {
            log::warn!(target: crate::LOG, "{unreadable} certificates of the CA file could not be used");
        }
        if roots.is_empty() {
            let why = problems
                .first()
                .map(|problem| format!(" ({problem})"))
                .unwrap_or_default();
            let hint = denied(&problems).unwrap_or_else(|| {
                "Install the system's CA certificates (Debian and Alpine: package ca-certificates), or name a PEM file in ZOOM_S2S_CA_FILE.".to_owned()
            });
            return Err(Error::Tls(
                Details::new(format!(
                    "no trusted certificate authorities were found{why}"
                ))
                .with_retryable(false)
                .with_hint(hint),
            ));
        }
        Ok(Arc::new(roots))
    }
}

/// What to do if it is for want of a right that the system's store was not read.
fn denied(problems: &[rustls_native_certs::Error]) -> Option<String> {
    problems.iter().find_map(|problem| match &problem.kind {
        rustls_native_certs::ErrorKind::Io { inner, path }
            if inner.kind() == io::ErrorKind::PermissionDenied =>
        {
            let fault = Fault::Io(inner.kind().into());
            let told = fault.cure("ZOOM_S2S_CA_FILE", path, "by each client");
            Some(told.unwrap_or_else(|| format!(
                "Give the user of this program the right to read {}, or name a PEM file in ZOOM_S2S_CA_FILE.",
                shown(path)
            )))
        }
        _ => None,
    })
}

/// One configuration per client: sessions are resumed through it. The provider is handed over
/// explicitly; a process-wide default belongs to the application.
pub(crate) fn client_config(roots: Arc<RootCertStore>) -> Result<Arc<ClientConfig>> {
    let provider = Arc::new(CryptoProvider {
        key_provider: &NoKeys,
        ..rustls::crypto::ring::default_provider()
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Internal(Details::new(format!("TLS set-up: {error}"))))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// There are no client certificates, so what signs with RSA and elliptic curves stays out of programs.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(
        &self,
        _: PrivateKeyDer<'static>,
    ) -> std::result::Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("no client certificates".into()))
    }
}

/// The name that the certificate must bear.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'static>> {
    ServerName::try_from(host.to_owned()).map_err(|_| {
        Error::Config(
            Details::new(format!("{host:?} is not a host name that TLS can check"))
                .with_hint("Correct the URL."),
        )
    })
}

/// Puts a failed handshake with `host` into words; `None` if TLS itself had no complaint.
pub(crate) fn explain(host: &str, failure: &io::Error) -> Option<Error> {
    let cause = complaint(failure)?;
    let (what, cure) = words(cause);
    Some(Error::Tls(
        Details::new(format!("TLS with {host} failed: {what}"))
            .with_retryable(false)
            .with_hint(cure),
    ))
}

/// What TLS itself complained about, if it did.
pub(crate) fn complaint(failure: &io::Error) -> Option<&rustls::Error> {
    failure.get_ref()?.downcast_ref()
}

/// What a complaint means, and what to do about it where the peer is Zoom.
pub(crate) fn words(cause: &rustls::Error) -> (String, &'static str) {
    match cause {
        rustls::Error::InvalidCertificate(problem) => explain_certificate(problem),
        rustls::Error::InvalidMessage(_) => (
            "the answer is not TLS".to_owned(),
            "The port may speak plain HTTP, or a proxy may stand between. Check the URL and the proxy settings.",
        ),
        other => (
            other.to_string(),
            "Check whether a proxy or firewall between this machine and Zoom handles TLS 1.2 and 1.3.",
        ),
    }
}

fn explain_certificate(problem: &CertificateError) -> (String, &'static str) {
    use CertificateError as E;
    match problem {
        E::UnknownIssuer => (
            "its certificate was issued by an authority this machine does not trust".to_owned(),
            "A proxy that inspects TLS may stand between: name its CA certificate (PEM) in ZOOM_S2S_CA_FILE. Or install the system's CA certificates.",
        ),
        E::NotValidForName | E::NotValidForNameContext { .. } => (
            format!(
                "its certificate belongs to another name{}",
                names_of(problem)
            ),
            "Check the host in the URL, and whether a proxy or captive portal answers in Zoom's place.",
        ),
        E::Expired | E::ExpiredContext { .. } => (
            "its certificate has expired".to_owned(),
            "Check this machine's clock first; Zoom renews its certificates in time.",
        ),
        E::NotValidYet | E::NotValidYetContext { .. } => (
            "its certificate is not valid yet".to_owned(),
            "Either this machine's clock is behind: set it, then try again. Or the clock of whoever made the certificate is ahead, such as that of a proxy that inspects TLS.",
        ),
        other => (
            format!("its certificate was refused ({other})"),
            "Check whether a proxy that inspects TLS stands between, and name its CA certificate in ZOOM_S2S_CA_FILE.",
        ),
    }
}

/// The names that the certificate bears, as far as they are known: `: example.com, …`.
fn names_of(problem: &CertificateError) -> String {
    const SHOWN: usize = 4;
    let CertificateError::NotValidForNameContext { presented, .. } = problem else {
        return String::new();
    };
    // Whoever answers made these up, in letters of his choice and as many as he likes.
    let names = presented.iter().filter_map(|name| {
        let (kind, name) = name.split_once('(')?;
        let name = name.trim_end_matches(')').trim_matches('"');
        let is_name = matches!(kind, "DnsName" | "IpAddress")
            && (1..=253).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_graphic());
        is_name.then_some(name)
    });
    let mut shown: Vec<&str> = names.take(SHOWN + 1).collect();
    if let Some(last) = shown.get_mut(SHOWN) {
        *last = "…";
    }
    match shown.as_slice() {
        [] => String::new(),
        shown => format!(": {}", quote(&shown.join(", "), &[])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_apart() {
        use CertificateError as E;
        let certificate = |problem| rustls::Error::InvalidCertificate(problem);
        let mut seen = Vec::new();
        for (cause, words, cure) in [
            (
                certificate(E::UnknownIssuer),
                "does not trust",
                "ZOOM_S2S_CA_FILE",
            ),
            (
                certificate(E::NotValidForName),
                "another name",
                "captive portal",
            ),
            (certificate(E::Expired), "has expired", "clock"),
            (
                certificate(E::NotValidYet),
                "not valid yet",
                "Either this machine's clock is behind",
            ),
            (certificate(E::Revoked), "was refused", "ZOOM_S2S_CA_FILE"),
            (
                rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType),
                "not TLS",
                "plain HTTP",
            ),
            (rustls::Error::HandshakeNotComplete, "handshake", "TLS 1.2"),
        ] {
            let error = explain("zoom.us", &io::Error::other(cause)).expect("TLS complained");
            assert!(
                error.message().contains(words) && error.message().contains("zoom.us"),
                "{error}"
            );
            assert!(
                error.hint().contains(cure) && !error.is_retryable(),
                "{error}"
            );
            assert!(
                !seen.contains(&error.message().to_owned()),
                "reads like another one: {error}"
            );
            seen.push(error.message().to_owned());
        }
        assert!(explain("zoom.us", &io::ErrorKind::ConnectionReset.into()).is_none());
        assert!(server_name("not a name").is_err());
    }

    #[test]
    fn the_names_of_a_certificate_are_told_in_few_and_plain_letters() {
        let long = format!("DnsName(\"{}\")", "x".repeat(300));
        let many: Vec<String> = (0..900)
            .map(|n| format!("DnsName(\"{}{n}\")", "y".repeat(240)))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (presented, told) in [
            (&["DnsName(\"*.example.com\")"][..], ": *.example.com"),
            (
                &["DnsName(\"a.example\")", "IpAddress(127.0.0.1)"],
                ": a.example, 127.0.0.1",
            ),
            (&["a", "b", "DirectoryName", "Unsupported(0x88)"], ""),
            (&["DnsName(\"\")", &long], ""),
            (&["DnsName(\"a\u{1b}[2J\")", "DnsName(\"a\u{202e}b\")"], ""),
            (
                &["1", "2", "3", "4", "5"].map(|_| "IpAddress(::1)"),
                ": ::1, ::1, ::1, ::1, …",
            ),
            (&many, ": yyy"),
            (&[], ""),
        ] {
            let problem = CertificateError::NotValidForNameContext {
                expected: server_name("zoom.us").unwrap(),
                presented: presented.iter().map(|name| name.to_string()).collect(),
            };
            let (said, _) = explain_certificate(&problem);
            let (_, names) = said.split_once("another name").unwrap();
            assert!(names.starts_with(told), "{names:?}");
            assert_eq!(names.is_empty(), told.is_empty(), "{names:?}");
            assert!(names.chars().count() < 320, "{names:?}");
        }
    }
}
