//! Is a pass over a list complete? Decided from counts alone.
//!
//! Zoom pages by position: who is added or deleted behind the reader shifts everybody else, and a
//! reader that trusts the pages misses people without noticing. What gives it away is
//! `total_records`, which Zoom states on each page.

use super::seen::Met;

/// How a pass ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Everybody was met, as far as Zoom's own total tells.
    Complete,
    /// Somebody may have been missed: list again and deliver only newcomers.
    Again,
    /// No pass is left and there are fewer than Zoom says.
    Short { delivered: u64, expected: u64 },
}

/// What has been counted of one list (one status of users, say) over its passes.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    max_passes: u32,
    /// Number of the first pass of this list, and of the present one; they go on over all lists,
    /// and count passes that were broken off too.
    first: u32,
    present: u32,
    /// Passes of this list that were or are to be read to their end.
    passes: u32,
    /// Whether an entry is recognised although it changed. If not, only one pass by itself can tell
    /// how many there are: over several, one entry would count in each of its versions.
    stable: bool,
    /// Smallest and largest total of the present pass, and of the last one that had any.
    totals: Option<(u64, u64)>,
    earlier: Option<(u64, u64)>,
    /// Different entries in the present pass.
    distinct: u64,
    /// Different entries in all passes of this list.
    known: u64,
    changed: bool,
}

impl Tally {
    /// Starts a list whose first pass has this number.
    pub(super) fn new(first: u32, max_passes: u32, stable: bool) -> Tally {
        Tally {
            max_passes,
            first,
            present: first,
            passes: 1,
            stable,
            totals: None,
            earlier: None,
            distinct: 0,
            known: 0,
            changed: false,
        }
    }

    /// The present pass's number.
    pub(super) fn pass(&self) -> u32 {
        self.present
    }

    /// Takes in what a page says of the whole list.
    pub(super) fn page(&mut self, total: Option<u64>) {
        let Some(total) = total else { return };
        let (least, most) = self.totals.unwrap_or((total, total));
        self.totals = Some((least.min(total), most.max(total)));
    }

    /// Takes in an entry, by when it was met before; says whether it is to be delivered.
    pub(super) fn entry(&mut self, met: Met) -> bool {
        let (in_this_pass, in_this_list) = match met {
            Met::Never => (false, false),
            Met::InPass(pass) => (pass == self.present, pass >= self.first),
        };
        // Met in another list: moved from there to here while both were read.
        self.changed |= !in_this_list && met != Met::Never;
        if in_this_pass {
            // Twice in one pass: somebody was added before the reader's place.
            self.changed = true;
            return false;
        }
        self.distinct += 1;
        if !in_this_list {
            self.known += 1;
            // New in a repeated pass: missed before.
            self.changed |= self.passes > 1;
        }
        met == Met::Never
    }

    /// Different entries in the present pass so far.
    pub(super) fn distinct(&self) -> u64 {
        self.distinct
    }

    /// Whether Zoom stated a total to check against.
    pub(super) fn is_checked(&self) -> bool {
        self.totals.or(self.earlier).is_some()
    }

    /// Whether something showed that the list changed while it was read.
    pub(super) fn has_changed(&self) -> bool {
        self.changed || self.totals.is_some_and(|(least, most)| least != most)
    }

    /// Judges the present pass, which is at its end.
    pub(super) fn verdict(&self) -> Verdict {
        let Some((least, most)) = self.totals.or(self.earlier) else {
            return Verdict::Complete;
        };
        let steady = self.totals.is_some() && least == most;
        let whole = self.distinct >= most;
        if steady && whole {
            return Verdict::Complete;
        }
        if self.passes < self.max_passes {
            return Verdict::Again;
        }
        let delivered = if self.stable {
            self.known
        } else {
            self.distinct
        };
        if delivered < least {
            return Verdict::Short {
                delivered,
                expected: least,
            };
        }
        Verdict::Complete
    }

    /// Begins the list anew after a pass that left doubts.
    pub(super) fn again(&mut self) {
        self.passes += 1;
        self.restart();
    }

