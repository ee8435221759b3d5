//! Connections: names, proxy, TLS, deadlines, retries. Knows HTTP, and nothing of tokens or users.

mod connector;
mod date;
mod dial;
mod epoch;
mod failure;
mod names;
mod proxy;
mod retry;
mod socket;
mod tls;
mod tls_source;
mod url;
mod wire;

pub(crate) use epoch::{Answer, Epoch, Lasting, NetworkConfig, Outgoing};
pub(crate) use failure::Failure;
pub(crate) use names::ResolveFn;
pub(crate) use proxy::{NoProxy, Proxy};
pub(crate) use retry::{Trouble, pause};
pub(crate) use tls::Trust;
pub(crate) use url::{BaseUrl, encode, is_within, path_segment};
