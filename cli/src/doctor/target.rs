//! The hosts that the SDK talks to, and the proxies on the way.

use super::patient::Patient;

/// A host that the SDK talks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) https: bool,
    /// Host and port of the proxy on the way.
    pub(super) proxy: Option<(String, u16)>,
}

impl Target {
    fn parse(url: &str, proxy: Option<&str>) -> Option<Target> {
        let (https, host, port) = split(url)?;
        let proxy = proxy.and_then(|proxy| split(proxy).map(|(_, host, port)| (host, port)));
        Some(Target {
            host,
            port,
            https,
            proxy,
        })
    }
}

/// Whether a base URL is https, its host without brackets, and its port.
fn split(url: &str) -> Option<(bool, String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let https = scheme.eq_ignore_ascii_case("https");
    let authority = rest.split('/').next()?;
    let bracketed = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match authority.rsplit_once(':') {
            // A bare IPv6 address, as the SDK names a proxy's place only with its port behind.
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = match port {
        Some(port) => port.parse().ok()?,
        None if https => 443,
        None => 80,
    };
    Some((https, host.to_ascii_lowercase(), port))
}

/// The hosts that will be talked to, each once.
pub(super) fn targets(patient: &Patient<'_>) -> Vec<Target> {
    let mut targets = Vec::new();
    for (url, proxy) in [("oauth_url", "oauth_proxy"), ("api_url", "api_proxy")] {
        // A JWT is signed here.
        if url == "oauth_url" && patient.args.legacy_jwt {
            continue;
        }
        let (url, proxy) = (patient.status(url), patient.status(proxy));
        let target = Target::parse(url.as_str().unwrap_or_default(), proxy.as_str());
        targets.extend(target.filter(|target| !targets.contains(target)));
    }
    targets
}

pub(super) fn direct(patient: &Patient<'_>) -> Vec<Target> {
    let targets = targets(patient).into_iter();
    targets.filter(|target| target.proxy.is_none()).collect()
}

/// Each host and port once.
pub(super) fn distinct(targets: &[Target]) -> Vec<&Target> {
    let mut hosts: Vec<&Target> = Vec::new();
    for target in targets {
        let same = |known: &&Target| (&known.host, known.port) == (&target.host, target.port);
        if !hosts.iter().any(same) {
            hosts.push(target);
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_split() {
        for (url, expected) in [
            ("https://zoom.us", Some((true, "zoom.us", 443))),
            ("https://API.zoom.us/v2", Some((true, "api.zoom.us", 443))),
            ("http://127.0.0.1:8080/v2", Some((false, "127.0.0.1", 8080))),
            ("http://[::1]:8080/v2", Some((false, "::1", 8080))),
            ("https://[::1]", Some((true, "::1", 443))),
            ("http://fe80::1:3128", Some((false, "fe80::1", 3128))),
            ("zoom.us", None),
            ("https://zoom.us:x", None),
        ] {
            let found = split(url);
            let found = found
                .as_ref()
                .map(|(https, host, port)| (*https, &**host, *port));
            assert_eq!(found, expected, "{url}");
        }
    }
}