    /// Begins the present pass anew: it could not be read to its end.
    pub(super) fn restart(&mut self) {
        self.changed = self.has_changed();
        self.present += 1;
        self.earlier = self.totals.or(self.earlier);
        self.totals = None;
        self.distinct = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passes as (totals of the pages, newcomers, met in an earlier pass, twice in this pass).
    type Pass = (&'static [u64], u64, u64, u64);

    fn run(max_passes: u32, passes: &[Pass]) -> (Vec<Verdict>, bool, bool) {
        let mut tally = Tally::new(3, max_passes, true);
        let mut verdicts = Vec::new();
        for (totals, newcomers, known, twice) in passes {
            if !verdicts.is_empty() {
                tally.again();
            }
            totals.iter().for_each(|total| tally.page(Some(*total)));
            (0..*newcomers).for_each(|_| assert!(tally.entry(Met::Never)));
            (0..*known).for_each(|_| assert!(!tally.entry(Met::InPass(tally.pass() - 1))));
            (0..*twice).for_each(|_| assert!(!tally.entry(Met::InPass(tally.pass()))));
            verdicts.push(tally.verdict());
        }
        (verdicts, tally.has_changed(), tally.is_checked())
    }

    #[test]
    fn verdicts() {
        use Verdict::{Again, Complete, Short};
        let short = |delivered, expected| Short {
            delivered,
            expected,
        };
        for (name, max_passes, passes, verdicts, changed, checked) in [
            (
                "steady and whole",
                3,
                &[(&[9, 9][..], 9, 0, 0)][..],
                vec![Complete],
                false,
                true,
            ),
            (
                "more than the total",
                3,
                &[(&[9], 10, 0, 0)],
                vec![Complete],
                false,
                true,
            ),
            (
                "no total at all",
                3,
                &[(&[], 5, 0, 0)],
                vec![Complete],
                false,
                false,
            ),
            (
                "an empty list",
                3,
                &[(&[0], 0, 0, 0)],
                vec![Complete],
                false,
                true,
            ),
            (
                "one missing, then found",
                3,
                &[(&[9], 8, 0, 0), (&[9], 1, 8, 0)],
                vec![Again, Complete],
                true,
                true,
            ),
            (
                "total moved, whole",
                3,
                &[(&[9, 10], 10, 0, 0), (&[10], 0, 10, 0)],
                vec![Again, Complete],
                true,
                true,
            ),
            (
                "total fell, then steady",
                3,
                &[(&[9, 8], 9, 0, 0), (&[8], 0, 8, 0)],
                vec![Again, Complete],
                true,
                true,
            ),
            (
                "moves to the end, but everybody is known",
                2,
                &[(&[9, 10], 9, 0, 0), (&[9, 10], 0, 9, 0)],
                vec![Again, Complete],
                true,
                true,
            ),
            (
                "moves to the end, found over passes",
                2,
                &[(&[9], 5, 0, 0), (&[9], 4, 4, 0)],
                vec![Again, Complete],
                true,
                true,
            ),
            (
                "short to the end",
                3,
                &[(&[9], 7, 0, 0), (&[9], 0, 7, 0), (&[9], 1, 7, 0)],
                vec![Again, Again, short(8, 9)],
                true,
                true,
            ),
            (
                "short against the smallest total",
                1,
                &[(&[12, 9, 10], 8, 0, 0)],
                vec![short(8, 9)],
                true,
                true,
            ),
            (
                "exactly the smallest total",
                1,
                &[(&[12, 9, 10], 9, 0, 0)],
                vec![Complete],
                true,
                true,
            ),
            (
                "doubles do not count",
                1,
                &[(&[9], 8, 0, 5)],
                vec![short(8, 9)],
                true,
                true,
            ),
            (
                "one pass allowed",
                1,
                &[(&[9], 9, 0, 0)],
                vec![Complete],
                false,
                true,
            ),
        ] {
            assert_eq!(
                run(max_passes, passes),
                (verdicts, changed, checked),
                "{name}"
            );
        }
    }

    #[test]
    fn who_moved_from_another_list_counts_but_is_not_delivered_again() {
        let mut tally = Tally::new(1, 3, true);
        tally.page(Some(2));
        assert!(
            !tally.entry(Met::InPass(0)),
            "met in the list before this one"
        );
        assert!(tally.entry(Met::Never));
        assert_eq!(tally.verdict(), Verdict::Complete);
        assert!(tally.has_changed());
    }

    #[test]
    fn entries_that_change_count_once() {
        for (stable, verdict) in [
            (true, Verdict::Complete),
            (
                false,
                Verdict::Short {
                    delivered: 2,
                    expected: 3,
                },
            ),
        ] {
            let mut tally = Tally::new(0, 2, stable);
            tally.page(Some(3));
            assert!(tally.entry(Met::Never) && tally.entry(Met::Never));
            tally.again();
            tally.page(Some(3));
            // One as before, one that may be new or may have changed.
            assert!(!tally.entry(Met::InPass(0)) && tally.entry(Met::Never));
            assert_eq!(tally.distinct(), 2);
            assert_eq!(tally.verdict(), verdict);
        }
    }

    #[test]
    fn a_total_that_vanishes_still_counts() {
        let mut tally = Tally::new(0, 2, true);
        tally.page(Some(100));
        tally.entry(Met::Never);
        assert_eq!(tally.verdict(), Verdict::Again);
        tally.again();
        tally.page(None);
        tally.entry(Met::InPass(0));
        assert!(tally.is_checked());
        assert_eq!(
            tally.verdict(),
            Verdict::Short {
                delivered: 1,
                expected: 100
            }
        );
    }

    #[test]
    fn a_pass_broken_off_does_not_count() {
        let mut tally = Tally::new(0, 1, true);
        tally.page(Some(2));
        assert!(tally.entry(Met::Never));
        tally.restart();
        assert!(tally.is_checked() && !tally.has_changed());
        tally.page(Some(2));
        assert!(!tally.entry(Met::InPass(0)), "delivered before the break");
        assert!(tally.entry(Met::Never));
        assert_eq!(tally.verdict(), Verdict::Complete);
        assert!(
            !tally.has_changed(),
            "nobody was missed, it was only read again"
        );
    }

    #[test]
    fn a_total_on_some_pages_is_a_total() {
        let mut tally = Tally::new(0, 1, true);
        tally.page(None);
        tally.page(Some(3));
        tally.page(None);
        tally.entry(Met::Never);
        assert_eq!(
            tally.verdict(),
            Verdict::Short {
                delivered: 1,
                expected: 3
            }
        );
    }
}
