//! The table: CPU time to list 90,000 users, every program in every round, over three transports.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::Outcome;
use crate::figures::Figures;
use crate::places::Places;
use crate::programs::{PROGRAMS, Program, SDK_PYTHON, YARDSTICK, ZOOMUS};
use crate::report::{Report, table};
use crate::run::run;
use crate::settings::Settings;
use crate::spread::{Spread, short};
use crate::zoom::{Transport, Zoom};

/// Of which nine in ten are active: 300 pages of 300.
const USERS: u32 = 100_000;
const PAGES: f64 = 300.0;

/// All runs over one transport; of each program, one a round.
pub(crate) struct Compared {
    pub(crate) transport: Transport,
    runs: Vec<(&'static str, Vec<Figures>)>,
    drained: Vec<Figures>,
    /// Seconds of the sandbox's CPU for each run of the drain.
    serving: Vec<f64>,
}

impl Compared {
    fn values(&self, name: &str, value: impl Fn(&Figures) -> Outcome<f64>) -> Outcome<Vec<f64>> {
        let runs = self.runs.iter().find(|(program, _)| *program == name);
        let (_, runs) = runs.ok_or_else(|| format!("{name} did not run"))?;
        runs.iter().map(value).collect()
    }

    /// CPU time of `name` in units of that of `unit` in the same round.
    pub(crate) fn ratio(&self, name: &str, unit: &str) -> Outcome<Spread> {
        let (ours, theirs) = (
            self.values(name, Figures::cpu)?,
            self.values(unit, Figures::cpu)?,
        );
        Ok(Spread::of(ours.iter().zip(&theirs).map(|(a, b)| a / b)))
    }

