//! Somebody who is told of each request once it is answered.

use crate::journal::Entry;
use std::fmt;
use std::sync::Arc;

type Told = dyn Fn(&Entry) + Send + Sync;

/// Called without any lock held, from the threads of the sandbox.
#[derive(Clone)]
pub(crate) struct Observer(Arc<Told>);

impl Observer {
    pub(crate) fn new(told: impl Fn(&Entry) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(crate) fn tell(&self, entry: &Entry) {
        (self.0)(entry);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
