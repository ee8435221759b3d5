//! Connections: names, proxy, TLS, deadlines, retries. Knows HTTP, and nothing of tokens or users.

mod connector;
mod date;
mod dial;
mod epoch;
mod exchange;
mod failure;
mod gunzip;
mod idle;
mod line;
mod names;
mod proxy;
mod retry;
mod secured;
#[cfg(feature = "redis")]
mod server;
mod socket;
mod tls;
mod tls_source;
mod url;
mod wire;

#[cfg(feature = "redis")]
pub(crate) use connector::Dialer;
pub(crate) use epoch::{Answer, Epoch, Lasting, NetworkConfig, Outgoing};
pub(crate) use failure::Failure;
pub(crate) use names::ResolveFn;
pub(crate) use proxy::{NoProxy, Proxy};
pub(crate) use retry::{Trouble, pause};
#[cfg(feature = "redis")]
pub(crate) use server::Place;
pub(crate) use tls::Trust;
#[cfg(feature = "redis")]
pub(crate) use tls::{complaint, words as tls_words};
pub(crate) use url::{BaseUrl, encode, is_within, path_segment};
#[cfg(feature = "redis")]
pub(crate) use wire::Stream;