    fn spread(&self, name: &str, value: impl Fn(&Figures) -> Outcome<f64>) -> Outcome<Spread> {
        Ok(Spread::of(self.values(name, value)?))
    }
}

pub(crate) fn measure(settings: &Settings, places: &Places) -> Outcome<Vec<Compared>> {
    let mut all = Vec::new();
    for transport in Transport::ALL {
        let zoom = Zoom::start(transport, USERS, settings.sandbox_cpu)?;
        let runs = PROGRAMS
            .iter()
            .map(|program| (program.name, Vec::new()))
            .collect();
        let compared = Compared {
            transport,
            runs,
            drained: Vec::new(),
            serving: Vec::new(),
        };
        all.push((zoom, compared));
    }
    // Round 0 fills the sandbox's page cache and the kernel's, and counts for nothing.
    for round in 0..=settings.rounds {
        for (zoom, compared) in &mut all {
            one_round(settings, places, zoom, compared, round)?;
        }
    }
    Ok(all.into_iter().map(|(_, compared)| compared).collect())
}

fn one_round(
    settings: &Settings,
    places: &Places,
    zoom: &mut Zoom,
    compared: &mut Compared,
    round: usize,
) -> Outcome<()> {
    eprintln!(
        "table: round {round} of {}, {}",
        settings.rounds,
        compared.transport.name()
    );
    let mut agreed = None;
    for step in 0..PROGRAMS.len() {
        // Nobody always runs after the same neighbour's start of the round.
        let at = (step + round) % PROGRAMS.len();
        let program: &Program = &PROGRAMS[at];
        if round == 0 && program.name == ZOOMUS {
            continue; // The others warm the same caches in less time.
        }
        let figures = run(
            places,
            settings.program_cpu,
            program.command(places).envs(zoom.env()),
        )?;
        let said = (figures.get("users")?, figures.get("checksum")?);
        if *agreed.get_or_insert(said) != said {
            return Err(format!("{} says {said:?}, the others {agreed:?}", program.name).into());
        }
        if round > 0 {
            compared.runs[at].1.push(figures);
        }
    }
    if agreed.is_none_or(|(users, _)| users != PAGES * 300.0) {
        return Err(format!("not 90,000 users but {agreed:?}").into());
    }
    let drain: PathBuf = places.built.join("drain");
    let before = zoom.cpu()?;
    let figures = run(
        places,
        settings.program_cpu,
        std::process::Command::new(drain)
            .arg("300")
            .envs(zoom.env()),
    )?;
    let after = zoom.cpu()?;
    if round > 0 {
        compared.drained.push(figures);
        compared.serving.push(after - before);
    }
    Ok(())
}

pub(crate) fn write(report: &mut Report, all: &[Compared], rounds: usize) -> Outcome<()> {
    let mut text = format!(
        "CPU time, user and system, of the whole process that lists 90,000 users: 300 pages of 300, about 179 kB \
         each, about 21 fields a user. In units of {YARDSTICK} in the same round: median of {rounds} rounds, and \
         least and most. Less is better.\n\n![The table as a plot](results.svg)\n\n"
    );
    let mut head = vec![""];
    head.extend(all.iter().map(|compared| compared.transport.name()));
    text += &table(
        &head,
        rows(all, |compared, name| {
            Ok(compared.ratio(name, YARDSTICK)?.to_string())
        })?,
    );
    text += "\nThe same in milliseconds of CPU time, and the time that passed (median):\n\n";
    text += &table(
        &head,
        rows(all, |compared, name| {
            let cpu = compared.spread(name, Figures::cpu)?;
            let wall = compared.spread(name, |figures| figures.get("wall"))?;
            Ok(format!(
                "{} / {}",
                short(cpu.median * 1e3),
                short(wall.median * 1e3)
            ))
        })?,
    );
    text += "\nPeak of resident memory in MiB, and minor page faults (median):\n\n";
    text += &table(
        &head,
        rows(all, |compared, name| {
            let peak = compared.spread(name, Figures::peak_mib)?;
            let faults = compared.spread(name, |figures| figures.get("faults"))?;
            Ok(format!("{} / {:.0}", short(peak.median), faults.median))
        })?,
    );
    text += "\nWhat each of them is:\n\n";
    for program in &PROGRAMS {
        let _ = writeln!(text, "- {}: {}", program.name, program.about);
    }
    text += "\nEach reads `email`, `id` and `type` of each user and prints how many there were and a checksum; a round \
             in which two of them disagree is refused. What the SDK does besides, and none of the others: it leaves \
             out who came before, compares what came with the total that Zoom states, and keeps every member of every \
             user as it was received.\n";
    report.section("Listing 90,000 users", &text);
    report.section("The sandbox is not the bottleneck", &serving(all)?);
    for compared in all {
        let found = compared.ratio(SDK_PYTHON, ZOOMUS)?.median;
        let name = compared.transport.name();
        report.goal(
            format!("Python: a whole listing, in units of zoomus, {name}"),
            found,
            0.15,
            "",
        );
    }
    Ok(())
}

fn rows(
    all: &[Compared],
    cell: impl Fn(&Compared, &str) -> Outcome<String>,
) -> Outcome<Vec<Vec<String>>> {
    PROGRAMS
        .iter()
        .map(|program| {
            let name = if program.is_sdk {
                format!("**{}**", program.name)
            } else {
                program.name.to_owned()
            };
            let cells = all.iter().map(|compared| cell(compared, program.name));
            std::iter::once(Ok(name)).chain(cells).collect()
        })
        .collect()
}

fn serving(all: &[Compared]) -> Outcome<String> {
    let mut lines = Vec::new();
    for compared in all {
        let serving = Spread::of(compared.serving.iter().copied()).median / PAGES;
        let drained: Vec<f64> = compared
            .drained
            .iter()
            .map(|run| run.get("wall"))
            .collect::<Outcome<_>>()?;
        let mut fastest: Option<(f64, &str, f64)> = None;
        for program in &PROGRAMS {
            let wall = compared.spread(program.name, |run| run.get("wall"))?.median;
            let cpu = compared.spread(program.name, Figures::cpu)?.median;
            if fastest.is_none_or(|(least, ..)| wall < least) {
                fastest = Some((wall, program.name, cpu / wall));
            }
        }
        let (wall, name, busy) = fastest.ok_or("no program ran")?;
        lines.push(vec![
            compared.transport.name().to_owned(),
            short(serving * 1e3),
            short(1.0 / serving),
            short(PAGES / Spread::of(drained).median),
            format!("{} ({name})", short(PAGES / wall)),
            format!("{:.0} %", busy * 100.0),
        ]);
    }
    Ok(format!(
        "The sandbox runs on a CPU of its own and serves each page from memory, compressed once for all. What is \
         compared above is the CPU time of the programs, in which waiting for the sandbox does not count; this is how \
         much waiting there was. \"Drained\" is libcurl throwing the bytes away as they come, compressed or not: \
         what the sandbox and the sockets can do.\n\n{}",
        table(
            &[
                "",
                "sandbox, ms of CPU a page",
                "pages/s that its CPU could serve",
                "pages/s drained",
                "pages/s of the fastest program",
                "of its time that program's CPU was busy",
            ],
            lines
        )
    ))
}
