//! Names to a TCP stream, on a thread that may be left alone.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::connector::Dialer;
use super::names::Names;
use super::tls_source::TlsSource;
use super::url::{is_loopback, not_loopback};
use crate::error::{Details, Error, Result};
use crate::lock::{Lock, Woken};
use crate::stats::{Counter, Stats};

/// What may be dialled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Any host, to speak TLS with.
    Secured,
    /// This machine alone: plain http.
    ThisMachine,
    /// Any host, unsecured: servers that are handed nothing but sealed tokens.
    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    Anywhere,
}

impl Dialer {
    /// Resolves and connects on a thread of its own, because neither can be interrupted: if this call
    /// is cancelled or runs out of time, the thread is left to end by itself.
    pub(super) fn dial(
        &self,
        host: &str,
        port: u16,
        reach: Reach,
        deadline: Instant,
    ) -> Result<TcpStream> {
        let attempt = Attempt {
            host: host.to_owned(),
            port,
            reach,
            tls: self.tls.clone(),
            deadline,
            names: self.names.clone(),
            stats: self.stats.clone(),
        };
        self.aside(deadline, move || attempt.run())?.ok_or_else(|| {
            Error::Timeout(
                Details::new(format!("no connection to {host}:{port} in time"))
                    .with_hint("Check that a firewall lets this machine reach it, and whether HTTPS_PROXY must be set."),
            )
        })
    }

    /// Runs `work` on a thread of its own, and leaves it there if it is not done by `deadline`
    /// (`None`) or before the call is cancelled.
    pub(super) fn aside<T: Send + 'static>(
        &self,
        deadline: Instant,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let slot = Arc::new(Slot {
            outcome: Lock::new(None),
            filled: AtomicBool::new(false),
        });
        let (result, bell) = (slot.clone(), self.bell.clone());
        self.stats.add(Counter::HelperThreads);
        std::thread::Builder::new()
            .name("zoom-s2s-dial".into())
            .stack_size(1024 * 1024)
            .spawn(move || {
                let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
                    Err(Error::Internal(Details::new("the resolver panicked")))
                });
                *result.outcome.lock() = Some(outcome);
                result.filled.store(true, Ordering::Release);
                bell.ring();
            })
            .map_err(|error| {
                Error::Network(Details::new(format!(
                    "no thread to open a connection with: {error}"
                )))
            })?;
        match self
            .bell
            .wait(deadline, || slot.filled.load(Ordering::Acquire))
        {
            Woken::Ready => slot.outcome.lock().take().transpose(),
            Woken::Cancelled => Err(cancelled()),
            Woken::TimedOut => Ok(None),
        }
    }
}

struct Slot<T> {
    outcome: Lock<Option<Result<T>>>,
    filled: AtomicBool,
}

/// One attempt to reach a host, run on the helper thread.
struct Attempt {
    host: String,
    port: u16,
    reach: Reach,
    /// Made ready here if it will be needed, because that reads files.
    tls: Arc<TlsSource>,
    deadline: Instant,
    names: Arc<Names>,
    stats: Arc<Stats>,
}

impl Attempt {
    fn run(&self) -> Result<TcpStream> {
        let (host, port) = (self.host.as_str(), self.port);
        if self.reach == Reach::Secured {
            self.tls.get()?;
        }
        let addresses = match self.names.known(host, port) {
            Some(addresses) => addresses,
            None => {
                self.stats.add(Counter::DnsLookups);
                self.names.look_up(host, port).map_err(|error| {
                    Error::Network(
                        Details::new(format!("the name {host} could not be resolved: {error}"))
                            .with_hint("Check the host name and this machine's DNS settings; behind a proxy, set HTTPS_PROXY."),
                    )
                })?
            }
        };
        let near = || addresses.iter().all(|address| is_loopback(address.ip()));
        if self.reach == Reach::ThisMachine && !near() {
            return Err(not_loopback(host));
        }
        self.try_each(&addresses)
            .inspect_err(|_| self.names.forget(host, port))
            .map_err(|error| unreachable_host(host, port, &error))
    }

    /// Each address gets half of the time left, the last one all of it.
    fn try_each(&self, addresses: &[SocketAddr]) -> io::Result<TcpStream> {
        let mut last = io::Error::from(ErrorKind::TimedOut);
        for (index, address) in addresses.iter().enumerate() {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let share = if index + 1 == addresses.len() {
                left
            } else {
                left / 2
            };
            if share.is_zero() {
                break;
            }
            match TcpStream::connect_timeout(address, share) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

pub(super) fn unreachable_host(host: &str, port: u16, error: &io::Error) -> Error {
    let message = format!("no connection to {host}:{port}: {error}");
    if error.kind() == ErrorKind::TimedOut {
        return Error::Timeout(Details::new(message));
    }
    Error::Network(Details::new(message).with_hint(
        "Check that a firewall lets this machine reach it, and whether HTTPS_PROXY must be set.",
    ))
}

// The epoch puts the right words to it; here it only has to end the attempt.
pub(super) fn cancelled() -> Error {
    Error::Cancelled(Details::new("the call was cancelled"))
}
