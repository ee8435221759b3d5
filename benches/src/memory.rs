//! Memory: while users pass by, and when all are kept.

use std::process::Command;

use crate::Outcome;
use crate::places::Places;
use crate::report::{Report, table};
use crate::run::run;
use crate::settings::Settings;
use crate::spread::{Spread, grouped, short};
use crate::zoom::{Transport, Zoom};

const FEW: u32 = 10_000;
const MANY: u32 = 100_000;
const MOST: u32 = 1_000_000;
const MIB: f64 = 1048576.0;

pub(crate) fn measure(settings: &Settings, places: &Places, report: &mut Report) -> Outcome<()> {
    eprintln!("memory");
    let mut lines = Vec::new();
    let mut peaks = Vec::new();
    for (kind, users) in [
        ("stream", FEW),
        ("stream", MANY),
        ("stream", MOST),
        ("keep", FEW),
        ("keep", MANY),
    ] {
        let zoom = Zoom::start(Transport::TlsGzip, users, settings.sandbox_cpu)?;
        let mut command = Command::new(places.load());
        command.arg(kind).envs(zoom.env());
        let rounds = if users == MOST {
            1
        } else {
            settings.rounds.min(3)
        };
        let runs = (0..rounds).map(|_| run(places, settings.program_cpu, &command)?.peak_mib());
        let peak = Spread::of(runs.collect::<Outcome<Vec<f64>>>()?).median;
        let over = (peak - f64::from(users) * 8.0 / MIB).max(0.0);
        let what = if kind == "keep" {
            "all kept"
        } else {
            "none kept"
        };
        lines.push(vec![
            format!("{} users, {what}", grouped(f64::from(users))),
            short(peak),
            if kind == "keep" {
                String::new()
            } else {
                short(over)
            },
        ]);
        peaks.push((kind, users, peak, over));
    }
    let worst = peaks
        .iter()
        .filter(|(kind, ..)| *kind == "stream")
        .map(|(.., over)| *over);
    let worst = worst.fold(0.0, f64::max);
    let kept = |wanted: u32| {
        let found = peaks
            .iter()
            .find(|(kind, users, ..)| *kind == "keep" && *users == wanted);
        found.map(|(_, _, peak, _)| *peak).ok_or("not measured")
    };
    let each = (kept(MANY)? - kept(FEW)?) * MIB / f64::from(MANY - FEW);
    report.goal(
        "peak of streaming, without 8 bytes a user",
        worst,
        6.0,
        " MiB",
    );
    report.goal("a user that is kept", each / 1000.0, 0.9, " kB");
    report.section(
        "Memory",
        &format!(
            "Peak of resident memory of the SDK in Rust, over TLS with gzip, program and C library included. A user \
             that is kept takes {} bytes, with all that Zoom sent of it.\n\n{}",
            grouped(each),
            table(&["", "peak, MiB", "without 8 bytes a user, MiB"], lines)
        ),
    );
    Ok(())
}
