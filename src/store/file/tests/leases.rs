//! Leases whose owners die, sleep or fork, and lock files that are held or damaged.

use std::time::Instant;

use super::*;
use crate::store::file::Held;
use crate::store::file::lease::Claim;

fn lease_file(scratch: &Scratch) -> PathBuf {
    scratch.0.join(format!("token.{}.lock", &KEY[..16]))
}

fn draft_file(scratch: &Scratch) -> PathBuf {
    scratch.0.join(format!("token.{}.new", &KEY[..16]))
}

fn claim(scratch: &Scratch) -> Option<Claim> {
    serde_json::from_str(&fs::read_to_string(lease_file(scratch)).unwrap()).ok()
}

/// Asks until the lease is given out.
fn lock_soon(store: &FileStore) -> Lease {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        match lock(store, LONG) {
            Ok(lease) => return lease,
            Err(error) => assert!(Instant::now() < end, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
#[cfg(unix)]
fn the_death_of_an_owner_frees_its_lease() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let dead = lock(&store, LONG).unwrap();
    assert!(claim(&scratch).unwrap().kernel);
    assert_eq!(lock(&store, LONG).unwrap_err().message(), "taken");
    // All that the system does when a process dies.
    drop(dead);
    let mut next = lock(&store, LONG).unwrap();
    assert!(
        store.save(&slot(), &next, "{}", LONG).unwrap(),
        "also over the dead one's draft"
    );
    store.unlock(&slot(), &mut next).unwrap();
    assert!(!draft_file(&scratch).exists());
}

#[test]
#[cfg(unix)]
fn a_child_forked_by_a_dead_owner_delays_but_does_not_block() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let dead = lock(&store, Duration::from_millis(300)).unwrap();
    // A forked child has the same open file, as a clone has.
    let inherited = dead.kept::<Held>().unwrap().lease.try_clone().unwrap();
    drop(dead);
    let mut next = lock_soon(&store);
    assert!(
        !claim(&scratch).unwrap().kernel,
        "the child has the system's lock"
    );
    assert_eq!(lock(&store, LONG).unwrap_err().message(), "taken");
    store.unlock(&slot(), &mut next).unwrap();
    drop(inherited);
    let _held = lock(&store, LONG).unwrap();
    assert!(claim(&scratch).unwrap().kernel);
}

#[test]
fn a_child_forked_by_an_owner_does_not_keep_the_lease() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut held = lock(&store, LONG).unwrap();
    let _inherited = held.kept::<Held>().unwrap().lease.try_clone().unwrap();
    store.unlock(&slot(), &mut held).unwrap();
    let _next = lock(&store, LONG).unwrap();
    assert_eq!(claim(&scratch).unwrap().kernel, cfg!(unix));
}

#[test]
fn unreadable_and_impossible_claims_are_none() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let now = store.load(&slot()).unwrap().now_ms;
    let until = |ms: u64| format!("{{\"owner\":\"x\",\"until_ms\":{ms},\"kernel\":false}}");
    for (content, is_free) in [
        ("", true),
        ("{\"owner\":\"x\",\"unt", true),
        ("\0\0\0", true),
        (until(now).as_str(), true),
        (until(now + 30_000).as_str(), false),
        (until(now + 120_000).as_str(), false),
        // The clock was set back by an hour.
        (until(now + 3_600_000).as_str(), true),
        (until(u64::MAX).as_str(), true),
    ] {
        write(&lease_file(&scratch), content);
        let taken = lock(&store, LONG);
        assert_eq!(taken.is_ok(), is_free, "{content}");
        if let Ok(mut lease) = taken {
            store.unlock(&slot(), &mut lease).unwrap();
        }
    }
}

