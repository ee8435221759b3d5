//! What is measured, and how often.

use std::env;

use crate::Outcome;

/// In the order in which they are measured.
pub(crate) const SECTIONS: [&str; 7] = [
    "table", "growth", "token", "cold", "python", "memory", "size",
];
const ENOUGH_ROUNDS: usize = 9;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) rounds: usize,
    sections: Vec<String>,
    /// Programs on one CPU and the sandbox on another; `any` for both where there is only one.
    pub(crate) program_cpu: &'static str,
    pub(crate) sandbox_cpu: &'static str,
}

impl Settings {
    /// `ZOOM_S2S_BENCH_ROUNDS`, 9, and `ZOOM_S2S_BENCH_SECTIONS`, all: words between commas.
    pub(crate) fn from_env() -> Outcome<Settings> {
        let rounds = match env::var("ZOOM_S2S_BENCH_ROUNDS") {
            Ok(rounds) => rounds
                .parse()
                .map_err(|_| "ZOOM_S2S_BENCH_ROUNDS is no number")?,
            Err(_) => ENOUGH_ROUNDS,
        };
        let sections: Vec<String> = match env::var("ZOOM_S2S_BENCH_SECTIONS") {
            Ok(sections) => sections
                .split(',')
                .map(|word| word.trim().to_owned())
                .collect(),
            Err(_) => SECTIONS.map(str::to_owned).to_vec(),
        };
        if let Some(odd) = sections
            .iter()
            .find(|section| !SECTIONS.contains(&section.as_str()))
        {
            return Err(format!(
                "ZOOM_S2S_BENCH_SECTIONS: {odd:?} is none of {}",
                SECTIONS.join(", ")
            )
            .into());
        }
        let several = std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 1);
        Ok(Settings {
            rounds: rounds.max(1),
            sections,
            program_cpu: if several { "0" } else { "any" },
            sandbox_cpu: if several { "1" } else { "any" },
        })
    }

    pub(crate) fn wants(&self, section: &str) -> bool {
        self.sections.iter().any(|wanted| wanted == section)
    }

    /// Whether the outcome may replace the committed one.
    pub(crate) fn is_full(&self) -> bool {
        self.rounds >= ENOUGH_ROUNDS && SECTIONS.iter().all(|section| self.wants(section))
    }
}
