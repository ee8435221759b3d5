//! What a role grants, which scopes that allows an app to carry, and which calls need them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A permission of a role: one row of Zoom's page of role settings, to view or to edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it, and `Display` has Zoom's way of writing them.
pub enum Permission {
    UserRead,
    UserWrite,
    RoleRead,
    RoleWrite,
    MeetingRead,
    MeetingWrite,
    DashboardRead,
}

impl Permission {
    /// All of them, which is what the account's owner has.
    pub const ALL: [Self; 7] = [
        Self::UserRead,
        Self::UserWrite,
        Self::RoleRead,
        Self::RoleWrite,
        Self::MeetingRead,
        Self::MeetingWrite,
        Self::DashboardRead,
    ];
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserRead => "User: Read",
            Self::UserWrite => "User: Write",
            Self::RoleRead => "Role: Read",
            Self::RoleWrite => "Role: Write",
            Self::MeetingRead => "Meeting: Read",
            Self::MeetingWrite => "Meeting: Write",
            Self::DashboardRead => "Dashboard: Read",
        })
    }
}

/// What a call needs: a scope, under its two names, and the permission behind it.
pub(crate) struct Right {
    pub(crate) granular: &'static str,
    pub(crate) classic: &'static str,
    pub(crate) permission: Permission,
}

macro_rules! rights {
    ($($name:ident = $granular:literal, $classic:literal, $permission:ident;)*) => {
        $(pub(crate) const $name: Right = Right {
            granular: $granular,
            classic: $classic,
            permission: Permission::$permission,
        };)*
        const RIGHTS: &[Right] = &[$($name),*];
    };
}

rights! {
    LIST_USERS = "user:read:list_users:admin", "user:read:admin", UserRead;
    VIEW_USER = "user:read:user:admin", "user:read:admin", UserRead;
    CREATE_USER = "user:write:user:admin", "user:write:admin", UserWrite;
    CHANGE_USER = "user:update:user:admin", "user:write:admin", UserWrite;
    SET_USER_STATUS = "user:update:status:admin", "user:write:admin", UserWrite;
    DELETE_USER = "user:delete:user:admin", "user:write:admin", UserWrite;
    LIST_ROLES = "role:read:list_roles:admin", "role:read:admin", RoleRead;
    LIST_MEETINGS = "meeting:read:list_meetings:admin", "meeting:read:admin", MeetingRead;
    LIST_PARTICIPANTS = "meeting:read:list_past_participants:admin", "meeting:read:admin", MeetingRead;
    CREATE_MEETING = "meeting:write:meeting:admin", "meeting:write:admin", MeetingWrite;
    LIST_DASHBOARD = "dashboard:read:list_meetings:admin", "dashboard_meetings:read:admin", DashboardRead;
}

/// The permission that a scope, under either name, is part of; `None` if Zoom has no such scope.
pub(crate) fn permission_of(scope: &str) -> Option<Permission> {
    RIGHTS
        .iter()
        .find(|right| right.names(scope))
        .map(|right| right.permission)
}

impl Right {
    pub(crate) fn names(&self, scope: &str) -> bool {
        scope == self.granular || scope == self.classic
    }
}
