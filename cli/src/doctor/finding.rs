//! What a check has found.

use crate::exit::Exit;

/// A check. Scripts rely on the names: they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Environment,
    Files,
    Names,
    Tcp,
    Proxy,
    Tls,
    Token,
    Expiry,
    Clock,
    Scopes,
    Call,
    World,
    Store,
}

impl Check {
    pub(super) fn name(self) -> &'static str {
        match self {
            Check::Environment => "environment",
            Check::Files => "files",
            Check::Names => "names",
            Check::Tcp => "tcp",
            Check::Proxy => "proxy",
            Check::Tls => "tls",
            Check::Token => "token",
            Check::Expiry => "expiry",
            Check::Clock => "clock",
            Check::Scopes => "scopes",
            Check::Call => "call",
            Check::World => "world",
            Check::Store => "store",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// Worth a look; nothing fails for it.
    Note,
    /// With how the command ends if this is the first.
    Wrong(Exit),
    /// For something that went wrong before, if it names that.
    Skipped(Option<Check>),
}

impl Verdict {
    pub(super) fn name(self) -> &'static str {
        match self {
            Verdict::Fine => "fine",
            Verdict::Note => "note",
            Verdict::Wrong(_) => "wrong",
            Verdict::Skipped(_) => "skipped",
        }
    }
}

/// One thing found. Neither text holds a secret, a token, or what may be one in the wrong place.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// One line.
    pub(super) what: String,
    /// What to do, in one or more lines; empty for what is fine or was skipped.
    pub(super) cure: String,
}

pub(super) fn fine(what: impl Into<String>) -> Finding {
    Finding::new(Verdict::Fine, what, "")
}

pub(super) fn note(what: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding::new(Verdict::Note, what, cure)
}

pub(super) fn wrong(exit: Exit, what: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding::new(Verdict::Wrong(exit), what, cure)
}

pub(super) fn skipped(what: impl Into<String>) -> Finding {
    Finding::new(Verdict::Skipped(None), what, "")
}

/// Skipped because `culprit` has to be mended first.
pub(super) fn blocked(culprit: Check) -> Finding {
    let what = format!("not looked at: {} comes first", culprit.name());
    Finding::new(Verdict::Skipped(Some(culprit)), what, "")
}

impl Finding {
    fn new(verdict: Verdict, what: impl Into<String>, cure: impl Into<String>) -> Finding {
        Finding {
            verdict,
            what: what.into(),
            cure: cure.into(),
        }
    }

    pub(super) fn is_wrong(&self) -> bool {
        matches!(self.verdict, Verdict::Wrong(_))
    }

    /// What kept this from being looked at, and what depends on it too.
    pub(super) fn blocked_by(&self) -> Option<Check> {
        match self.verdict {
            Verdict::Skipped(culprit) => culprit,
            _ => None,
        }
    }
}
