//! One seeded fault, and what the doctor has to say of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::doctor_report::{Finding, Report};
use crate::doctor_scene::Scene;
use crate::support::run;
use crate::tools::{has_tool, skip};

pub(super) struct Row {
    name: &'static str,
    seed: fn(&mut Scene),
    needs: &'static [&'static str],
    check: &'static str,
    verdict: &'static str,
    what: &'static [&'static str],
    cure: &'static [&'static str],
    never: &'static [&'static str],
    exit: i32,
    unnoticed: bool,
    and_note: Option<(&'static str, &'static [&'static str])>,
}

/// The fault `name`, made by `seed`.
pub(super) const fn row(name: &'static str, seed: fn(&mut Scene)) -> Row {
    Row {
        name,
        seed,
        needs: &[],
        check: "",
        verdict: "",
        what: &[],
        cure: &[],
        never: &[],
        exit: 0,
        unnoticed: false,
        and_note: None,
    }
}

impl Row {
    /// This check must fail, and no other; with these words in what it says and in the cure.
    pub(super) const fn wrong(
        mut self,
        check: &'static str,
        what: &'static [&'static str],
        cure: &'static [&'static str],
        exit: i32,
    ) -> Row {
        self = self.note(check, what, cure);
        self.verdict = "wrong";
        self.exit = exit;
        self
    }

    /// This check must have a note; nothing may be wrong.
    pub(super) const fn note(
        mut self,
        check: &'static str,
        what: &'static [&'static str],
        cure: &'static [&'static str],
    ) -> Row {
        self.check = check;
        self.verdict = "note";
        self.what = what;
        self.cure = cure;
        self
    }

    /// These words must not be in what it says, nor in the cure.
    pub(super) const fn never(mut self, words: &'static [&'static str]) -> Row {
        self.never = words;
        self
    }

    /// Skipped where one of these programs is not installed.
    pub(super) const fn needs(mut self, tools: &'static [&'static str]) -> Row {
        self.needs = tools;
        self
    }

    /// Besides what is wrong, this check must have a note with these words.
    pub(super) const fn and_note(
        mut self,
        check: &'static str,
        what: &'static [&'static str],
    ) -> Row {
        self.and_note = Some((check, what));
        self
    }

    /// Users are listed all the same: what it spoils comes later, or elsewhere.
    pub(super) const fn unnoticed(mut self) -> Row {
        self.unnoticed = true;
        self
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    fn check(&self) {
        if let Some(tool) = self.needs.iter().find(|tool| !has_tool(tool)) {
            return skip(&format!("doctor, {}", self.name), tool);
        }
        let mut scene = Scene::new();
        (self.seed)(&mut scene);
        let users = run(&mut scene.command("users --timeout 2"));
        scene.assert_discreet(&users.stderr, self.name);
        let works = self.verdict == "note" || self.unnoticed;
        assert_eq!(users.code == 0, works, "the fault: {}", users.stderr);
        let told = scene.doctor("--json");
        scene.assert_discreet(&(told.stdout.clone() + &told.stderr), self.name);
        assert_eq!(told.code, self.exit, "{}\n{}", told.stdout, told.stderr);
        let report = Report::of(&told, self.name);
        let found = find(&report, self.verdict, self.check, self.what);
        println!(
            "    {}\n    {}",
            found.what,
            found.cure.replace('\n', "\n    ")
        );
        assert!(says(&found.cure, self.cure), "another cure: {found:#?}");
        let told = format!("{} {}", found.what, found.cure);
        let never = self.never.iter().find(|words| says(&told, &[words]));
        assert_eq!(never, None, "{found:#?}");
        if let Some((_, below)) = found.cure.split_once("Zoom tracking ID") {
            assert!(!below.contains('\n'), "advice below the number: {found:#?}");
        }
        if let Some((check, what)) = self.and_note {
            find(&report, "note", check, what);
        }
        let wrong = usize::from(self.verdict == "wrong");
        assert_eq!(report.with("wrong").len(), wrong, "{report:#?}");

        // The same for people, and however talkative.
        let text = scene.doctor("-vvv");
        scene.assert_discreet(&(text.stdout.clone() + &text.stderr), self.name);
        assert_eq!(text.code, self.exit, "{}\n{}", text.stdout, text.stderr);
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.stdout.contains(acts), "{:?}", text.stdout);
        for words in [self.what, self.cure] {
            assert!(says(&text.stdout, words), "{}", text.stdout);
        }
    }
}

fn find<'r>(report: &'r Report, verdict: &str, check: &str, what: &[&str]) -> &'r Finding {
    report
        .with(verdict)
        .into_iter()
        .find(|finding| finding.check == check && says(&finding.what, what))
        .unwrap_or_else(|| panic!("not found: {report:#?}"))
}

/// Whether all the words are in the text, whose lines may be broken anywhere between words.
fn says(text: &str, words: &[&str]) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(&word.to_lowercase()))
}

/// Checks every row, and only then fails for those that were not as they should be.
pub(super) fn check_all(rows: &[Row]) {
    let failed: Vec<&str> = rows
        .iter()
        .filter(|row| {
            println!("--- {}", row.name);
            catch_unwind(AssertUnwindSafe(|| row.check())).is_err()
        })
        .map(Row::name)
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}
