//! Forking while other threads are inside calls.
#![cfg(unix)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use support::{my_role, role, sandbox};
use zoom_s2s::{Client, Error};
use zoom_s2s_sandbox::World;

const TEST: &str = "children_work_and_parents_do_not_notice";
/// Threads of the parent inside calls all the time, and threads of each child.
const PARENT_THREADS: usize = 8;
const CHILD_THREADS: usize = 4;
const CHILDREN_AT_ONCE: usize = 4;

#[test]
fn children_work_and_parents_do_not_notice() {
    if my_role().is_some() {
        return be_the_parent();
    }
    let forks = std::env::var("ZOOM_S2S_FORKS").unwrap_or_else(|_| "2000".into());
    // Where a new token kills the one before, a child born before its parent's renewal is left with a
    // dead token: only a store that processes share helps there. So no renewal falls into that run,
    // and the inherited token must do for every child.
    for (world, life) in [(World::MultiToken, 6), (World::SingleToken, 3600)] {
        let zoom = sandbox(|sandbox| {
            sandbox
                .world(world)
                .token_lifetime(Duration::from_secs(life))
        });
        let started = Instant::now();
        let output = role(TEST, "parent")
            .envs(zoom.env())
            .env("FORKS", &forks)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        // A token is renewed between 5/6 and 9/10 of its life.
        let renewals = started.elapsed().as_secs() / (life * 5 / 6);
        let requests = zoom.token_requests() as u64;
        println!(
            "{world:?}: {forks} forks, {requests} token requests, {renewals} renewals at most"
        );
        for line in text.lines().filter(|line| line.contains("calls")) {
            println!("{line}");
        }
        match world {
            World::SingleToken => assert_eq!(requests, 1),
            // One each, and at most one more.
            _ => assert!(requests <= (1 + renewals) * 2, "{requests} token requests"),
        }
    }
}

fn be_the_parent() {
    let forks: usize = std::env::var("FORKS").unwrap().parse().unwrap();
    let client = Client::from_env().unwrap();
    client.token().expect("a token to inherit");
    let (stop, calls) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let threads: Vec<_> = (0..PARENT_THREADS)
        .map(|_| {
            let (client, stop, calls) = (client.clone(), stop.clone(), calls.clone());
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    call(&client).expect("the parent is not disturbed");
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let mut children = Vec::new();
    for _ in 0..forks {
        if children.len() == CHILDREN_AT_ONCE {
            reap(children.remove(0));
        }
        children.push(fork_child(&client));
    }
    children.into_iter().for_each(reap);
    stop.store(true, Ordering::Relaxed);
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("a parent's call failed"));
    println!(
        "{forks} children ended well, {} calls of the parent meanwhile",
        calls.load(Ordering::Relaxed)
    );
}

fn call(client: &Client) -> Result<(), Error> {
    client
        .users()
        .page_size(10)
        .pages()
        .next()
        .expect("an answer")
        .map(drop)
}

fn fork_child(client: &Client) -> libc::pid_t {
    // SAFETY: the child uses only what this test is about (the client, threads) and leaves by _exit.
    match unsafe { libc::fork() } {
        0 => {
            // SAFETY: a hanging child is killed by this alarm, which the parent notices.
            unsafe { libc::alarm(10) };
            let threads: Vec<_> = (0..CHILD_THREADS)
                .map(|_| {
                    let client = client.clone();
                    thread::spawn(move || call(&client).is_ok())
                })
                .collect();
            let good = threads
                .into_iter()
                .all(|thread| thread.join().unwrap_or(false));
            // SAFETY: ends the child without running the parent's exit handlers.
            unsafe { libc::_exit(if good { 0 } else { 1 }) }
        }
        -1 => panic!("no fork: {}", std::io::Error::last_os_error()),
        child => child,
    }
}

fn reap(child: libc::pid_t) {
    let mut status = 0;
    // SAFETY: waits for a child of this process.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(
        status, 0,
        "a child failed (256) or hung until its alarm (14): {status}"
    );
}

#[test]
fn a_child_goes_on_with_the_token_and_connections_of_its_own() {
    const TEST: &str = "a_child_goes_on_with_the_token_and_connections_of_its_own";
    if my_role().is_none() {
        let zoom = sandbox(|sandbox| sandbox);
        let output = role(TEST, "parent").envs(zoom.env()).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert_eq!((zoom.token_requests(), zoom.connections()), (1, 2));
        return;
    }
    let client = Client::from_env().unwrap();
    let (token, before) = (
        client.token().unwrap(),
        client.users().pages().next().unwrap().unwrap(),
    );
    // SAFETY: this process has no other thread that holds anything.
    match unsafe { libc::fork() } {
        0 => {
            let same = client
                .token()
                .is_ok_and(|mine| mine.value() == token.value());
            let works =
                call(&client).is_ok() && before.user(0).is_some_and(|user| user.json().len() > 2);
            let unused = Client::from_env().is_ok();
            drop(before);
            drop(client);
            // SAFETY: ends the child; its exit handlers concern nobody else.
            unsafe { libc::exit(if same && works && unused { 0 } else { 1 }) }
        }
        child => reap(child),
    }
    call(&client).expect("the parent's connection is as it was");
}
