//! How cost grows: with users, with threads of one client, with clients.

use std::process::Command;

use crate::Outcome;
use crate::figures::Figures;
use crate::places::Places;
use crate::report::{Report, table};
use crate::run::run;
use crate::settings::Settings;
use crate::spread::{Spread, grouped, short};
use crate::zoom::{Transport, Zoom};

const USERS: [u32; 5] = [300, 3_000, 30_000, 300_000, 1_000_000];
const MANY: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Ten pages are active.
const SMALL: u32 = 3_333;
/// Each of the numbers above divides it.
const LISTINGS: usize = 192;
const HITS: usize = 6_400_000;

pub(crate) fn measure(settings: &Settings, places: &Places, report: &mut Report) -> Outcome<()> {
    let mut text = users(settings, places)?;
    eprintln!("growth: threads and clients");
    let zoom = Zoom::start(Transport::Http, SMALL, "any")?;
    let rounds = settings.rounds.min(5);
    let load = |kind: &str, many: usize, total: usize| {
        let mut command = Command::new(places.load());
        command
            .args([kind, &many.to_string(), &total.to_string()])
            .envs(zoom.env());
        command
    };
    let rate = |kind: &str, many: usize, total: usize| -> Outcome<(f64, f64, f64, f64)> {
        let mut runs = Vec::new();
        for _ in 0..rounds {
            runs.push(run(places, "any", &load(kind, many, total))?);
        }
        let middle = |value: &dyn Fn(&Figures) -> Outcome<f64>| -> Outcome<f64> {
            Ok(Spread::of(runs.iter().map(value).collect::<Outcome<Vec<f64>>>()?).median)
        };
        Ok((
            middle(&|run| Ok(run.get("done")? / run.get("seconds")?))?,
            middle(&|run| Ok(run.get("switches")? / run.get("done")?))?,
            middle(&|run| Ok(run.get("cpu")? / run.get("done")?))?,
            middle(&Figures::peak_mib)?,
        ))
    };

    let listings = |kind: &str, many: usize| -> Outcome<Vec<String>> {
        let (pages, switches, cpu, peak) = rate(kind, many, LISTINGS)?;
        let figures = [pages, cpu * 1e6, switches, peak].map(short);
        Ok([many.to_string()].into_iter().chain(figures).collect())
    };

    let mut lines = Vec::new();
    for many in MANY {
        let mut line = listings("threads", many)?;
        let (hits, waits, _, _) = rate("hits", many, HITS)?;
        let futexes = futexes(places, &load("hits", many, HITS / 64))?;
        line.extend([
            short(hits / 1e6),
            short(waits * 1000.0),
            futexes.map_or("not counted".into(), |calls| {
                short(calls / (HITS / 64) as f64 * 1000.0)
            }),
        ]);
        lines.push(line);
    }
    text += &format!(
        "\n### 1 to 64 threads on one client\n\nOver HTTP, programs and sandbox on all CPUs of this machine, which \
         bounds what more threads can bring: every thread listing pages needs the sandbox to serve them as well. The \
         token is taken by `Client::token()`, which every call does first. Contention for a lock would show as waits \
         in the kernel: as voluntary context switches, or as futex calls, of which each start and end of a thread \
         makes some.\n\n{}",
        table(
            &[
                "threads",
                "pages/s",
                "µs of CPU a page",
                "context switches a page",
                "peak, MiB",
                "million tokens/s",
                "context switches in 1,000 tokens",
                "futex calls in 1,000 tokens",
            ],
            lines
        )
    );

    let lines = MANY
        .into_iter()
        .map(|many| listings("clients", many))
        .collect::<Outcome<Vec<_>>>()?;
    text += &format!(
        "\n### 1 to 64 clients\n\nOne thread for each, all of one app, so that they share its token and nothing \
         else.\n\n{}",
        table(
            &[
                "clients",
                "pages/s",
                "µs of CPU a page",
                "context switches a page",
                "peak, MiB"
            ],
            lines
        )
    );
    report.section("How cost grows", &text);
    Ok(())
}

fn users(settings: &Settings, places: &Places) -> Outcome<String> {
    let mut lines = Vec::new();
    for users in USERS {
        eprintln!("growth: {users} users");
        let zoom = Zoom::start(Transport::Tls, users, settings.sandbox_cpu)?;
        let rounds = if users > 100_000 {
            settings.rounds.min(3)
        } else {
            settings.rounds
        };
        let mut runs = Vec::new();
        for _ in 0..rounds {
            let mut command = Command::new(places.load());
            command.arg("stream").envs(zoom.env());
            let figures = run(places, settings.program_cpu, &command)?;
            if figures.get("users")? != f64::from(users) {
                return Err(format!("{figures:?} instead of {users} users").into());
            }
            runs.push(figures);
        }
        let cpu = Spread::of(runs.iter().map(Figures::cpu).collect::<Outcome<Vec<_>>>()?).median;
        let peak = Spread::of(
            runs.iter()
                .map(Figures::peak_mib)
                .collect::<Outcome<Vec<_>>>()?,
        )
        .median;
        lines.push(vec![
            grouped(f64::from(users)),
            short(cpu * 1e3),
            short(cpu * 1e6 / f64::from(users)),
            short(peak),
            short(peak - f64::from(users) * 8.0 / f64::from(1 << 20)),
        ]);
    }
    Ok(format!(
        "### 300 to 1,000,000 users\n\nListed by the SDK in Rust over TLS, all statuses, none kept. The memory grows \
         by eight bytes a user, by which the SDK knows who came before.\n\n{}",
        table(
            &[
                "users",
                "ms of CPU",
                "µs a user",
                "peak, MiB",
                "peak without 8 bytes a user, MiB"
            ],
            lines
        )
    ))
}

/// How many futex calls a program makes; nothing where there is no strace.
fn futexes(places: &Places, command: &Command) -> Outcome<Option<f64>> {
    let log = places.built.join("futex.log");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-c", "-qq", "-e", "trace=futex", "-o"])
        .arg(&log);
    strace.arg(command.get_program()).args(command.get_args());
    strace.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    match strace.output() {
        Ok(output) if output.status.success() => {
            let counted = std::fs::read_to_string(&log)?;
            let line = counted
                .lines()
                .find(|line| line.trim_end().ends_with("futex"));
            let calls = line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
            Ok(Some(calls.unwrap_or(0.0)))
        }
        _ => Ok(None),
    }
}
