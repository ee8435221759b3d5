//! The SDK side by side with what a user would pick instead; `make bench` builds the peers and runs this.
//!
//! A section measures one thing and writes its part of the report. With all sections and enough rounds
//! the report goes to `benches/`, to be committed; otherwise to the target folder.

use std::fs;
use std::path::Path;

use places::Places;
use report::Report;
use settings::{SECTIONS, Settings};

mod affinity;
mod cold;
mod compare;
mod figures;
mod growth;
mod machine;
mod memory;
mod places;
mod plot;
mod programs;
mod python;
mod report;
mod run;
mod settings;
mod size;
mod spread;
mod token;
mod used;
mod zoom;

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("serve") => zoom::serve(&words[1..]),
        _ => bench(),
    }
}

fn bench() -> Outcome<()> {
    let settings = Settings::from_env()?;
    let places = Places::find();
    let machine = machine::describe(&places);
    let mut report = Report::default();
    let mut plot = None;
    let mut failed = Vec::new();
    for section in SECTIONS
        .into_iter()
        .filter(|section| settings.wants(section))
    {
        if let Err(error) = measure(section, &settings, &places, &mut report, &mut plot) {
            eprintln!("bench: {section}: {error}");
            report.section(section, "Not measured: it failed.");
            failed.push(section);
        }
        // After each, so that what fails or is stopped later loses nothing.
        write(&places, &places.built, &machine, &report, plot.as_deref())?;
    }
    if !failed.is_empty() {
        return Err(format!("failed: {}", failed.join(", ")).into());
    }
    if settings.is_full() {
        write(
            &places,
            &places.root.join("benches"),
            &machine,
            &report,
            plot.as_deref(),
        )?;
    }
    Ok(())
}

fn write(
    places: &Places,
    folder: &Path,
    machine: &str,
    report: &Report,
    plot: Option<&str>,
) -> Outcome<()> {
    let notes = fs::read_to_string(places.root.join("benches/notes.md")).unwrap_or_default();
    let text = format!(
        "# What it costs\n\nWritten by `make bench`; what is compared and how, [README.md](README.md) says. Unofficial: \
         this project does not belong to Zoom.\n\n## Goals\n\n{}\n{}\n\n## The machine\n\n{machine}{}",
        report.goals(),
        notes.trim(),
        report.sections(),
    );
    if let Some(plot) = plot {
        fs::write(folder.join("results.svg"), plot)?;
    }
    let results = folder.join("RESULTS.md");
    fs::write(&results, text)?;
    eprintln!("written: {}", results.display());
    Ok(())
}

fn measure(
    section: &str,
    settings: &Settings,
    places: &Places,
    report: &mut Report,
    plot: &mut Option<String>,
) -> Outcome<()> {
    match section {
        "table" => {
            let compared = compare::measure(settings, places)?;
            *plot = Some(plot::draw(&compared)?);
            compare::write(report, &compared, settings.rounds)
        }
        "growth" => growth::measure(settings, places, report),
        "token" => token::measure(settings, places, report),
        "cold" => cold::measure(settings, places, report),
        "python" => python::measure(settings, places, report),
        "memory" => memory::measure(settings, places, report),
        _ => size::measure(places, report),
    }
}
