//! Host names to addresses, remembered for a minute.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::lock::Lock;

const KEEP: Duration = Duration::from_secs(60);

/// A caller's own way to resolve names: host and port in, addresses out.
pub(crate) type ResolveFn = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// When a name was resolved, and to what.
type Resolved = (Instant, Vec<SocketAddr>);

/// The names this client has resolved lately.
pub(crate) struct Names {
    known: Lock<HashMap<(String, u16), Resolved>>,
    custom: Option<Arc<ResolveFn>>,
}

impl Names {
    pub(crate) fn new(custom: Option<Arc<ResolveFn>>) -> Names {
        Names {
            known: Lock::new(HashMap::new()),
            custom,
        }
    }

    /// Addresses that need no lookup: a literal, or a name resolved within the last minute.
    pub(crate) fn known(&self, host: &str, port: u16) -> Option<Vec<SocketAddr>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(vec![SocketAddr::new(address, port)]);
        }
        let known = self.known.lock();
        let (at, addresses) = known.get(&(host.to_owned(), port))?;
        (at.elapsed() < KEEP).then(|| addresses.clone())
    }

    /// Asks the system, for as long as the system takes: call it on a thread that may be left alone.
    pub(crate) fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let addresses = match &self.custom {
            Some(resolve) => resolve(host, port)?,
            None => (host, port).to_socket_addrs()?.collect(),
        };
        if addresses.is_empty() {
            return Err(io::Error::other("the name has no address"));
        }
        self.known
            .lock()
            .insert((host.to_owned(), port), (Instant::now(), addresses.clone()));
        Ok(addresses)
    }

    /// Drops what is remembered of a name whose addresses did not answer.
    pub(crate) fn forget(&self, host: &str, port: u16) {
        self.known.lock().remove(&(host.to_owned(), port));
    }
}
