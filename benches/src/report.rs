//! What is written: sections, and how each goal was met.

use std::fmt::Write as _;

use crate::spread::short;

#[derive(Debug, Default)]
pub(crate) struct Report {
    sections: String,
    goals: Vec<Goal>,
}

#[derive(Debug)]
struct Goal {
    what: String,
    found: f64,
    at_most: f64,
    unit: &'static str,
}

impl Report {
    pub(crate) fn section(&mut self, heading: &str, text: &str) {
        let _ = write!(self.sections, "\n## {heading}\n\n{}\n", text.trim());
    }

    pub(crate) fn goal(
        &mut self,
        what: impl Into<String>,
        found: f64,
        at_most: f64,
        unit: &'static str,
    ) {
        let what = what.into();
        eprintln!("  {what}: {}{unit}, goal {}", short(found), short(at_most));
        self.goals.push(Goal {
            what,
            found,
            at_most,
            unit,
        });
    }

    pub(crate) fn goals(&self) -> String {
        let rows = self.goals.iter().map(|goal| {
            let met = if goal.found <= goal.at_most {
                "yes"
            } else {
                "**no**"
            };
            let (found, at_most) = (short(goal.found), short(goal.at_most));
            vec![
                goal.what.clone(),
                format!("{found}{}", goal.unit),
                format!("≤ {at_most}{}", goal.unit),
                met.into(),
            ]
        });
        table(&["what", "measured", "goal", "met"], rows)
    }

    pub(crate) fn sections(&self) -> &str {
        &self.sections
    }
}

/// A table in Markdown; the first column to the left, the others to the right.
pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!(
        "| {} |\n|---|{}\n",
        head.join(" | "),
        "---:|".repeat(head.len() - 1)
    );
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_goal_is_told() {
        let mut report = Report::default();
        report.goal("a token", 2.5, 3.0, "");
        report.goal("a page", 1.5, 1.0, " ms");
        let goals = report.goals();
        assert!(
            goals.contains("| a token | 2.50 | ≤ 3.00 | yes |"),
            "{goals}"
        );
        assert!(
            goals.contains("| a page | 1.50 ms | ≤ 1.00 ms | **no** |"),
            "{goals}"
        );
    }
}
