//! One token for all threads: how often the token endpoint is asked, and what callers see.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use support::{builder, client, credentials, first_page, on_threads, sandbox};
use zoom_s2s::{Counter, CredentialSource, Credentials, Error};
use zoom_s2s_sandbox::{Fault, World};

#[test]
fn a_cold_cache_sends_one_token_request() {
    let zoom = sandbox(|sandbox| sandbox);
    // Slow enough that every thread arrives while the first one's request is under way.
    zoom.fault(Fault::on_token().latency(Duration::from_millis(300)));
    let client = client(&zoom);
    let tokens = on_threads(64, move |_| {
        client.token().map(|token| token.value().to_owned())
    });
    let first = tokens[0].as_ref().expect("a token");
    assert!(
        tokens
            .iter()
            .all(|token| token.as_ref().is_ok_and(|token| token == first))
    );
    assert_eq!(zoom.token_requests(), 1);
}

#[test]
fn a_token_killed_under_load_costs_one_request() {
    for world in [World::SingleToken, World::MultiToken] {
        let zoom = Arc::new(sandbox(|sandbox| sandbox.world(world)));
        let client = client(&zoom);
        client.token().expect("the first token");
        let (stop, done, failed) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicUsize::new(0)),
        );
        let threads: Vec<_> = (0..64)
            .map(|_| {
                let (client, stop, done, failed) =
                    (client.clone(), stop.clone(), done.clone(), failed.clone());
                thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        if client
                            .users()
                            .page_size(10)
                            .pages()
                            .next()
                            .is_none_or(|page| page.is_err())
                        {
                            failed.fetch_add(1, Ordering::Relaxed);
                        }
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let wait_for = |calls: usize| {
            let target = done.load(Ordering::Relaxed) + calls;
            while done.load(Ordering::Relaxed) < target {
                thread::sleep(Duration::from_millis(1));
            }
        };
        wait_for(200);
        zoom.kill_all_tokens();
        wait_for(600);
        stop.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("a caller panicked"));
        assert_eq!(zoom.token_requests(), 2, "{world:?}");
        assert_eq!(failed.load(Ordering::Relaxed), 0, "{world:?}");
        assert!(client.counter(Counter::TokensRejected) >= 1);
    }
}

#[test]
fn an_impatient_leader_does_not_spoil_the_others() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on_token().latency(Duration::from_secs(1)));
    let make = |timeout| {
        builder(&zoom, credentials(&zoom))
            .timeout(timeout)
            .build()
            .unwrap()
    };
    // Two clients of one app share the token and the flight, whatever their settings.
    let (impatient, patient) = (
        make(Duration::from_millis(100)),
        make(Duration::from_secs(30)),
    );
    let leader = thread::spawn(move || impatient.token());
    while zoom.token_requests() == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let waiters = on_threads(63, move |_| patient.token().map(drop));
    assert!(matches!(leader.join().unwrap(), Err(Error::Timeout(_))));
    for waiter in waiters {
        waiter.expect("a patient caller gets its token");
    }
    assert_eq!(
        zoom.token_requests(),
        2,
        "the leader's, and that of the waiter that took over"
    );
}

#[test]
fn a_wrong_secret_is_remembered() {
    let zoom = sandbox(|sandbox| sandbox);
    let keys = zoom.credentials();
    let wrong = Credentials::server_to_server(&keys.account_id, &keys.client_id, "not-the-secret");
    let client = builder(&zoom, wrong).build().unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    let calls = on_threads(64, move |_| {
        let mut calls = 0;
        while Instant::now() < end {
            let error = client.token().expect_err("the secret is wrong");
            assert!(matches!(error, Error::Credentials(_)), "{error}");
            assert!(
                error.message().contains("client secret was refused"),
                "{error}"
            );
            assert!(error.hint().contains("client_secret"), "{error}");
            assert_eq!(error.oauth_error(), Some("invalid_client"));
            assert!(error.tracking_id().is_some());
            calls += 1;
            thread::sleep(Duration::from_millis(5));
        }
        calls
    });
    let requests = zoom.token_requests();
    println!(
        "{requests} token requests for {} calls in 10 s",
        calls.iter().sum::<u32>()
    );
    assert!((2..=11).contains(&requests), "{requests}");
}

