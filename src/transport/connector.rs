//! Opens connections for ureq: names, proxy and TLS, each ended at once by cancel.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Weak};
use std::time::Instant;

use rustls::{ClientConnection, StreamOwned};
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, LazyBuffers, NextTimeout, ShutdownHandle,
};

use super::dial::{Reach, cancelled, unreachable_host};
use super::epoch::Lasting;
use super::line::Line;
use super::names::Names;
use super::proxy::Proxy;
use super::socket::Socket;
use super::tls;
use super::tls_source::TlsSource;
use super::url::bare_host;
use super::wire::{Stream, Wire, deadline_of};
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

/// A failure before anything of the request was sent: any method may be tried again after it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unsent(pub(super) Error);

/// ureq asks its resolver before it looks into the pool; answering with nothing keeps pooled calls
/// free of lookups. The real lookup is the dialer's.
#[derive(Debug)]
pub(super) struct NoLookup;

impl Resolver for NoLookup {
    fn resolve(
        &self,
        _: &Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

impl Connector<()> for Dialer {
    type Out = Wire;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> std::result::Result<Option<Wire>, ureq::Error> {
        let deadline = deadline_of(details.timeout);
        let wire = self
            .open(details, deadline)
            .map_err(|error| ureq::Error::Other(Box::new(Unsent(error))))?;
        Ok(Some(wire))
    }
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

    fn open(&self, details: &ConnectionDetails<'_>, deadline: Instant) -> Result<Wire> {
        let https = details.needs_tls();
        let authority = details
            .uri
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

        let weak = Arc::downgrade(&stream);
        let handle: Weak<dyn ShutdownHandle> = weak;
        // Fails only when the agent was shut down while this connection was being opened.
        (details.register_shutdown)(handle).map_err(|_| cancelled())?;

        let lost = |error: io::Error| unreachable_host(near_host, near_port, &error);
        let mut socket = Socket::new(Line::Tcp(stream), deadline).map_err(lost)?;
        if let Some(proxy) = proxy {
            proxy.connect(&mut socket, host, port)?;
        }
        let stream = if https {
            self.shake_hands(socket, host, broken_handshake)?
        } else {
            Stream::Plain(socket)
        };
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Wire { stream, buffers })
    }

    pub(super) fn shake_hands(
        &self,
        mut socket: Socket,
        host: &str,
        explain: impl Fn(&str, &io::Error) -> Error,
    ) -> Result<Stream> {
        let config = self.tls.get()?;
        let mut connection = ClientConnection::new(config, tls::server_name(host)?)
            .map_err(|error| Error::Tls(Details::new(format!("TLS with {host}: {error}"))))?;
        while connection.is_handshaking() {
            let progress = connection.complete_io(&mut socket);
            progress.map_err(|failure| explain(host, &failure))?;
        }
        Ok(Stream::Tls(Box::new(StreamOwned::new(connection, socket))))
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
