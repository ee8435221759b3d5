//! What is found without asking the machine is what the machine would have said.

use std::time::Duration;

use super::Cell;
use crate::token::machine::{Moment, Outcome, Reading};
use crate::token::value::Token;

const LIFE: Duration = Duration::from_secs(3600);

/// A cell with a token that is as old as that.
fn cell_with(age: Duration) -> (Cell, Token) {
    let obtained = Moment::now().earlier_by(age);
    let token = Token::new("abc", String::new(), None, obtained, LIFE);
    let cell = Cell::new(false);
    {
        let mut held = cell.state.lock();
        let outcome = Outcome::Fetched(*token.lease());
        held.machine.settle(Moment::now(), outcome, 0.5);
        held.token = Some(token.clone());
        held.note_freshness();
    }
    (cell, token)
}

#[test]
fn a_fresh_token_is_at_hand_until_it_is_rejected() {
    let (cell, token) = cell_with(Duration::ZERO);
    assert_eq!(cell.at_hand().map(|held| held.id()), Some(token.id()));
    cell.reject(token.id());
    assert!(cell.at_hand().is_none());
}

#[test]
fn nothing_is_at_hand_before_the_first_token() {
    assert!(Cell::new(false).at_hand().is_none());
    assert!(Cell::new(true).at_hand().is_none());
}

#[test]
fn a_stale_token_is_for_the_machine() {
    for (age, fresh) in [
        (2_900, true),
        (3_300, false),
        (3_590, false),
        (3_700, false),
    ] {
        let (cell, _) = cell_with(Duration::from_secs(age));
        assert_eq!(cell.at_hand().is_some(), fresh, "{age} s");
    }
}

#[test]
fn it_ends_where_the_machine_says_on_either_clock() {
    let (cell, token) = cell_with(Duration::ZERO);
    let end = cell.state.lock().fresh_until.expect("a good token");
    let lease = token.lease();
    let nanosecond = Duration::from_nanos(1);
    let last = lease
        .obtained
        .later_by(lease.stale_age().saturating_sub(nanosecond));
    let over = last.later_by(nanosecond);
    let mixed = |mono: Moment, wall: Moment| Moment {
        mono: mono.mono,
        wall: wall.wall,
    };
    for now in [
        last,
        over,
        mixed(last, over),
        mixed(over, last),
        // A wall clock that was set back says nothing.
        mixed(last, last.earlier_by(2 * LIFE)),
    ] {
        let reading: Reading = now.reading().expect("a moment of this century");
        assert_eq!(reading.is_before(&end), !lease.is_stale(now), "{now:?}");
    }
}

#[test]
fn readings_are_possible_on_both_sides_of_the_origin() {
    let now = Moment::now();
    let minute = Duration::from_secs(60);
    for at in [now, now.later_by(minute), now.earlier_by(minute)] {
        let before = at.earlier_by(Duration::from_nanos(1));
        let (at, before) = (at.reading().unwrap(), before.reading().unwrap());
        assert!(before.is_before(&at) && !at.is_before(&at));
    }
}