#[test]
fn a_short_lock_held_by_a_stopped_process_is_not_waited_for() {
    let scratch = Scratch::new();
    let store = scratch.store();
    put(&store, "{\"a\":1}").unwrap();
    let mut held = lock(&store, LONG).unwrap();
    let stopped = fs::File::options()
        .read(true)
        .write(true)
        .open(scratch.0.join("token.lock"))
        .unwrap();
    stopped.lock().unwrap();
    let began = Instant::now();
    let brief = Slot::new(KEY, Duration::from_millis(600));
    let error = store.save(&brief, &held, "{}", LONG).unwrap_err();
    assert!(
        error.message().contains("held by another process"),
        "{error}"
    );
    assert_eq!(
        load(&store, KEY).unwrap().as_deref(),
        Some("{\"a\":1}"),
        "reading takes no lock"
    );
    assert!(
        began.elapsed() >= Duration::from_millis(600),
        "a token in hand is worth waiting for"
    );
    let brief = Slot::new(KEY, Duration::from_millis(100));
    store.unlock(&brief, &mut held).unwrap_err();
    // On Unix the lock that tells of life was given back, so that only the short lock is in the way.
    let error = lock(&store, LONG).unwrap_err();
    assert_eq!(error.message(), "taken", "no reason to go alone");
    assert!(began.elapsed() < Duration::from_secs(5));
    stopped.unlock().unwrap();
    assert!(
        lock(&store, LONG).is_ok() || cfg!(not(unix)),
        "it ends by itself"
    );
}

#[test]
fn a_short_lock_held_for_long_is_waited_for_by_the_owner() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut held = lock(&store, LONG).unwrap();
    let busy = fs::File::options()
        .read(true)
        .write(true)
        .open(scratch.0.join("token.lock"))
        .unwrap();
    busy.lock().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Longer than anybody waits who only asks for the lease.
            std::thread::sleep(Duration::from_millis(500));
            busy.unlock().unwrap();
        });
        assert!(store.save(&slot(), &held, "{\"a\":1}", LONG).unwrap());
    });
    store.unlock(&slot(), &mut held).unwrap();
}

#[test]
fn a_late_owner_harms_neither_value_nor_draft() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut late = lock(&store, Duration::from_millis(100)).unwrap();
    let mut next = lock_soon(&store);
    assert!(!store.save(&slot(), &late, "{\"late\":1}", LONG).unwrap());
    store.unlock(&slot(), &mut late).unwrap();
    assert!(draft_file(&scratch).exists(), "it is the next owner's");
    assert!(store.save(&slot(), &next, "{\"next\":1}", LONG).unwrap());
    store.unlock(&slot(), &mut next).unwrap();
    assert_eq!(load(&store, KEY).unwrap().as_deref(), Some("{\"next\":1}"));
}

#[test]
fn removed_lock_files_let_nobody_overwrite() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut held = lock(&store, LONG).unwrap();
    fs::remove_file(lease_file(&scratch)).unwrap();
    fs::remove_file(scratch.0.join("token.lock")).unwrap();
    assert!(!store.save(&slot(), &held, "{}", LONG).unwrap());
    store.unlock(&slot(), &mut held).unwrap();
    put(&store, "{\"a\":1}").unwrap();
}

#[test]
fn a_removed_draft_is_made_again() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut held = lock(&store, LONG).unwrap();
    fs::remove_file(draft_file(&scratch)).unwrap();
    assert!(store.save(&slot(), &held, "{\"a\":1}", LONG).unwrap());
    store.unlock(&slot(), &mut held).unwrap();
    assert_eq!(load(&store, KEY).unwrap().as_deref(), Some("{\"a\":1}"));
}

#[test]
fn a_foreign_key_leads_nowhere() {
    let scratch = Scratch::new();
    let store = scratch.store();
    for key in [
        "",
        "../../../../../etc/passwd",
        &"A".repeat(64),
        &"é".repeat(32),
    ] {
        let mut lease = Lease::new(LONG).unwrap();
        let error = store
            .try_lock(&Slot::new(key, LONG), &mut lease)
            .unwrap_err();
        assert!(error.message().contains("key"), "{error}");
    }
    assert!(scratch.names().is_empty());
}
