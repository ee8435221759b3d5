//! Values of a user that are more than a text or a number.

use std::fmt;

/// A text of a page together with the NUL byte that follows it in memory, ready for C.
#[derive(Clone, Copy)]
pub struct TextWithNul<'p> {
    /// With the NUL.
    pub(super) ended: &'p str,
    pub(super) may_hold_nul: bool,
}

impl<'p> TextWithNul<'p> {
    /// The text with its NUL.
    pub fn as_str(self) -> &'p str {
        self.ended
    }

    /// The text without its NUL.
    pub fn text(self) -> &'p str {
        self.ended.strip_suffix('\0').unwrap_or_default()
    }

    /// Whether there may be U+0000 in the text itself, which ends it for C too early. There is none if not.
    pub fn may_hold_nul(self) -> bool {
        self.may_hold_nul
    }
}

// Without the text: logs are read by others.
impl fmt::Debug for TextWithNul<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextWithNul").finish_non_exhaustive()
    }
}

/// A user's plan type (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UserType {
    /// 1: Basic.
    Basic,
    /// 2: Licensed.
    Licensed,
    /// 4: Unassigned.
    Unassigned,
    /// 99: None, as Zoom calls it.
    None,
    /// A number not known here; 0 where Zoom sent no usable number.
    Other(i64),
}

impl UserType {
    /// Zoom's number.
    pub fn number(self) -> i64 {
        match self {
            UserType::Basic => 1,
            UserType::Licensed => 2,
            UserType::Unassigned => 4,
            UserType::None => 99,
            UserType::Other(number) => number,
        }
    }
}

impl From<i64> for UserType {
    fn from(number: i64) -> UserType {
        match number {
            1 => UserType::Basic,
            2 => UserType::Licensed,
            4 => UserType::Unassigned,
            99 => UserType::None,
            other => UserType::Other(other),
        }
    }
}

/// A user's status (`status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UserStatus<'a> {
    /// `active`.
    Active,
    /// `inactive`: deactivated.
    Inactive,
    /// `pending`: invited, has not accepted yet.
    Pending,
    /// A status not known here, as Zoom sent it.
    Other(&'a str),
}

impl<'a> UserStatus<'a> {
    /// Zoom's word.
    pub fn as_str(self) -> &'a str {
        match self {
            UserStatus::Active => "active",
            UserStatus::Inactive => "inactive",
            UserStatus::Pending => "pending",
            UserStatus::Other(word) => word,
        }
    }
}

impl<'a> From<&'a str> for UserStatus<'a> {
    fn from(word: &'a str) -> UserStatus<'a> {
        match word {
            "active" => UserStatus::Active,
            "inactive" => UserStatus::Inactive,
            "pending" => UserStatus::Pending,
            other => UserStatus::Other(other),
        }
    }
}

impl fmt::Display for UserStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An entry of a user's `custom_attributes`.
///
/// A member is `None` where Zoom sent none, or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CustomAttribute<'a> {
    /// The attribute's identifier.
    pub key: Option<&'a str>,
    /// The attribute's name.
    pub name: Option<&'a str>,
    /// The user's value.
    pub value: Option<&'a str>,
}

/// An entry of a user's `license_info_list`.
///
/// A member is `None` where Zoom sent none, or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LicenseInfo<'a> {
    /// The kind of licence; a number is given as its digits.
    pub license_type: Option<&'a str>,
    /// The option within that kind, exact up to the limits of `i64` (Zoom's reach 2^59).
    pub license_option: Option<i64>,
    /// The subscription that the licence belongs to.
    pub subscription_id: Option<&'a str>,
}
