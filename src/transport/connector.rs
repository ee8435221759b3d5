//! Opens connections: names, proxy and TLS, each ended at once by cancel.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Instant;

use rustls::client::UnbufferedClientConnection;
use ureq_proto::http::Uri;

use super::dial::{Reach, cancelled, unreachable_host};
use super::epoch::Lasting;
use super::idle::{Closed, Connections};
use super::line::Line;
use super::names::Names;
use super::proxy::Proxy;
use super::secured::Secured;
use super::socket::Socket;
use super::tls;
use super::tls_source::TlsSource;
use super::url::bare_host;
use super::wire::Stream;
use crate::error::{Details, Error, Result};
use crate::lock::Bell;
use crate::stats::{Counter, Stats};

/// Everything needed to open a connection, shared by the connections of one epoch.
#[derive(Clone)]
pub(crate) struct Dialer {
    pub(super) bell: Arc<Bell>,
    pub(super) names: Arc<Names>,
    pub(super) proxy: Option<Proxy>,
    pub(super) tls: Arc<TlsSource>,
    pub(super) stats: Arc<Stats>,
}

impl Dialer {
    /// One with a bell of its own, that shares nothing with others but the trust store.
    pub(crate) fn new(lasting: &Arc<Lasting>) -> Dialer {
        let config = &lasting.config;
        Dialer {
            bell: Arc::new(Bell::new()),
            names: Arc::new(Names::new(config.resolver.clone())),
            proxy: config.proxy.clone(),
            tls: Arc::new(TlsSource::new(lasting.clone())),
            stats: lasting.stats.clone(),
        }
    }

    /// Opens a connection to the host of `uri`, and notes it in `connections`.
    pub(super) fn open(
        &self,
        uri: &Uri,
        deadline: Instant,
        connections: &Connections,
    ) -> Result<Stream> {
        let https = uri.scheme_str() == Some("https");
        let authority = uri
            .authority()
            .map(|authority| (authority.host(), authority.port_u16()));
        let (host, port) = authority.unwrap_or_default();
        let host = &*bare_host(host).to_ascii_lowercase();
        let port = port.unwrap_or(if https { 443 } else { 80 });

        let proxy = self
            .proxy
            .as_ref()
            .filter(|proxy| proxy.serves(https, host));
        let (near_host, near_port) =
            proxy.map_or((host, port), |proxy| (proxy.host.as_str(), proxy.port));
        let reach = if https {
            Reach::Secured
        } else {
            Reach::ThisMachine
        };
        let stream = Arc::new(self.dial(near_host, near_port, reach, deadline)?);
        self.stats.add(Counter::Connections);

        // Fails only when the epoch ended while this connection was being opened.
        connections
            .register(&stream)
            .map_err(|Closed| cancelled())?;

        let lost = |error: io::Error| unreachable_host(near_host, near_port, &error);
        let mut socket = Socket::new(Line::Tcp(stream), deadline).map_err(lost)?;
        if let Some(proxy) = proxy {
            proxy.connect(&mut socket, host, port)?;
        }
        if https {
            self.shake_hands(socket, host, broken_handshake)
        } else {
            Ok(Stream::Plain(socket))
        }
    }

    pub(super) fn shake_hands(
        &self,
        socket: Socket,
        host: &str,
        explain: impl Fn(&str, &io::Error) -> Error,
    ) -> Result<Stream> {
        let config = self.tls.get()?;
        let connection = UnbufferedClientConnection::new(config, tls::server_name(host)?)
            .map_err(|error| Error::Tls(Details::new(format!("TLS with {host}: {error}"))))?;
        let secured = Secured::new(connection, socket);
        let secured = secured.map_err(|failure| explain(host, &failure))?;
        Ok(Stream::Tls(Box::new(secured)))
    }
}

fn broken_handshake(host: &str, failure: &io::Error) -> Error {
    tls::explain(host, failure).unwrap_or_else(|| match failure.kind() {
        ErrorKind::TimedOut => Error::Timeout(Details::new(format!(
            "{host} did not finish the TLS handshake in time"
        ))),
        _ => Error::Network(
            Details::new(format!(
                "the connection to {host} broke during the TLS handshake: {failure}"
            ))
            .with_hint(
                "A firewall or proxy may cut connections to this host: check what it allows.",
            ),
        ),
    })
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialer")
    }
}
