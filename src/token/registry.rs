//! `memory:` — the tokens of this process, one cell per app, shared by all clients of it.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use ring::digest::{Context, SHA256};

use super::cell::Cell;
use super::machine::Moment;
use crate::credentials::Credentials;
use crate::fork;
use crate::lock::Lock;

/// What makes two clients share a token.
///
/// The secret is part of it (as a hash): whoever names another's account and client ID with a wrong
/// secret must not be handed the token that the right secret got.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn new(oauth_url: &str, credentials: &Credentials) -> Key {
        let mut context = Context::new(&SHA256);
        let mut add = |text: &str| {
            context.update(&(text.len() as u64).to_be_bytes());
            context.update(text.as_bytes());
        };
        add(oauth_url);
        for (role, source) in credentials.sources() {
            let (kind, identity) = source.identity();
            add(role);
            add(kind);
            add(&identity);
        }
        let mut key = [0; 32];
        for (to, from) in key.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        Key(key)
    }
}

/// Cells of one process generation; a forked child starts a new one, because the lock of this one
/// may be held by a thread that does not exist there.
struct Registry {
    generation: u64,
    cells: Lock<HashMap<Key, Arc<Cell>>>,
}

static CURRENT: ArcSwapOption<Registry> = ArcSwapOption::const_empty();

/// The cell of this process for `key`.
///
/// Cells outlive their clients, so that a program that makes a client per request still asks for one
/// token an hour; those without clients and without a live token are dropped on the way.
pub(crate) fn cell_for(key: Key) -> Arc<Cell> {
    let registry = current();
    let mut cells = registry.cells.lock();
    if let Some(cell) = cells.get(&key) {
        return cell.clone();
    }
    let now = Moment::now();
    cells.retain(|_, cell| {
        Arc::strong_count(cell) > 1
            || cell
                .peek()
                .is_some_and(|token| !token.lease().is_expired(now))
    });
    let cell = Arc::new(Cell::new());
    cells.insert(key, cell.clone());
    cell
}

fn current() -> Arc<Registry> {
    let generation = fork::generation();
    loop {
        let found = CURRENT.load_full();
        if let Some(registry) = &found
            && registry.generation == generation
        {
            return registry.clone();
        }
        let fresh = Arc::new(Registry {
            generation,
            cells: Lock::new(HashMap::new()),
        });
        let before = CURRENT.compare_and_swap(&found, Some(fresh));
        // The parent's registry is left as it is for good: freeing it would mean looking inside. What
        // another thread of this process has put there meanwhile is no such thing.
        if before.as_ref().map(Arc::as_ptr) == found.as_ref().map(Arc::as_ptr) {
            std::mem::forget(arc_swap::Guard::into_inner(before));
        }
        std::mem::forget(found);
    }
}
