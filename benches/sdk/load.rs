//! The SDK under load, one kind for each run; the answer is a line of `name=number`.
//!
//! ```text
//! load stream            lists all users and keeps none
//! load keep              lists all users and keeps them
//! load threads N TOTAL   N threads of one client make TOTAL listings between them
//! load clients N TOTAL   the same, and each thread has a client of its own
//! load hits N TOTAL      N threads of one client take a token TOTAL times between them
//! load token             what a hit of Client::token costs, and what a look at the clock
//! ```

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use zoom_s2s::{Client, Error, Status, User};

fn main() -> Result<(), Error> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |at: usize| {
        words
            .get(at)
            .and_then(|word| word.parse().ok())
            .unwrap_or(1)
    };
    match words.first().copied() {
        Some("stream") => stream(),
        Some("keep") => keep(),
        Some("threads") => threads(number(1), number(2)),
        Some("clients") => clients(number(1), number(2)),
        Some("hits") => hits(number(1), number(2)),
        Some("token") => token(),
        _ => panic!(
            "usage: load stream | keep | threads N TOTAL | clients N TOTAL | hits N TOTAL | token"
        ),
    }
}

fn stream() -> Result<(), Error> {
    let zoom = Client::from_env()?;
    let (mut users, mut checksum) = (0, 0);
    for user in zoom.users().status(Status::All) {
        let user = user?;
        users += 1;
        checksum += user.email().len() + user.id().map_or(0, str::len);
    }
    println!("users={users} checksum={checksum}");
    Ok(())
}

fn keep() -> Result<(), Error> {
    let zoom = Client::from_env()?;
    let users = zoom.users().status(Status::All).into_iter();
    let users: Vec<User> = users.collect::<Result<_, _>>()?;
    let checksum: usize = users.iter().map(|user| user.email().len()).sum();
    println!("users={} checksum={checksum}", users.len());
    Ok(())
}

fn threads(threads: usize, total: usize) -> Result<(), Error> {
    let zoom = Client::from_env()?;
    zoom.token()?;
    listings(&vec![zoom; threads], total)
}

fn clients(clients: usize, total: usize) -> Result<(), Error> {
    let clients: Vec<Client> = (0..clients)
        .map(|_| Client::from_env())
        .collect::<Result<_, _>>()?;
    clients[0].token()?;
    listings(&clients, total)
}

/// One thread for each entry of `clients`, which may be one client many times.
fn listings(clients: &[Client], total: usize) -> Result<(), Error> {
    let each = total / clients.len();
    together(clients, |zoom| {
        let mut pages = 0;
        for _ in 0..each {
            for page in zoom.users().pages() {
                black_box(page?);
                pages += 1;
            }
        }
        Ok(pages)
    })
}

fn hits(threads: usize, total: usize) -> Result<(), Error> {
    let zoom = Client::from_env()?;
    zoom.token()?;
    let each = total / threads;
    together(&vec![zoom; threads], |zoom| {
        for _ in 0..each {
            black_box(zoom.token()?);
        }
        Ok(each)
    })
}

fn together(
    clients: &[Client],
    work: impl Fn(&Client) -> Result<usize, Error> + Sync,
) -> Result<(), Error> {
    let start = Barrier::new(clients.len() + 1);
    let (done, before, began) = thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter()
            .map(|client| {
                scope.spawn(|| {
                    start.wait();
                    work(client)
                })
            })
            .collect();
        let before = usage();
        let began = Instant::now();
        start.wait();
        let done: Result<Vec<usize>, Error> = threads
            .into_iter()
            .map(|thread| thread.join().expect("no thread panics"))
            .collect();
        (done, before, began)
    });
    let done: usize = done?.iter().sum();
    let (seconds, after) = (began.elapsed().as_secs_f64(), usage());
    println!(
        "done={done} seconds={seconds:.6} switches={} cpu={:.6}",
        after.0 - before.0,
        after.1 - before.1,
    );
    Ok(())
}

/// Voluntary context switches, and seconds of CPU.
fn usage() -> (i64, f64) {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the kernel knows what we used");
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    (usage.voluntary_context_switches(), cpu)
}

/// Both in turn, so that what slows the machine down slows both; the middle one of many.
fn token() -> Result<(), Error> {
    const TURNS: usize = 41;
    const CALLS: u32 = 100_000;
    let zoom = Client::from_env()?;
    zoom.token()?;
    let (mut tokens, mut clocks) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let began = Instant::now();
        for _ in 0..CALLS {
            black_box(zoom.token()?);
        }
        tokens.push(began.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
        let began = Instant::now();
        for _ in 0..CALLS {
            black_box(Instant::now());
        }
        clocks.push(began.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
    }
    tokens.sort_by(f64::total_cmp);
    clocks.sort_by(f64::total_cmp);
    println!(
        "token_ns={:.2} instant_ns={:.2}",
        tokens[TURNS / 2],
        clocks[TURNS / 2]
    );
    Ok(())
}
