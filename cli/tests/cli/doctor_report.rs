//! What `zoom-s2s doctor --json` prints, read and held to its form.

use serde_json::Value;

use crate::support::Run;

/// In the order in which the doctor looks at them.
pub(crate) const CHECKS: [&str; 13] = [
    "environment",
    "files",
    "names",
    "tcp",
    "proxy",
    "tls",
    "token",
    "expiry",
    "clock",
    "scopes",
    "call",
    "world",
    "store",
];

#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) check: String,
    pub(crate) verdict: String,
    pub(crate) what: String,
    pub(crate) cure: String,
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// Reads it, and fails where it is not in its form or contradicts itself or the exit code.
    pub(crate) fn of(run: &Run, what: &str) -> Report {
        let said = format!("{what}: exit {}\n{}\n{}", run.code, run.stdout, run.stderr);
        let object: Value = serde_json::from_str(&run.stdout).expect(&said);
        let text = |value: &Value, name: &str| {
            let text = value[name].as_str();
            text.unwrap_or_else(|| panic!("no {name}: {said}"))
                .to_owned()
        };
        assert_eq!(text(&object, "version"), env!("CARGO_PKG_VERSION"));
        let findings: Vec<Finding> = object["findings"]
            .as_array()
            .expect(&said)
            .iter()
            .map(|finding| Finding {
                check: text(finding, "check"),
                verdict: text(finding, "verdict"),
                what: text(finding, "what"),
                cure: text(finding, "cure"),
            })
            .collect();
        let mut reached = 0;
        for finding in &findings {
            let at = CHECKS.iter().position(|check| *check == finding.check);
            let at = at.unwrap_or_else(|| panic!("an unknown check: {said}"));
            assert!(reached <= at, "{} comes too late: {said}", finding.check);
            reached = at;
            let is_trouble = match finding.verdict.as_str() {
                "wrong" | "note" => true,
                "fine" | "skipped" => false,
                verdict => panic!("an unknown verdict {verdict}: {said}"),
            };
            assert_eq!(finding.what.lines().count(), 1, "{said}");
            let tells = format!("{}{}", finding.what, finding.cure.replace('\n', ""));
            assert!(!tells.contains(char::is_control), "{said}");
            assert_eq!(finding.cure.trim().is_empty(), !is_trouble, "{said}");
        }
        let is_wrong = findings.iter().any(|finding| finding.verdict == "wrong");
        assert_eq!(object["healthy"], !is_wrong, "{said}");
        assert_eq!(object["exit"], run.code, "{said}");
        assert_eq!(run.code == 0, !is_wrong, "{said}");
        Report { findings }
    }

    pub(crate) fn with(&self, verdict: &str) -> Vec<&Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .collect()
    }
}
