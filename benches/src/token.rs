//! What a token costs that is at hand.

use std::process::Command;

use crate::Outcome;
use crate::places::Places;
use crate::report::Report;
use crate::run::run;
use crate::settings::Settings;
use crate::spread::Spread;
use crate::zoom::{Transport, Zoom};

const FEW: u64 = 1_000;
const MANY: u64 = 11_000;

pub(crate) fn measure(settings: &Settings, places: &Places, report: &mut Report) -> Outcome<()> {
    eprintln!("token");
    let zoom = Zoom::start(Transport::Http, 100, settings.sandbox_cpu)?;
    let mut command = Command::new(places.load());
    command.arg("token").envs(zoom.env());
    let (mut ratios, mut nanoseconds) = (Vec::new(), Vec::new());
    for _ in 0..settings.rounds {
        let figures = run(places, settings.program_cpu, &command)?;
        ratios.push(figures.get("token_ns")? / figures.get("instant_ns")?);
        nanoseconds.push(figures.get("token_ns")?);
    }
    let (ratio, spent) = (Spread::of(ratios), Spread::of(nanoseconds));
    report.goal(
        "a hit of `Client::token()`, in units of `Instant::now()`",
        ratio.median,
        3.0,
        "",
    );
    let mut text = format!(
        "A token that is at hand, from `Client::token()`: {ratio} times what `Instant::now()` takes, {spent} ns.\n\n"
    );
    match instructions(places, &zoom)? {
        Some(count) => {
            report.goal(
                "`zoom_s2s_client_token_copy`, instructions",
                count,
                400.0,
                "",
            );
            text += &format!(
                "`zoom_s2s_client_token_copy` takes {count:.0} instructions, counted by callgrind within the call and \
                 whatever it calls, over {} calls. The clock is a system call there, whose instructions do not count.",
                MANY - FEW
            );
        }
        None => {
            text +=
                "`zoom_s2s_client_token_copy` was not counted: there is no valgrind (`make deps`)."
        }
    }
    report.section("The token", &text);
    Ok(())
}

/// Of one call; nothing without valgrind.
fn instructions(places: &Places, zoom: &Zoom) -> Outcome<Option<f64>> {
    let count = |times: u64| -> Outcome<Option<f64>> {
        let mut command = Command::new("valgrind");
        command.args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--toggle-collect=zoom_s2s_client_token_copy",
        ]);
        command
            .arg(places.built.join("token_copy"))
            .arg(times.to_string());
        let Ok(output) = command.envs(zoom.env()).output() else {
            return Ok(None);
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find_map(|line| line.split_once("Collected :"));
        let counted = line.and_then(|(_, count)| count.trim().parse().ok());
        let counted = counted.ok_or_else(|| format!("callgrind counted nothing: {said}"))?;
        Ok(Some(counted))
    };
    let (Some(few), Some(many)) = (count(FEW)?, count(MANY)?) else {
        return Ok(None);
    };
    Ok(Some((many - few) / (MANY - FEW) as f64))
}