#[test]
fn a_replaced_secret_file_needs_no_restart() {
    let zoom = sandbox(|sandbox| sandbox.world(World::SingleToken));
    let folder = tempdir();
    let file = folder.join("secret");
    let keys = zoom.credentials();
    std::fs::write(&file, format!("  {}\n", keys.client_secret)).unwrap();
    let credentials = Credentials::server_to_server(
        &keys.account_id,
        &keys.client_id,
        CredentialSource::file(&file),
    );
    let client = builder(&zoom, credentials).build().unwrap();
    client.token().expect("the first secret works");

    zoom.set_client_secret("the-second-secret");
    zoom.kill_all_tokens();
    std::fs::write(&file, "the-second-secret").unwrap();
    let users = client
        .users()
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .expect("the second secret works");
    assert!(!users.is_empty());
    assert_eq!(zoom.token_requests(), 2);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_secret_replaced_while_it_is_refused_is_read_again() {
    let zoom = sandbox(|sandbox| sandbox);
    let folder = tempdir();
    let file = folder.join("replaced");
    let keys = zoom.credentials();
    std::fs::write(&file, "the-secret-of-yesterday").unwrap();
    let credentials = || {
        Credentials::server_to_server(
            &keys.account_id,
            &keys.client_id,
            CredentialSource::file(&file),
        )
    };
    let client = builder(&zoom, credentials()).build().unwrap();
    // The file changes while the request with the old secret is on its way.
    zoom.fault(Fault::on_token().latency(Duration::from_millis(500)));
    let caller = thread::spawn(move || client.token().map(drop));
    while zoom.token_requests() == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    std::fs::write(&file, &keys.client_secret).unwrap();
    caller.join().unwrap().expect("the new secret is right");
    assert_eq!(zoom.token_requests(), 2);

    // Nothing new in the file: refused is refused.
    std::fs::write(&file, "the-secret-of-tomorrow").unwrap();
    zoom.kill_all_tokens();
    let client = builder(&zoom, credentials()).build().unwrap();
    let error = first_page(&client).unwrap_err();
    assert!(matches!(error, Error::Credentials(_)), "{error}");
    assert_eq!(zoom.token_requests(), 3);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_token_that_is_dead_on_arrival_is_no_token() {
    let zoom = sandbox(|sandbox| sandbox.token_lifetime(Duration::from_secs(1)));
    zoom.fault(Fault::on_token().latency(Duration::from_millis(1_300)));
    let error = client(&zoom).token().unwrap_err();
    assert!(
        error.message().contains("expired before it arrived"),
        "{error}"
    );
}

#[test]
fn impatient_callers_hear_what_zoom_said_of_their_token() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on_api().always().unauthorized());
    let client = builder(&zoom, credentials(&zoom))
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let error = first_page(&client).unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    assert!(
        error.message().contains("Invalid access token") && error.tracking_id().is_some(),
        "{error}"
    );
    // Who comes into the pause without a refused token of his own hears of the quarrel.
    let error = builder(&zoom, credentials(&zoom))
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap()
        .token()
        .unwrap_err();
    assert!(
        error.hint().contains("Another process") && error.retry_after().is_some(),
        "{error}"
    );
}

#[test]
fn short_lived_tokens_are_renewed_without_a_failed_call() {
    let zoom = sandbox(|sandbox| {
        sandbox
            .world(World::SingleToken)
            .token_lifetime(Duration::from_secs(2))
    });
    let client = client(&zoom);
    let end = Instant::now() + Duration::from_secs(7);
    let calls = on_threads(8, move |_| {
        let mut calls = 0;
        while Instant::now() < end {
            client
                .users()
                .pages()
                .next()
                .expect("a page")
                .expect("no call fails");
            calls += 1;
        }
        calls
    });
    let issued = zoom.tokens_issued();
    println!(
        "{} calls over {issued} tokens of 2 s",
        calls.iter().sum::<u32>()
    );
    assert!((3..=8).contains(&issued), "{issued} tokens in 7 s");
}

