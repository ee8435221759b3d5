//! The TLS configuration of one epoch.

use std::sync::Arc;

use rustls::ClientConfig;

use super::epoch::Lasting;
use super::tls;
use crate::error::Result;
use crate::lock::Lock;
use crate::stats::Counter;

/// Makes the TLS configuration when the first https connection asks for it.
pub(super) struct TlsSource {
    config: Lock<Option<Arc<ClientConfig>>>,
    lasting: Arc<Lasting>,
}

impl TlsSource {
    pub(super) fn new(lasting: Arc<Lasting>) -> TlsSource {
        TlsSource {
            config: Lock::new(None),
            lasting,
        }
    }

    /// The configuration, made by the first caller. Reading the trust store may take as long as its
    /// disk takes, so this runs on the thread that dials, outside the lock.
    pub(super) fn get(&self) -> Result<Arc<ClientConfig>> {
        if let Some(config) = &*self.config.lock() {
            return Ok(config.clone());
        }
        let roots = match self.lasting.roots.load_full() {
            Some(roots) => roots,
            None => {
                self.lasting.stats.add(Counter::TrustStoreReads);
                let roots = self.lasting.config.trust.load()?;
                self.lasting.roots.store(Some(roots.clone()));
                roots
            }
        };
        let made = tls::client_config(roots)?;
        // Sessions are resumed through the configuration, so all must use the first one.
        Ok(self.config.lock().get_or_insert(made).clone())
    }
}
