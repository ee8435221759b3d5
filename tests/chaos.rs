//! Listings under everything at once: tokens dying, page tokens expiring, limits, server errors, cut
//! connections, users added and deleted. Each ends whole, or says that it is not.

mod support;

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use support::{builder, credentials};
use zoom_s2s::{Error, Status};
use zoom_s2s_sandbox::{Churn, Cut, Fault, Paging, RateLimit, Sandbox, UserStatus, World};

/// Listings, one per seed, the seeds being 1 to this. Odd ones page by offset, even ones by snapshot;
/// the first half lives in the single-token world.
const SEEDS: u64 = 24;
const USERS: u32 = 100_000;
/// At least so many must be whole; the others must say that they are not.
const WHOLE: usize = 18;

/// Chances in a thousand, per request or page.
const SERVER_ERROR: u32 = 3;
const CUT_BEFORE: u32 = 2;
const CUT_WITHIN: u32 = 2;
const BUSY: u32 = 1;
const EXPIRED_PAGE_TOKEN: u32 = 1;
const ADDED: u32 = 10;
const DELETED: u32 = 10;
/// Every so many requests the token dies.
const TOKEN_DEATH: u64 = 200;

const STATUSES: [UserStatus; 3] = [
    UserStatus::Active,
    UserStatus::Inactive,
    UserStatus::Pending,
];

#[derive(Debug)]
enum Ending {
    Whole { changed: bool },
    Said(Error),
}

fn sandbox(seed: u64) -> Sandbox {
    let zoom = Sandbox::builder()
        .users(USERS)
        .seed(1_000 + seed)
        .paging(if seed % 2 == 1 {
            Paging::Offset
        } else {
            Paging::Snapshot
        })
        .world(if seed <= SEEDS / 2 {
            World::SingleToken
        } else {
            World::MultiToken
        })
        .page_cache(0)
        .churn(Churn {
            seed,
            adds_per_mille_page: ADDED,
            deletes_per_mille_page: DELETED,
        })
        .start()
        .expect("the sandbox starts");
    zoom.kill_tokens_every(TOKEN_DEATH);
    for fault in [
        Fault::on_api().server_error(503).chance(SERVER_ERROR, seed),
        Fault::on_api()
            .cut(Cut::BeforeHeaders)
            .chance(CUT_BEFORE, seed + 100),
        Fault::on_api()
            .cut(Cut::InBody)
            .chance(CUT_WITHIN, seed + 200),
        Fault::on_api()
            .rate_limited(RateLimit::PerSecond)
            .chance(BUSY, seed + 300),
        Fault::on_api()
            .expired_page_token()
            .chance(EXPIRED_PAGE_TOKEN, seed + 400),
        Fault::on_token().server_error(500).chance(100, seed + 500),
    ] {
        zoom.fault(fault.always());
    }
    zoom
}

/// Lists everybody, and holds the list against what the sandbox knows.
fn list(seed: u64) -> Ending {
    let zoom = sandbox(seed);
    let client = builder(&zoom, credentials(&zoom))
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    let mark = zoom.mark();
    let mut delivered = HashSet::new();
    let mut users = client.users().status(Status::All).into_iter();
    let mut ending = None;
    for user in &mut users {
        match user {
            Ok(user) => {
                let key = user.id().unwrap_or(user.email()).to_owned();
                assert!(delivered.insert(key), "seed {seed}: {} twice", user.email());
            }
            Err(error) => ending = Some(Ending::Said(error)),
        }
    }
    let ending = ending.unwrap_or(Ending::Whole {
        changed: users.changed(),
    });
    let mut ever = HashSet::new();
    for status in STATUSES {
        ever.extend(
            zoom.ever(status, mark)
                .map(|user| user.id.unwrap_or(user.email)),
        );
    }
    assert!(
        delivered.is_subset(&ever),
        "seed {seed}: somebody was made up"
    );
    if let Ending::Whole { .. } = ending {
        assert!(users.checked(), "seed {seed}");
        for status in STATUSES {
            let missed = zoom
                .truth_throughout(status, mark)
                .filter(|user| !delivered.contains(user.id.as_deref().unwrap_or(&user.email)))
                .count();
            assert_eq!(
                missed, 0,
                "seed {seed}: {missed} {status:?} users were lost in silence"
            );
        }
    }
    let said = match &ending {
        Ending::Whole { changed: false } => "whole".to_owned(),
        Ending::Whole { changed: true } => "whole, seen changing".to_owned(),
        Ending::Said(error) => format!("{:?}: {}", error.status(), error.message()),
    };
    let (requests, tokens) = (zoom.api_requests(), zoom.tokens_issued());
    println!(
        "seed {seed}: {} users, {requests} requests, {tokens} tokens: {said}",
        delivered.len()
    );
    ending
}

#[test]
fn every_listing_is_whole_or_says_that_it_is_not() {
    let seeds: u64 =
        std::env::var("ZOOM_S2S_CHAOS_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    let next = AtomicU64::new(1);
    let endings = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > seeds {
                        return;
                    }
                    let ending = list(seed);
                    endings.lock().unwrap().push(ending);
                }
            });
        }
    });
    let endings = endings.into_inner().unwrap();
    let whole = endings
        .iter()
        .filter(|ending| matches!(ending, Ending::Whole { .. }))
        .count();
    let changed = endings
        .iter()
        .filter(|ending| matches!(ending, Ending::Whole { changed: true }))
        .count();
    println!(
        "{whole} of {} listings whole, {changed} of them of an account seen changing",
        endings.len()
    );
    assert_eq!(endings.len() as u64, seeds);
    assert!(
        whole * SEEDS as usize >= WHOLE * seeds as usize,
        "{endings:?}"
    );
    assert!(changed > 0, "the chaos was none");
}