#[test]
fn a_failing_refresh_is_nobodys_business_while_the_token_lives() {
    let zoom = sandbox(|sandbox| sandbox.token_lifetime(Duration::from_secs(9)));
    let client = client(&zoom);
    let first = client.token().unwrap();
    zoom.fault(Fault::on_token().always().server_error(503));
    // Stale at 7.5 to 8.1 s of 9.
    let stale = Instant::now() + Duration::from_millis(8_200);
    while Instant::now() < stale {
        assert_eq!(
            client.token().expect("the token is live").value(),
            first.value()
        );
        thread::sleep(Duration::from_millis(20));
    }
    assert!(
        client.counter(Counter::RefreshesFailed) >= 1,
        "the refresh was tried"
    );
    zoom.clear_faults();
    thread::sleep(Duration::from_millis(1_000));
    assert_ne!(client.token().expect("a new token").value(), first.value());
}

#[test]
fn forced_refreshes_are_shared_and_spaced() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(
        Fault::on_token()
            .always()
            .latency(Duration::from_millis(200)),
    );
    let client = client(&zoom);
    let before = client.token().unwrap();
    let clones = client.clone();
    let refreshed = on_threads(16, move |_| {
        clones.refresh_token().unwrap().value().to_owned()
    });
    assert!(refreshed.iter().all(|value| value != before.value()));
    assert_eq!(
        zoom.token_requests(),
        2,
        "sixteen callers share one request"
    );

    let started = Instant::now();
    client.refresh_token().unwrap();
    assert!(
        started.elapsed() >= Duration::from_secs(4),
        "the next one waits for its turn"
    );
    assert_eq!(zoom.token_requests(), 3);
}

#[test]
fn rejecting_and_revoking() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    let first = client.token().unwrap();
    assert!(client.reject_token(first.bearer()));
    let second = client.token().unwrap();
    assert_ne!(first.value(), second.value());
    assert!(
        !client.reject_token(first.value()),
        "that one has been replaced already"
    );
    assert_eq!(client.token().unwrap().value(), second.value());

    client.revoke_token().expect("the endpoint takes it");
    let revoked = zoom
        .journal()
        .iter()
        .any(|entry| entry.path == "/oauth/revoke" && entry.status == 200);
    assert!(revoked, "the sandbox saw the revocation");
    // A revoked token counts as a rejected one, and the last forced refresh is a moment ago.
    assert_ne!(client.token().unwrap().value(), second.value());
}

#[test]
fn clients_of_one_app_share_and_strangers_do_not() {
    let zoom = sandbox(|sandbox| sandbox);
    let (one, two) = (client(&zoom), client(&zoom));
    assert_eq!(one.token().unwrap().value(), two.token().unwrap().value());
    drop((one, two));
    client(&zoom)
        .token()
        .expect("the token outlives the clients");
    assert_eq!(zoom.token_requests(), 1);

    let keys = zoom.credentials();
    let stranger = Credentials::server_to_server(&keys.account_id, &keys.client_id, "guessed");
    let stranger = builder(&zoom, stranger).build().unwrap();
    assert!(
        matches!(stranger.token(), Err(Error::Credentials(_))),
        "a guessed secret gets nothing"
    );
}

#[test]
fn fresh_tokens_that_are_refused_end_in_unauthorized() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.fault(Fault::on_api().always().unauthorized());
    let client = client(&zoom);
    let error = first_page(&client).expect_err("every token is refused");
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    let said = "the API refused 3 tokens in a row, the last: Invalid access token.";
    assert!(error.message().starts_with(said), "{error}");
    assert_eq!(error.message().matches("refused").count(), 1, "{error}");
    assert_eq!(error.zoom_code(), Some(124));
    assert_eq!(zoom.token_requests(), 3);
    assert!(client.counter(Counter::TugOfWar) >= 1);
    assert!(
        client.status_json().contains("Another process probably"),
        "{}",
        client.status_json()
    );
}

fn tempdir() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!(
        "zoom-s2s-{}-{:?}",
        std::process::id(),
        thread::current().id()
    ));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}
