//! `bench-launch CPUS PROGRAM ARGUMENT…`: runs a program on these CPUs (`0`, `0,1` or `any`), passes its output
//! on and adds a line of what it used.
//!
//! A process of its own for each run, so that the kernel's figures for "my children" are those of that one
//! program; and a small one, since a program's peak of memory begins with that of whoever started it.

use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::UsageWho;
use used::{seconds, usage};

mod affinity;
mod used;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let (Some(cpus), Some(program)) = (words.next(), words.next()) else {
        eprintln!("usage: bench-launch CPUS PROGRAM [ARGUMENT…]");
        return ExitCode::from(2);
    };
    if let Err(error) = affinity::pin(&cpus.to_string_lossy()) {
        eprintln!("bench-launch: CPUs {}: {error}", cpus.display());
        return ExitCode::from(2);
    }
    let mut command = Command::new(&program);
    command
        .args(words)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let began = Instant::now();
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("bench-launch: {}: {error}", program.display());
            return ExitCode::from(2);
        }
    };
    let wall = began.elapsed().as_secs_f64();
    let usage = usage(UsageWho::RUSAGE_CHILDREN);
    let mut out = std::io::stdout();
    let written = out.write_all(&output.stdout).and_then(|()| {
        writeln!(
            out,
            "wall={wall:.6} user={:.6} system={:.6} peak_kib={} faults={}",
            seconds(usage.user_time()),
            seconds(usage.system_time()),
            usage.max_rss(),
            usage.minor_page_faults(),
        )
    });
    match (output.status.success(), written) {
        (true, Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
