//! The promises, each with the check that it is kept.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::app::{App, LIFE, Outcome, ensure, lease};
use crate::store::{Lease, Slot, TokenStore};

/// What "at once" means where an operation has no time left, or somebody else has the lease.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Longer than any one step of this check takes.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(400);
const RACERS: usize = 8;
const THREADS: u64 = 4;
const CYCLES: u64 = 20;

pub(super) type Promise = (&'static str, fn(&dyn TokenStore) -> Outcome);

pub(super) const PROMISES: &[Promise] = &[
    ("a store has a name for log lines", named),
    ("a key never saved has no value", empty_at_first),
    ("the clock tells the time and goes on", has_clock),
    ("one owner at a time has the lease", exclusive),
    ("only the owner of the lease saves", saves_for_owner),
    ("a value is given back as it was saved", keeps_values),
    ("a sealed value is given back as it was saved", keeps_sealed),
    ("a lease given back is free", unlocks),
    ("only the owner gives the lease back", unlocks_for_owner),
    ("a lease ends by itself", expires),
    ("keys have nothing to do with each other", independent),
    ("no operation goes on without time left", obeys_deadline),
    (
        "a free lease goes to one of those who ask at once",
        decides_races,
    ),
    ("a lease keeps all others out", excludes_threads),
];

fn named(store: &dyn TokenStore) -> Outcome {
    let name = store.name();
    let fits = !name.is_empty() && !name.contains(char::is_control);
    ensure(fits, || format!("its name is {name:?}"))
}

fn empty_at_first(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    app.expect(None)?;
    // A lease alone is no value either.
    let mut lease = app.lock(LONG)?;
    app.expect(None)?;
    app.unlock(&mut lease)?;
    app.expect(None)
}

fn has_clock(store: &dyn TokenStore) -> Outcome {
    // 2020 and 2100: seconds taken for milliseconds lie outside.
    const PLAUSIBLE: std::ops::Range<u64> = 1_577_836_800_000..4_102_444_800_000;
    let app = App::new(store)?;
    let (began, first) = (Instant::now(), app.now_ms()?);
    thread::sleep(Duration::from_millis(60));
    let (second, passed) = (app.now_ms()?, began.elapsed());
    ensure(PLAUSIBLE.contains(&first), || {
        format!("now_ms is {first}, not the time in milliseconds")
    })?;
    let told = second.saturating_sub(first);
    let most = u64::try_from(passed.as_millis())
        .unwrap_or(u64::MAX)
        .saturating_add(1000);
    ensure((1..=most).contains(&told), || {
        format!(
            "now_ms went from {first} to {second} within {} ms",
            passed.as_millis()
        )
    })
}

fn exclusive(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    let mut held = app.lock(LONG)?;
    for _ in 0..3 {
        let began = Instant::now();
        ensure(!app.try_lock(LONG)?.1, || {
            "a second owner got it too".to_owned()
        })?;
        at_once("try_lock", began)?;
    }
    app.unlock(&mut held)
}

fn saves_for_owner(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    let stranger = lease(LONG)?;
    ensure(!app.save(&stranger, &app.value("free"))?, || {
        "saved while nobody had the lease".to_owned()
    })?;
    app.expect(None)?;
    let mut held = app.lock(LONG)?;
    ensure(!app.save(&stranger, &app.value("first"))?, || {
        "saved for another owner".to_owned()
    })?;
    app.expect(None)?;
    let value = app.value("owner's");
    app.save_owned(&held, &value)?;
    ensure(!app.save(&stranger, &app.value("later"))?, || {
        "saved for another owner".to_owned()
    })?;
    app.expect(Some(&value))?;
    app.unlock(&mut held)?;
    app.expect(Some(&value))
}

fn keeps_values(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    let mut held = app.lock(LONG)?;
    // Escapes, Unicode, odd white space and numbers that a reader might rewrite; larger than any
    // token, then shorter again.
    let odd = r#"é 漢字 🦀 \u0041 \/ \\ \" \ud83e\udd80 \u0000 % & + ' $1"#;
    let long = format!(
        "{{ \"z\": 1.0e+2,\n\t\"a\":[ 1 ,12345678901234567890123 ], {}",
        app.tail(&odd.repeat(400))
    );
    for value in [&app.value("first"), &long, &app.value("x")] {
        app.save_owned(&held, value)?;
        app.expect(Some(value))?;
    }
    app.unlock(&mut held)?;
    app.expect(Some(&app.value("x")))
}

/// What a store that is not private gets, which is no JSON.
fn keeps_sealed(store: &dyn TokenStore) -> Outcome {
    if store.is_private() {
        return Ok(());
    }
    let app = App::new(store)?;
    let mut held = app.lock(LONG)?;
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for length in [1, 16] {
        let value = format!("zoom-s2s.1.{}", alphabet.repeat(length));
        app.save_owned(&held, &value)?;
        app.expect(Some(&value))?;
    }
    app.save_owned(&held, &app.value("left behind"))?;
    app.unlock(&mut held)
}

fn unlocks(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    for round in 0..3 {
        let mut held = app
            .lock(LONG)
            .map_err(|seen| format!("in round {round}: {seen}"))?;
        app.unlock(&mut held)?;
        let saved = app.save(&held, &app.value("after"))?;
        ensure(!saved, || "its old owner still saves".to_owned())?;
        // A second time is of no effect, whoever holds the lease then.
        let mut next = app.lock(LONG)?;
        app.unlock(&mut held)?;
        ensure(!app.try_lock(LONG)?.1, || {
            "a second unlock freed the next owner's lease".to_owned()
        })?;
        app.unlock(&mut next)?;
    }
    Ok(())
}

fn unlocks_for_owner(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    let mut stranger = lease(LONG)?;
    app.unlock(&mut stranger)?;
    let mut held = app.lock(LONG)?;
    app.unlock(&mut stranger)?;
    ensure(!app.try_lock(LONG)?.1, || "a stranger freed it".to_owned())?;
    app.save_owned(&held, &app.value("still"))?;
    app.unlock(&mut held)
}

fn expires(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    let began = Instant::now();
    let mut late = app.lock(SHORT)?;
    let mut next = loop {
        let (asked, got) = app.try_lock(LONG)?;
        let passed = began.elapsed();
        if got {
            // The clock may be a little coarse, but a lease is worth nothing if it is cut short.
            ensure(passed >= SHORT / 2, || {
                format!("it ended after {} ms of 400", passed.as_millis())
            })?;
            break asked;
        }
        ensure(passed < SHORT + Duration::from_secs(5), || {
            "400 ms, and not over after 5 s".to_owned()
        })?;
        thread::sleep(Duration::from_millis(20));
    };
    let value = app.value("next");
    app.save_owned(&next, &value)?;
    ensure(!app.save(&late, &app.value("late"))?, || {
        "its first owner still saved".to_owned()
    })?;
    app.expect(Some(&value))?;
    app.unlock(&mut late)?;
    ensure(!app.try_lock(LONG)?.1, || {
        "its first owner freed the next one's".to_owned()
    })?;
    app.save_owned(&next, &value)?;
    app.unlock(&mut next)
}

fn independent(store: &dyn TokenStore) -> Outcome {
    let (one, other) = (App::new(store)?, App::new(store)?);
    let mut ours = one.lock(LONG)?;
    let mut theirs = other
        .lock(LONG)
        .map_err(|seen| format!("of two keys at once, {seen}"))?;
    one.save_owned(&ours, &one.value("one"))?;
    other.expect(None)?;
    ensure(!other.save(&ours, &other.value("foreign"))?, || {
        "saved under another key".to_owned()
    })?;
    other.save_owned(&theirs, &other.value("other"))?;
    one.unlock(&mut ours)?;
    ensure(!other.try_lock(LONG)?.1, || {
        "unlock freed another key's lease".to_owned()
    })?;
    other.unlock(&mut theirs)?;
    one.expect(Some(&one.value("one")))?;
    other.expect(Some(&other.value("other")))
}

fn obeys_deadline(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    let slot = Slot::new(&app.key, Duration::ZERO);
    let mut held = lease(SHORT)?;
    // Whether they succeed is up to the store.
    type Step<'s> = &'s mut dyn FnMut(&mut Lease);
    let steps: [(&str, Step<'_>); 4] = [
        ("load", &mut |_| drop(store.load(&slot))),
        ("try_lock", &mut |held| drop(store.try_lock(&slot, held))),
        ("save", &mut |held| {
            drop(store.save(&slot, held, &app.value("x"), LIFE))
        }),
        ("unlock", &mut |held| drop(store.unlock(&slot, held))),
    ];
    for (name, step) in steps {
        let began = Instant::now();
        step(&mut held);
        at_once(name, began)?;
    }
    Ok(())
}

fn decides_races(store: &dyn TokenStore) -> Outcome {
    for _ in 0..5 {
        let app = App::new(store)?;
        let start = Barrier::new(RACERS);
        let race = || {
            start.wait();
            app.try_lock(LONG)
        };
        let asked: Vec<_> = thread::scope(|scope| {
            let racers: Vec<_> = (0..RACERS).map(|_| scope.spawn(race)).collect();
            racers
                .into_iter()
                .map(|racer| racer.join().unwrap_or(Err("it panicked".to_owned())))
                .collect()
        });
        let asked = asked.into_iter().collect::<Outcome<Vec<_>>>()?;
        let mut winners: Vec<_> = asked
            .into_iter()
            .filter_map(|(lease, got)| got.then_some(lease))
            .collect();
        match winners.as_mut_slice() {
            [winner] => app.unlock(winner)?,
            winners => return Err(format!("of {RACERS}, {} got it", winners.len())),
        }
    }
    Ok(())
}

fn excludes_threads(store: &dyn TokenStore) -> Outcome {
    let app = App::new(store)?;
    let inside = AtomicU64::new(0);
    let count = || -> Outcome {
        for _ in 0..CYCLES {
            let end = Instant::now() + Duration::from_secs(30);
            let mut held = loop {
                let (asked, got) = app.try_lock(LONG)?;
                if got {
                    break asked;
                }
                ensure(Instant::now() < end, || "nobody got on for 30 s".to_owned())?;
                thread::sleep(Duration::from_millis(3));
            };
            let others = inside.fetch_add(1, Ordering::SeqCst);
            let value = app.load()?;
            // Long enough for the others to ask meanwhile.
            thread::sleep(Duration::from_millis(1));
            let before = value.as_deref().and_then(App::number).unwrap_or(0);
            app.save_owned(&held, &app.value(&(before + 1).to_string()))?;
            inside.fetch_sub(1, Ordering::SeqCst);
            app.unlock(&mut held)?;
            ensure(others == 0, || "two threads had it at once".to_owned())?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(count)).collect();
        let ends = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(Err("it panicked".to_owned())));
        ends.fold(Ok(()), Result::and)
    })?;
    let counted = app.load()?.as_deref().and_then(App::number);
    ensure(counted == Some(THREADS * CYCLES), || {
        format!(
            "of {} increments under the lease, {counted:?} are there",
            THREADS * CYCLES
        )
    })
}

fn at_once(what: &str, began: Instant) -> Outcome {
    let took = began.elapsed();
    ensure(took < AT_ONCE, || {
        format!("{what} took {} ms", took.as_millis())
    })
}
