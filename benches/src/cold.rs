//! Cold start: from the start of a process to its end, one page of users later.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::figures::Figures;
use crate::places::Places;
use crate::programs::{PROGRAMS, Program, YARDSTICK, ZOOMUS, named};
use crate::report::{Report, table};
use crate::run::run;
use crate::settings::Settings;
use crate::spread::{Spread, short};
use crate::zoom::{Transport, Zoom};

/// It takes milliseconds, so it can be repeated more than a listing.
const TIMES: usize = 5;
/// Where Debian and most others keep what the system trusts, in one file.
const SYSTEM: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

struct Start {
    program: &'static Program,
    stored: bool,
    runs: Vec<Figures>,
}

pub(crate) fn measure(settings: &Settings, places: &Places, report: &mut Report) -> Outcome<()> {
    eprintln!("cold start");
    let zoom = Zoom::start(Transport::TlsGzip, 3_333, settings.sandbox_cpu)?;
    let Some(system) = SYSTEM.iter().find(|file| Path::new(file).exists()) else {
        report.section(
            "Cold start",
            "Not measured: this system keeps its trust store in no single file.",
        );
        return Ok(());
    };
    // The system's store with one more authority in it, read by everybody from the same file.
    let store = places.built.join("trust-store.pem");
    let mut pem = fs::read(system)?;
    let ours = zoom.ca_file().ok_or("a sandbox without TLS")?;
    pem.extend(fs::read(ours)?);
    fs::write(&store, pem)?;
    let tokens = places.built.join("token-store");
    let _ = fs::remove_dir_all(&tokens);
    fs::create_dir_all(&tokens)?;

    let mut starts: Vec<Start> = Vec::new();
    for program in &PROGRAMS {
        if program.name != ZOOMUS {
            starts.push(Start {
                program,
                stored: false,
                runs: Vec::new(),
            });
        }
        if program.is_sdk {
            starts.push(Start {
                program,
                stored: true,
                runs: Vec::new(),
            });
        }
    }
    let rounds = settings.rounds * TIMES;
    // The first round reads the files into the kernel's cache and a token into the store.
    for round in 0..=rounds {
        for step in 0..starts.len() {
            let at = (step + round) % starts.len();
            let start = &mut starts[at];
            let mut command = start.program.command(places);
            command.arg("1").envs(environment(&zoom));
            command
                .env("BENCH_CA_FILE", &store)
                .env("REQUESTS_CA_BUNDLE", &store)
                .env("SSL_CERT_FILE", &store);
            command.env_remove("SSL_CERT_DIR");
            if start.stored {
                command.env(
                    "ZOOM_S2S_TOKEN_STORE",
                    format!("file:{}", tokens.join("token").display()),
                );
            }
            let figures = run(places, settings.program_cpu, &command)?;
            if round > 0 {
                start.runs.push(figures);
            }
        }
    }
    write(report, &starts, rounds)
}

/// As in earnest: tokens come from another host than pages, so there are two connections.
fn environment(zoom: &Zoom) -> Vec<(String, String)> {
    let known = zoom.env().into_iter();
    let kept = known.filter(|(name, _)| !name.starts_with("ZOOM_S2S_CA_"));
    kept.map(|(name, value)| {
        let value = match &*name {
            "ZOOM_S2S_OAUTH_URL" => value.replace("127.0.0.1", "localhost"),
            _ => value,
        };
        (name, value)
    })
    .collect()
}

fn write(report: &mut Report, starts: &[Start], rounds: usize) -> Outcome<()> {
    let unit = starts.iter().find(|start| start.program.name == YARDSTICK);
    let unit = &unit.ok_or("libcurl did not run")?.runs;
    let ratio = |start: &Start, value: &dyn Fn(&Figures) -> Outcome<f64>| -> Outcome<Spread> {
        let pairs = start.runs.iter().zip(unit);
        let ratios = pairs.map(|(ours, theirs)| Ok(value(ours)? / value(theirs)?));
        Ok(Spread::of(ratios.collect::<Outcome<Vec<f64>>>()?))
    };
    let wall = |run: &Figures| run.get("wall");
    let mut lines = Vec::new();
    for start in starts {
        let name = if start.program.is_sdk {
            format!("**{}**", start.program.name)
        } else {
            start.program.name.into()
        };
        let name = if start.stored {
            format!("{name}, token from a file store")
        } else {
            name
        };
        let middle = Spread::of(start.runs.iter().map(wall).collect::<Outcome<Vec<f64>>>()?).median;
        let cpu = start.runs.iter().map(Figures::cpu);
        let cpu = Spread::of(cpu.collect::<Outcome<Vec<f64>>>()?).median;
        lines.push(vec![
            name,
            ratio(start, &wall)?.to_string(),
            short(middle * 1e3),
            ratio(start, &Figures::cpu)?.to_string(),
            short(cpu * 1e3),
        ]);
        if std::ptr::eq(start.program, named("zoom-s2s (C)")) {
            let what = if start.stored {
                "cold start in C, token from a file store"
            } else {
                "cold start in C"
            };
            let what = format!("{what}: time in units of libcurl's");
            report.goal(what, ratio(start, &wall)?.median, 0.5, "");
        }
    }
    report.section(
        "Cold start",
        &format!(
            "From the start of a process to its end, with one page of 300 users in between, over TLS with the \
             system's trust store, which holds the sandbox's authority besides its own. Tokens and pages come from two \
             hosts, as from Zoom. In units of {YARDSTICK} in the same round, median of {rounds} rounds, least and \
             most.\n\n{}",
            table(&["", "time that passes", "in ms", "CPU time", "in ms"], lines)
        ),
    );
    Ok(())
}
