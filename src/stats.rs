//! What a client has done so far, counted.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// One of a client's counters, read by [`Client::counter`](crate::Client::counter).
        ///
        /// The numbers never change their meaning; new ones may be added. All count from the making
        /// of the client; a forked child goes on from its parent's numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum Counter {
            $($(#[$doc])* $name = $number,)*
        }

        impl Counter {
            /// Every counter, in the order of the numbers.
            pub const ALL: &'static [Counter] = &[$(Counter::$name,)*];

            /// The name under which the status snapshot shows it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Counter::$name => $text,)*
                }
            }
        }
    };
}

counters! {
    /// Requests sent to the token endpoint, retries included.
    TokenRequests = 1, "token_requests";
    /// Tokens obtained by this client, by request or (JWT) by signing.
    TokensObtained = 2, "tokens_obtained";
    /// Token refreshes that failed while a live token was still there to go on with.
    RefreshesFailed = 3, "refreshes_failed";
    /// Tokens the API refused (HTTP 401 or code 124) or the caller rejected.
    TokensRejected = 4, "tokens_rejected";
    /// Calls that had to wait because tokens were refused in quick succession: another process
    /// probably uses the same credentials without sharing the token.
    TugOfWar = 5, "tug_of_war";
    /// Requests sent to the API, retries included.
    ApiRequests = 6, "api_requests";
    /// Requests sent again after a failure, to the API or the token endpoint.
    Retries = 7, "retries";
    /// Answers that said a rate limit was met (HTTP 429).
    RateLimited = 8, "rate_limited";
    /// Connections opened.
    Connections = 9, "connections";
    /// Host names looked up.
    DnsLookups = 10, "dns_lookups";
    /// Times the trusted certificates were read.
    TrustStoreReads = 11, "trust_store_reads";
    /// Threads started, each to open one connection.
    HelperThreads = 12, "helper_threads";
    /// Operations on the token store: looks, locks, saves, unlocks.
    StoreOperations = 13, "store_operations";
    /// Times the token store could not be used.
    StoreFailures = 14, "store_failures";
    /// Tokens taken over from the token store, fetched by another process.
    TokensAdopted = 15, "tokens_adopted";
    /// Tokens fetched without the token store, because it could not be used: others do not learn of
    /// them.
    FetchedAlone = 16, "fetched_alone";
}

/// The counters of one client.
pub(crate) struct Stats([AtomicU64; Counter::ALL.len()]);

impl Stats {
    pub(crate) fn new() -> Stats {
        Stats(std::array::from_fn(|_| AtomicU64::new(0)))
    }

    pub(crate) fn add(&self, counter: Counter) {
        if let Some(count) = self.0.get(counter as usize - 1) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn get(&self, counter: Counter) -> u64 {
        self.0
            .get(counter as usize - 1)
            .map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_from_one() {
        for (index, counter) in Counter::ALL.iter().enumerate() {
            assert_eq!(*counter as usize, index + 1, "{}", counter.name());
        }
        let stats = Stats::new();
        stats.add(Counter::HelperThreads);
        assert_eq!(stats.get(Counter::HelperThreads), 1);
        assert_eq!(stats.get(Counter::TokenRequests), 0);
    }
}
