//! The file of `--scenario`.

use std::path::Path;

use zoom_s2s_sandbox::{Sandbox, Scenario, ScenarioError};

use crate::failure::Failure;

const CURE: &str =
    "`zoom-s2s sandbox --help` shows what may stand in a scenario, with an example of each.";
/// More of a line would not show the place any better.
const SHOWN: usize = 90;

/// A scenario, and the file it came from.
pub(super) struct Read<'p> {
    path: &'p Path,
    scenario: Scenario,
}

pub(super) fn read(path: &Path) -> Result<Read<'_>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::Config {
        message: format!("cannot read the scenario {}: {error}", path.display()),
        hint: "--scenario names a JSON file in UTF-8.".to_owned(),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let scenario = text.parse();
    Ok(Read {
        path,
        scenario: scenario.map_err(|error| refused(path, text, &error))?,
    })
}

impl Read<'_> {
    pub(super) fn play(self, sandbox: &Sandbox) -> Result<(), Failure> {
        let played = sandbox.play(self.scenario);
        played.map_err(|error| refused(self.path, "", &error))
    }
}

fn refused(path: &Path, text: &str, error: &ScenarioError) -> Failure {
    let mut hint = String::new();
    if let Ok((number, column)) = error.place
        && let Some(line) = number.checked_sub(1).and_then(|nth| text.lines().nth(nth))
    {
        // The error is noticed at the end of the word it is about. Tabs would move the mark.
        let line: String = line
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .collect();
        let before = line.get(..column.min(line.len())).unwrap_or(&line);
        let at = before.chars().count().max(1);
        if at <= SHOWN {
            let shown: String = line.chars().take(SHOWN).collect();
            hint = format!("{shown}\n{:>at$}\n", "^");
        }
    }
    hint.push_str(CURE);
    Failure::Config {
        message: format!("{}, {error}", path.display()),
        hint,
    }
}
