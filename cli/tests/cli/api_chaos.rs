//! `zoom-s2s api --paginate` while tokens die, servers fail, connections break and users come and go.

use std::collections::HashSet;
use std::thread;

use serde_json::Value;
use zoom_s2s_sandbox::{Churn, Cut, Fault, Paging, RateLimit, Sandbox, UserStatus, World};

use crate::api_list::list;
use crate::support::{Run, run};

const USERS: u32 = 20_000;
/// Odd ones page by offset, even ones by snapshot.
const SEEDS: u64 = 8;

/// An account that changes under the listing, and everything else that goes wrong.
fn chaos(seed: u64) -> Sandbox {
    let odd = seed % 2 == 1;
    let zoom = Sandbox::builder()
        .users(USERS)
        .seed(seed)
        .paging(if odd {
            Paging::Offset
        } else {
            Paging::Snapshot
        })
        .world(if odd {
            World::MultiToken
        } else {
            World::SingleToken
        })
        .churn(Churn {
            seed,
            adds_per_mille_page: 30,
            deletes_per_mille_page: 30,
        })
        .start()
        .expect("it starts");
    zoom.kill_tokens_every(50);
    for fault in [
        Fault::on_api().server_error(503).chance(20, seed),
        Fault::on_api()
            .cut(Cut::BeforeHeaders)
            .chance(20, seed + 100),
        Fault::on_api().cut(Cut::InBody).chance(20, seed + 200),
        Fault::on_api()
            .rate_limited(RateLimit::PerSecond)
            .chance(2, seed + 300),
        Fault::on_api().expired_page_token().chance(4, seed + 400),
        Fault::on_token().server_error(500).chance(100, seed + 500),
    ] {
        zoom.fault(fault.always());
    }
    zoom
}

/// Whether the list was whole.
fn is_whole(seed: u64) -> bool {
    let zoom = chaos(seed);
    let before = zoom.mark();
    let more = [
        "--format",
        "jsonl",
        "-f",
        "page_size=300",
        "--timeout",
        "60",
    ];
    let Run {
        code,
        stdout,
        stderr,
    } = run(&mut list(&zoom, "/users", &more));
    let struck = zoom
        .journal()
        .iter()
        .filter(|sent| sent.fault.is_some())
        .count();
    let (requests, tokens) = (zoom.api_requests(), zoom.token_requests());
    println!("seed {seed}: {requests} requests, {struck} struck, {tokens} for tokens, exit {code}");
    assert!(struck > 0 && tokens > 1, "no chaos");
    let mut listed = HashSet::new();
    for line in stdout.lines() {
        let user: Value = serde_json::from_str(line).expect("a user");
        let email = user["email"].as_str().expect("an email").to_owned();
        assert!(listed.insert(email), "seed {seed}: twice: {line}");
    }
    let ever: HashSet<String> = zoom
        .ever(UserStatus::Active, before)
        .map(|user| user.email)
        .collect();
    assert!(listed.is_subset(&ever), "seed {seed}: somebody was made up");
    if code == 0 {
        // That tokens die is no secret.
        let mut told = stderr.lines();
        assert!(told.all(|line| line.starts_with("warning: ")), "{stderr}");
        let throughout = zoom.truth_throughout(UserStatus::Active, before);
        let missed = throughout
            .filter(|user| !listed.contains(&user.email))
            .count();
        assert_eq!(missed, 0, "seed {seed}: lost in silence");
        return true;
    }
    assert_eq!(code, 75, "seed {seed}: {stderr}");
    assert!(stderr.contains("were delivered"), "seed {seed}: {stderr}");
    false
}

#[test]
fn under_chaos_a_list_is_whole_or_says_that_it_is_not() {
    // At the same time: most of it is waiting.
    let whole = thread::scope(|scope| {
        let runs: Vec<_> = (1..=SEEDS)
            .map(|seed| scope.spawn(move || is_whole(seed)))
            .collect();
        let runs = runs.into_iter().map(|run| run.join().expect("a run"));
        runs.filter(|whole| *whole).count() as u64
    });
    println!("{whole} of {SEEDS} lists whole");
    assert!(whole * 2 > SEEDS, "{whole}");
}
