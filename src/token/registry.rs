//! `memory:` — the tokens of this process, one cell per app, shared by all clients of it.

use std::collections::BTreeMap;
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    digest: [u8; 32],
    /// There is a store besides.
    is_shared: bool,
}

impl Key {
    /// `store`: the name of the store besides, if there is one, and whether it is strict.
    pub(crate) fn new(
        oauth_url: &str,
        credentials: &Credentials,
        store: Option<(&str, bool)>,
    ) -> Key {
        let mut context = Context::new(&SHA256);
        let mut add = |text: &str| {
            context.update(&(text.len() as u64).to_be_bytes());
            context.update(text.as_bytes());
        };
        add(oauth_url);
        let (name, strict) = store.unwrap_or_default();
        add(name);
        add(if strict { "strict" } else { "" });
        for (role, source) in credentials.sources() {
            let (kind, identity) = source.identity();
            add(role);
            add(kind);
            add(&identity);
        }
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        Key {
            digest,
            is_shared: store.is_some(),
        }
    }
}

type Cells = Lock<BTreeMap<Key, Arc<Cell>>>;

/// The cells of the process that loaded the library.
static FIRST: Cells = Lock::new(BTreeMap::new());

/// The cells of a forked child, which starts anew: the lock of its parent's may be held by a thread that
/// does not exist there.
struct Forked {
    generation: u64,
    cells: Cells,
}

static FORKED: ArcSwapOption<Forked> = ArcSwapOption::const_empty();

/// The cell of this process for `key`.
///
/// Cells outlive their clients, so that a program that makes a client per request still asks for one
/// token an hour; those without clients and without a live token are dropped on the way.
pub(crate) fn cell_for(key: Key) -> Arc<Cell> {
    match fork::generation() {
        0 => cell_in(&FIRST, key),
        generation => cell_in(&forked(generation).cells, key),
    }
}

fn cell_in(cells: &Cells, key: Key) -> Arc<Cell> {
    let mut cells = cells.lock();
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
    let cell = Arc::new(Cell::new(key.is_shared));
    cells.insert(key, cell.clone());
    cell
}

fn forked(generation: u64) -> Arc<Forked> {
    loop {
        let found = FORKED.load_full();
        if let Some(forked) = &found
            && forked.generation == generation
        {
            return forked.clone();
        }
        let fresh = Arc::new(Forked {
            generation,
            cells: Lock::new(BTreeMap::new()),
        });
        let before = FORKED.compare_and_swap(&found, Some(fresh));
        // A parent's, itself forked, is left as it is for good: freeing it would mean looking inside. What
        // another thread of this process has put there meanwhile is no such thing.
        if before.as_ref().map(Arc::as_ptr) == found.as_ref().map(Arc::as_ptr) {
            std::mem::forget(arc_swap::Guard::into_inner(before));
        }
        std::mem::forget(found);
    }
}
