//! The order in which the members of a user come.
//!
//! It is the same for all users of a page, but that some leave some out. So the next name need not be
//! read, only compared.

use super::super::{FieldKind, UserField};
use crate::json::block;

/// A field's name as it mostly stands in the JSON: behind a comma or bracket, in quotes, a colon behind
/// it, and nothing between.
pub(super) struct Name {
    pub(super) field: UserField,
    pub(super) kind: FieldKind,
    /// How long all that is.
    pub(super) length: usize,
    words: [u64; 3],
    /// Which bits of the words count: not those of the byte before the quote.
    masks: [u64; 3],
}

const LONGEST: usize = 24;

impl Name {
    const fn of(field: UserField) -> Name {
        let name = field.name().as_bytes();
        let length = name.len() + 4;
        assert!(length <= LONGEST, "longer than what is compared");
        let (mut bytes, mut mask) = ([0; LONGEST], [0; LONGEST]);
        let mut at = 1;
        while at < length {
            bytes[at] = match at {
                1 => b'"',
                _ if at - 2 < name.len() => name[at - 2],
                _ if at - 2 == name.len() => b'"',
                _ => b':',
            };
            mask[at] = u8::MAX;
            at += 1;
        }
        Name {
            field,
            kind: field.kind(),
            length,
            words: words(&bytes),
            masks: words(&mask),
        }
    }

    #[inline(always)]
    fn is(&self, [a, b, c]: [u64; 3]) -> bool {
        let ([d, e, f], [g, h, i]) = (self.words, self.masks);
        (a ^ d) & g == 0 && (b ^ e) & h | (c ^ f) & i == 0
    }
}

#[inline(always)]
const fn words(bytes: &[u8; LONGEST]) -> [u64; 3] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = *bytes;
    let [i, j, k, l, m, n, o, p, last @ ..] = rest;
    [
        u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        u64::from_le_bytes([i, j, k, l, m, n, o, p]),
        u64::from_le_bytes(last),
    ]
}

static NAMES: [Name; UserField::COUNT] = {
    let mut names = [const { Name::of(UserField::Id) }; UserField::COUNT];
    let mut at = 0;
    while at < names.len() {
        names[at] = Name::of(UserField::ALL[at]);
        at += 1;
    }
    names
};

/// What comes after what, learned from the users before.
pub(super) struct Order {
    /// For each field the index of the next one, `END` if there is none yet; at `START` the first.
    after: [u8; UserField::COUNT + 1],
}

/// How many fields that are due may be left out before the name is read.
const LEFT_OUT: usize = 5;

impl Order {
    /// Before the first member.
    pub(super) const START: usize = UserField::COUNT;
    const END: u8 = u8::MAX;

    pub(super) fn new() -> Order {
        Order {
            after: [Order::END; UserField::COUNT + 1],
        }
    }

    fn next(&self, last: usize) -> u8 {
        self.after.get(last).copied().unwrap_or(Order::END)
    }

    /// The name that stands behind the comma or bracket here, if its field is due after `last`.
    #[inline(always)]
    pub(super) fn expected(&self, last: usize, body: &[u8], at: usize) -> Option<&'static Name> {
        // Near the end of the body names are read.
        let found = words(block(body, at)?);
        let mut due = last;
        for _ in 0..=LEFT_OUT {
            due = usize::from(self.next(due));
            let name = NAMES.get(due)?;
            if name.is(found) {
                return Some(name);
            }
        }
        None
    }

    /// Puts a field where it was found. Members that come in changing orders cost only time.
    #[cold]
    pub(super) fn learn(&mut self, last: usize, field: UserField) {
        let next = self.next(last);
        for (place, is) in [(field.index(), next), (last, field.index() as u8)] {
            if let Some(after) = self.after.get_mut(place) {
                *after = is;
            }
        }
    }
}
