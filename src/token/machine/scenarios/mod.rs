//! Plays `tests/token_scenarios.json`. The format is described in that file.

mod check;
mod format;
mod stage;

use std::collections::HashSet;

use format::{Book, Scenario};
use stage::Stage;

fn book(text: &str) -> Book {
    serde_json::from_str(text).expect("the scenarios are in their format")
}

fn play(scenario: &Scenario) -> Result<(), String> {
    if !scenario.steps.iter().any(|step| step.expect.is_some()) {
        return Err(format!("{:?} expects nothing", scenario.name));
    }
    let mut stage = Stage::new(scenario.shared);
    for (index, step) in scenario.steps.iter().enumerate() {
        stage.play(step).map_err(|problem| {
            let (number, name) = (index + 1, &scenario.name);
            format!("{name:?}, step {number}: {problem}\n  in {step:?}")
        })?;
    }
    Ok(())
}

#[test]
fn every_scenario_goes_as_written() {
    let book = book(include_str!("../../../../tests/token_scenarios.json"));
    assert!(!book.format.is_empty(), "the format is described");
    let mut names = HashSet::new();
    for scenario in &book.scenarios {
        assert!(names.insert(&scenario.name), "twice: {:?}", scenario.name);
        assert!(!scenario.why.is_empty(), "no reason: {:?}", scenario.name);
    }
    let problems: Vec<String> = book
        .scenarios
        .iter()
        .filter_map(|scenario| play(scenario).err())
        .collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    assert!(names.len() >= 40, "only {} scenarios", names.len());
}

fn one(steps: &str) -> Result<(), String> {
    let text = format!(
        r#"{{"format": {{}}, "scenarios": [{{"name": "n", "why": "w", "steps": [{steps}]}}]}}"#
    );
    let book: Book = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    play(&book.scenarios[0])
}

/// A runner that lets mistakes pass would make the scenarios worthless.
#[test]
fn a_mistake_in_a_scenario_is_noticed() {
    let refresh =
        r#"{"who": "a", "do": "call", "expect": {"decision": "refresh", "fallback": false}}"#;
    one(refresh).expect("right");
    for (wrong, complaint) in [
        (
            r#"{"who": "a", "do": "call", "expects": {}}"#,
            "unknown field",
        ),
        (
            r#"{"who": "a", "do": "call", "expect": {"hold": "A"}}"#,
            "unknown field",
        ),
        (r#"{"who": "a", "do": "dance"}"#, "unknown variant"),
        (r#"{"do": "wait"}"#, "expects nothing"),
        (r#"{"do": "wait", "expect": {}}"#, "expects nothing"),
        (
            r#"{"who": "a", "do": "call", "expect": {"held": "none"}}"#,
            "no decision",
        ),
        (
            r#"{"who": "a", "do": "call", "expect": {"decision": "refresh"}}"#,
            "fallback",
        ),
        (
            r#"{"who": "a", "do": "call", "expect": {"decision": "use"}}"#,
            "token",
        ),
        (
            r#"{"who": "a", "do": "call", "expect": {"decision": "wait"}}"#,
            "decided",
        ),
        (r#"{"do": "wait", "expect": {"held": "A"}}"#, "held"),
        (
            r#"{"do": "wait", "life_ms": 1, "expect": {"open": false}}"#,
            "does not belong",
        ),
        (r#"{"do": "wait", "expect": {"open": true}}"#, "open"),
        (
            r#"{"who": "a", "do": "open", "expect": {"open": true}}"#,
            "was not told",
        ),
        (
            r#"{"who": "a", "do": "abandoned", "expect": {"open": false}}"#,
            "leads no flight",
        ),
        (
            r#"{"at": 5, "do": "wait"}, {"at": 4, "do": "wait", "expect": {"open": false}}"#,
            "back",
        ),
    ] {
        let problem = one(wrong).expect_err(wrong);
        assert!(problem.contains(complaint), "{wrong} gave {problem}");
    }
}
