//! An account that changes while it is listed.

use crate::account::{Account, UserStatus};
use crate::lock;
use crate::mix::Numbers;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;

/// How often users come and go: after each page of users, and among those of the page's status.
///
/// From 1000 on, a page brings one change for certain and another by chance. What comes of the n-th
/// page depends on the seed and on n alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Churn {
    /// What the dice start from.
    pub seed: u64,
    /// Of 1000 pages, so many are followed by a user who comes and stands last in the list.
    pub adds_per_mille_page: u32,
    /// Of 1000 pages, so many are followed by the deletion of a user anywhere in the list.
    pub deletes_per_mille_page: u32,
}

/// The churn and how many pages it has seen.
#[derive(Default)]
pub(crate) struct Churning(Mutex<(Option<Churn>, u64)>);

impl Churning {
    pub(crate) fn set(&self, churn: Option<Churn>) {
        *lock(&self.0) = (churn, 0);
    }

    pub(crate) fn page_served(&self, account: &Account, status: UserStatus) {
        // Under the lock, or two listings could mix the changes of two pages.
        let (churn, pages) = &mut *lock(&self.0);
        let Some(churn) = churn else { return };
        *pages += 1;
        let mut dice = Numbers::new(churn.seed, *pages);
        for _ in 0..times(churn.deletes_per_mille_page, &mut dice) {
            account.delete_any(status, dice.next());
        }
        for _ in 0..times(churn.adds_per_mille_page, &mut dice) {
            account.add(status);
        }
    }
}

fn times(per_mille: u32, dice: &mut Numbers) -> u32 {
    let extra = dice.next() % 1000 < u64::from(per_mille % 1000);
    per_mille / 1000 + u32::from(extra)
}
