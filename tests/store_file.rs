//! `file:` — the processes of one host share one token.
#![cfg(unix)]

mod support;

use std::time::Duration;

use support::c::folder;
use support::fleet::{self, Worker};
use support::sandbox;
use zoom_s2s_sandbox::World;

const PROCESSES: usize = 64;
const LIFE: Duration = Duration::from_secs(9);

/// All cold, then through many lifetimes of the token.
fn many_processes(test: &str, world: World) {
    if fleet::work_if_worker() {
        return;
    }
    let zoom = sandbox(|sandbox| sandbox.world(world).token_lifetime(LIFE));
    let folder = folder(test);
    let store = format!("file:{}", folder.join("token").display());
    let mut command = fleet::worker(test, &zoom, &store, Duration::from_millis(200));
    let workers: Vec<Worker> = (0..PROCESSES)
        .map(|_| Worker::start(&mut command))
        .collect();
    std::thread::sleep(LIFE * fleet::lifetimes());
    let reports = fleet::finish(workers);
    fleet::assert_shared(test, &zoom, world, LIFE, &reports);
}

#[test]
fn many_processes_with_tokens_side_by_side() {
    many_processes("many_processes_with_tokens_side_by_side", World::MultiToken);
}

#[test]
fn many_processes_with_one_token_at_a_time() {
    many_processes(
        "many_processes_with_one_token_at_a_time",
        World::SingleToken,
    );
}
