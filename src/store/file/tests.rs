//! Real files, in directories of their own.

#[cfg(target_os = "linux")]
mod disks;
mod documents;
mod leases;
#[cfg(unix)]
mod permissions;
#[cfg(unix)]
mod processes;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::FileStore;
use crate::store::url::Options;
use crate::store::{Lease, Slot, StoreError, TokenStore};

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
const LONG: Duration = Duration::from_secs(60);

/// A directory that goes with its test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "zoom-s2s-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Scratch(path.canonicalize().unwrap())
    }

    fn token(&self) -> PathBuf {
        self.0.join("token")
    }

    fn store(&self) -> FileStore {
        self.store_with("")
    }

    fn store_with(&self, query: &str) -> FileStore {
        open(self.token().to_str().unwrap(), query).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(place: &str, query: &str) -> crate::Result<FileStore> {
    let mut options = Options::parse(query, "the token store")?;
    FileStore::open(place, &mut options)
}

fn slot() -> Slot<'static> {
    Slot::new(KEY, Duration::from_secs(5))
}

fn load(store: &FileStore, key: &str) -> Result<Option<String>, StoreError> {
    Ok(store.load(&Slot::new(key, Duration::from_secs(5)))?.value)
}

/// Takes the lease, or says why not.
fn lock(store: &FileStore, length: Duration) -> Result<Lease, StoreError> {
    let mut lease = Lease::new(length)?;
    match store.try_lock(&slot(), &mut lease)? {
        true => Ok(lease),
        false => Err(StoreError::new("taken")),
    }
}

/// One renewal: lock, save, unlock.
fn put(store: &FileStore, value: &str) -> Result<(), StoreError> {
    let mut lease = lock(store, LONG)?;
    let saved = store.save(&slot(), &lease, value, LONG);
    store.unlock(&slot(), &mut lease)?;
    assert!(saved?, "the owner may save");
    Ok(())
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    // As private as the store wants it, whatever the umask.
    let mut how = fs::OpenOptions::new();
    how.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
    std::io::Write::write_all(&mut how.open(path).unwrap(), text.as_ref()).unwrap();
}

#[cfg(feature = "conformance")]
#[test]
fn keeps_every_promise_of_a_store() {
    let scratch = Scratch::new();
    assert_eq!(crate::store::conformance::check(&scratch.store()), Ok(()));
}
