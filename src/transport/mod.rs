//! Connections: names, proxy, TLS, deadlines, retries. Knows HTTP, and nothing of tokens or users.

mod connector;
mod date;
mod dial;
mod epoch;
mod names;
mod proxy;
mod retry;
mod socket;
mod tls;
mod url;
mod wire;

pub(crate) use date::retry_after;
pub(crate) use epoch::{Answer, Epoch, Failure, Lasting, NetworkConfig, Outgoing};
pub(crate) use names::ResolveFn;
pub(crate) use proxy::{NoProxy, Proxy};
pub(crate) use retry::{Trouble, pause};
pub(crate) use tls::Trust;
pub(crate) use url::{BaseUrl, encode, is_within, path_segment};
