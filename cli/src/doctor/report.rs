//! How the findings are shown.

use std::env;
use std::io::{self, Write};

use serde_json::{Value, json};
use terminal_size::{Width, terminal_size};
use unicode_width::UnicodeWidthStr;

use super::finding::{Check, Finding, Verdict};
use crate::exit::Exit;
use crate::output::Sink;
use crate::printable::{printable, printable_json};
use crate::tell::counted;

/// Wider than the longest name of a check.
const NAMES: usize = 12;

/// Findings as they come, in the form asked for.
pub(super) struct Report {
    findings: Vec<(Check, Finding)>,
    json: bool,
    look: Look,
}

impl Report {
    pub(super) fn new(json: bool, sink: &Sink) -> Report {
        Report {
            findings: Vec::new(),
            json,
            look: Look::here(sink.is_terminal()),
        }
    }

    /// Takes the findings of one check; as text they are shown at once.
    pub(super) fn add(
        &mut self,
        check: Check,
        findings: Vec<Finding>,
        sink: &mut Sink,
    ) -> io::Result<()> {
        for finding in findings {
            if !self.json {
                sink.write_all(self.look.text(check, &finding).as_bytes())?;
            }
            self.findings.push((check, finding));
        }
        if self.json { Ok(()) } else { sink.show() }
    }

    /// How the command ends: by the first thing that is wrong.
    pub(super) fn exit(&self) -> Exit {
        let first = self.findings.iter().find_map(|(_, it)| match it.verdict {
            Verdict::Wrong(exit) => Some(exit),
            _ => None,
        });
        first.unwrap_or(Exit::Done)
    }

    /// The whole object, or the last line.
    pub(super) fn end(&self, sink: &mut Sink) -> io::Result<()> {
        if !self.json {
            return writeln!(sink, "\n{}", self.summary());
        }
        let object = format!("{:#}", self.object());
        let shown = if sink.is_terminal() {
            printable_json(&object)
        } else {
            object.as_str().into()
        };
        writeln!(sink, "{shown}")
    }

    fn summary(&self) -> String {
        let count = |counts: fn(&Finding) -> bool| {
            let findings = self.findings.iter();
            findings.filter(|(_, finding)| counts(finding)).count() as u64
        };
        let notes = count(|finding| finding.verdict == Verdict::Note);
        match (count(Finding::is_wrong), notes) {
            (0, 0) => "Everything is in order.".to_owned(),
            (0, notes) => format!("Everything is in order, with {}.", counted(notes, "note")),
            (wrong, _) => format!("{} to mend.", counted(wrong, "thing")),
        }
    }

    fn object(&self) -> Value {
        let findings = self.findings.iter().map(|(check, finding)| {
            json!({
                "check": check.name(),
                "verdict": finding.verdict.name(),
                "what": finding.what.replace(char::is_control, " "),
                "cure": finding.cure,
            })
        });
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "findings": findings.collect::<Vec<Value>>(),
            "healthy": self.exit() == Exit::Done,
            "exit": self.exit().code(),
        })
    }
}

/// What the place where the text goes can show.
#[derive(Clone, Copy)]
struct Look {
    width: Option<usize>,
    colour: bool,
    unicode: bool,
}

impl Look {
    fn here(is_terminal: bool) -> Look {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        // Older consoles of Windows print the codes; its terminal says who it is.
        let understands = cfg!(not(windows)) || set("WT_SESSION").is_some();
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_string_lossy().to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        let width = terminal_size().map(|(Width(columns), _)| usize::from(columns));
        // Shells keep it to themselves: who exports it means it.
        let wanted = set("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
        Look {
            width: wanted.or(width.filter(|_| is_terminal)),
            colour: is_terminal && understands && !dumb && set("NO_COLOR").is_none(),
            unicode: utf8 || set("WT_SESSION").is_some(),
        }
    }

    fn text(self, check: Check, finding: &Finding) -> String {
        let (mark, plain, colour) = match finding.verdict {
            Verdict::Fine => ("✓", "+", "32"),
            Verdict::Note => ("!", "!", "33"),
            Verdict::Wrong(_) => ("✗", "x", "31"),
            Verdict::Skipped(_) => ("-", "-", "2"),
        };
        let mark = if self.unicode { mark } else { plain };
        let mark = if self.colour {
            format!("\u{1b}[{colour}m{mark}\u{1b}[0m")
        } else {
            mark.to_owned()
        };
        let head = format!("{mark} {:<NAMES$}", check.name());
        let mut text = head + &self.wrapped(&finding.what, NAMES + 2);
        for line in finding.cure.lines() {
            let indent = NAMES + 4;
            text.push_str(&format!("{:indent$}{}", "", self.wrapped(line, indent)));
        }
        text
    }

    /// The line, broken between words so that it fits behind `indent` columns. On terminals that are
    /// too narrow for that, it is left to them.
    fn wrapped(self, line: &str, indent: usize) -> String {
        let line = printable(line);
        let room = self.width.and_then(|width| width.checked_sub(indent));
        let Some(room) = room.filter(|room| *room >= 20) else {
            return format!("{line}\n");
        };
        let (mut text, mut used) = (String::new(), 0);
        for word in line.split_whitespace() {
            let width = word.width();
            if used > 0 && used + 1 + width > room {
                text.push_str(&format!("\n{:indent$}", ""));
                used = 0;
            } else if used > 0 {
                text.push(' ');
                used += 1;
            }
            text.push_str(word);
            used += width;
        }
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::{fine, note, wrong};

    const PIPE: Look = Look {
        width: None,
        colour: false,
        unicode: false,
    };

    #[test]
    fn each_place_gets_what_it_can_show() {
        let finding = wrong(Exit::Config, "one two three four five", "do\u{1b}[2J this");
        assert_eq!(
            PIPE.text(Check::Tls, &finding),
            "x tls         one two three four five\n                do\u{fffd}[2J this\n"
        );
        let narrow = Look {
            width: Some(36),
            colour: true,
            unicode: true,
        };
        assert_eq!(
            narrow.text(Check::Tls, &finding),
            "\u{1b}[31m✗\u{1b}[0m tls         one two three four\n              five\n                do\u{fffd}[2J this\n"
        );
        let tiny = Look {
            width: Some(20),
            ..PIPE
        };
        assert_eq!(
            tiny.text(Check::Tls, &fine("a b")),
            "+ tls         a b\n",
            "not broken where there is no room"
        );
    }

    #[test]
    fn the_first_wrong_one_is_the_exit() {
        let with = |findings: Vec<Finding>| Report {
            findings: findings.into_iter().map(|it| (Check::Call, it)).collect(),
            json: false,
            look: PIPE,
        };
        let found = with(vec![fine("a")]);
        assert_eq!(
            (found.exit(), &*found.summary()),
            (Exit::Done, "Everything is in order.")
        );
        let found = with(vec![fine("a"), note("b", "c")]);
        assert_eq!(
            (found.exit(), &*found.summary()),
            (Exit::Done, "Everything is in order, with 1 note.")
        );
        let found = with(vec![
            note("a", "b"),
            wrong(Exit::TryLater, "c", "d"),
            wrong(Exit::Config, "e", "f"),
        ]);
        assert_eq!(
            (found.exit(), &*found.summary()),
            (Exit::TryLater, "2 things to mend.")
        );
        let object = found.object();
        assert_eq!(object["healthy"], false);
        assert_eq!(object["exit"], 75);
        assert_eq!(object["findings"][1]["verdict"], "wrong");
    }
}
