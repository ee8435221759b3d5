//! What the clones of one client share, and how it survives cancel and fork.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::call::Call;
use crate::cloud::Cloud;
use crate::error::{Details, Error, Result};
use crate::fork;
use crate::token::{Cell, Key, Source, Token, Want, cell_for};
use crate::transport::{BaseUrl, Epoch, Lasting, is_within};
use crate::users::Pool;

/// A client's settings after everything has been resolved.
pub(crate) struct Settings {
    pub(crate) cloud: Cloud,
    pub(crate) api_url: BaseUrl,
    /// Whether the token's own `api_url` is used.
    pub(crate) regional: bool,
    pub(crate) timeout: Duration,
}

pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) source: Source,
    pub(crate) lasting: Arc<Lasting>,
    key: Key,
    /// The cell of `now` in the process that made this client: there it is never another one, so a
    /// held token is found without asking for `now`.
    cell: Arc<Cell>,
    generation: u64,
    // Lock-free, because it is what a forked child looks at first.
    now: ArcSwap<Now>,
}

/// What a call works with: replaced by cancel (connections) and by fork (all of it).
pub(crate) struct Now {
    pub(crate) epoch: Epoch,
    pub(crate) cell: Arc<Cell>,
    pub(crate) pool: Arc<Pool>,
}

impl Core {
    pub(crate) fn new(settings: Settings, source: Source, lasting: Arc<Lasting>, key: Key) -> Core {
        let cell = cell_for(key);
        let now = Now {
            epoch: Epoch::new(&lasting),
            cell: cell.clone(),
            pool: Arc::default(),
        };
        Core {
            settings,
            source,
            lasting,
            key,
            cell,
            generation: now.epoch.generation,
            now: ArcSwap::from_pointee(now),
        }
    }

    /// The present state; fresh state if this process is a fork of the one that made it.
    pub(crate) fn now(&self) -> Arc<Now> {
        loop {
            let now = self.now.load_full();
            if now.epoch.generation == fork::generation() {
                return now;
            }
            let cell = cell_for(self.key);
            cell.inherit(&now.cell);
            let fresh = Now {
                epoch: Epoch::new(&self.lasting),
                cell,
                pool: Arc::default(),
            };
            let before = self.now.compare_and_swap(&now, Arc::new(fresh));
            // What the parent goes on using is left untouched for good: dropping it here would close
            // its sockets, and look into locks that nobody will ever release. (Another thread of
            // this child may have been faster; its state is no such thing.)
            if Arc::ptr_eq(&before, &now) {
                std::mem::forget(arc_swap::Guard::into_inner(before));
            }
            std::mem::forget(now);
        }
    }

    /// The held token where there is nothing to do about it: what nearly every call finds. That
    /// needs no deadline, so two readings of a clock are most of what it costs.
    pub(crate) fn token_at_hand(&self) -> Option<Token> {
        if self.lasting.shut_down.load(Ordering::Acquire) {
            return None;
        }
        let generation = fork::generation();
        if self.generation == generation {
            return self.cell.at_hand();
        }
        let now = self.now.load();
        let is_ours = now.epoch.generation == generation;
        is_ours.then(|| now.cell.at_hand()).flatten()
    }

    /// Runs `body` as one call with one deadline.
    pub(crate) fn call<T>(
        &self,
        timeout: Option<Duration>,
        body: impl FnOnce(Call<'_>, &Now) -> Result<T>,
    ) -> Result<T> {
        let now = self.now();
        // Looked at after the state was taken: shutdown marks first and swaps the state then, so a
        // call sees either the mark or an epoch that is tolled.
        if self.lasting.shut_down.load(Ordering::Acquire) {
            return Err(Error::Shutdown(
                Details::new("the client was shut down").with_hint("Make a new client."),
            ));
        }
        // Adding a longer time to the clock could overflow it.
        let allowed = timeout
            .unwrap_or(self.settings.timeout)
            .min(Duration::from_secs(365 * 86_400));
        let call = Call::new(&now.epoch, allowed);
        body(call, &now).map_err(|error| match error {
            // Whatever it was waiting for, what the caller can change is the deadline.
            Error::Timeout(_) if call.left().is_zero() => {
                let in_doubt = error.in_doubt();
                call.out_of_time()
                    .map_details(|details| details.with_in_doubt(in_doubt))
            }
            error => error,
        })
    }

    pub(crate) fn token(&self, call: Call<'_>, now: &Now, want: Want) -> Result<Token> {
        now.cell.obtain(call, &self.source, want)
    }

    /// Ends the pending calls and starts a new epoch.
    pub(crate) fn cancel(&self) {
        let before = self.now();
        let fresh = Now {
            epoch: Epoch::new(&self.lasting),
            cell: before.cell.clone(),
            pool: before.pool.clone(),
        };
        let before = self.now.swap(Arc::new(fresh));
        before.epoch.cancel();
        before.cell.wake();
    }

    pub(crate) fn shut_down(&self) {
        self.lasting.shut_down.store(true, Ordering::Release);
        self.cancel();
    }

    /// Where API requests go: the configured base, or the token's own where that is asked for and
    /// belongs to the same cloud. The address came over the network, so anything else is ignored.
    pub(crate) fn api_base(&self, token: &Token) -> BaseUrl {
        let configured = &self.settings.api_url;
        let own = token.api_url().filter(|_| self.settings.regional);
        let Some(own) = own else {
            return configured.clone();
        };
        match BaseUrl::parse(&format!("{}/v2", own.trim_end_matches('/')), "api_url") {
            Ok(base)
                if (base.is_https() || !configured.is_https())
                    && (base.host() == configured.host()
                        || base.is_https()
                            && is_within(base.host(), self.settings.cloud.domain())) =>
            {
                base
            }
            _ => configured.clone(),
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let now = self.now.load_full();
        if now.epoch.generation != fork::generation() {
            // Inherited and never used here: the parent's, see `now`.
            std::mem::forget(now);
        }
    }
}
