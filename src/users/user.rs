//! One user.

use std::fmt;
use std::sync::Arc;

use super::pool::Pool;
use super::{CustomAttribute, LicenseInfo, UserField, UserStatus, UserType, UsersPage};
use crate::json::Unreadable;
use crate::json::member;

/// One user of a [`UsersPage`], as [List users] sends it.
///
/// Cheap to clone: a page and a row. Keeping a user keeps its whole page in memory.
///
/// Zoom leaves out what it has no value for, and what the plan or the query does not include. A
/// field that is absent, null, or of a type that cannot be converted without loss is `None` here,
/// and an empty list; it never costs the user. Texts are as Zoom sent them, dates among them
/// (RFC 3339, such as `2024-01-31T08:15:00Z`).
///
/// [List users]: https://developers.zoom.us/docs/api/users/
#[derive(Clone)]
pub struct User {
    page: UsersPage,
    row: usize,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $method:ident $field:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $method(&self) -> Option<&str> {
                self.text(UserField::$field)
            }
        )*
    };
}

impl User {
    pub(super) fn new(page: UsersPage, row: usize) -> User {
        User { page, row }
    }

    /// Reads a body that is one user. `NoUsers` if it has neither `id` nor `email`.
    pub(crate) fn read_one(body: Vec<u8>, pool: &Arc<Pool>) -> Result<User, Unreadable> {
        UsersPage::read_one(body, pool).map(|page| User::new(page, 0))
    }

    /// `email`; empty where Zoom sent none.
    pub fn email(&self) -> &str {
        self.text(UserField::Email).unwrap_or_default()
    }

    /// `type`: the plan type. [`UserType::Other`] of 0 where Zoom sent none.
    pub fn user_type(&self) -> UserType {
        UserType::from(self.number(UserField::Type).unwrap_or(0))
    }

    /// `status`: active, inactive or pending.
    pub fn status(&self) -> Option<UserStatus<'_>> {
        self.text(UserField::Status).map(UserStatus::from)
    }

    /// `pmi`: the personal meeting ID.
    pub fn pmi(&self) -> Option<i64> {
        self.number(UserField::Pmi)
    }

    /// `verified`: whether the email address is verified.
    pub fn verified(&self) -> Option<bool> {
        self.number(UserField::Verified).map(|number| number != 0)
    }

    texts! {
        /// `id`: the user's ID. Pending users have none.
        id Id;
        /// `first_name`.
        first_name FirstName;
        /// `last_name`.
        last_name LastName;
        /// `display_name`: the name shown in meetings.
        display_name DisplayName;
        /// `timezone`, such as `Europe/Berlin`.
        timezone Timezone;
        /// `dept`: the department.
        dept Dept;
        /// `language`, such as `en-US`.
        language Language;
        /// `phone_number`.
        phone_number PhoneNumber;
        /// `pic_url`: where the profile picture is.
        pic_url PicUrl;
        /// `vanity_url`: the personal meeting room.
        vanity_url VanityUrl;
        /// `cluster`: the data centre.
        cluster Cluster;
        /// `created_at`: a date. Deprecated by Zoom in favour of
        /// [`user_created_at`](User::user_created_at).
        created_at CreatedAt;
        /// `user_created_at`: the date of creation.
        user_created_at UserCreatedAt;
        /// `last_login_time`: a date.
        last_login_time LastLoginTime;
        /// `last_client_version`: the client of the last login.
        last_client_version LastClientVersion;
        /// `employee_unique_id`: the employee's ID in the company.
        employee_unique_id EmployeeUniqueId;
        /// `host_key`, where the query asked for it.
        host_key HostKey;
        /// `role_id`: the ID of the user's role.
        role_id RoleId;
        /// `plan_united_type`: the Zoom United plan, a number as text.
        plan_united_type PlanUnitedType;
    }

    /// `group_ids`: the groups the user is in.
    pub fn group_ids(&self) -> impl Iterator<Item = &str> {
        self.list(UserField::GroupIds)
    }

    /// `im_group_ids`: the IM groups the user is in.
    pub fn im_group_ids(&self) -> impl Iterator<Item = &str> {
        self.list(UserField::ImGroupIds)
    }

    /// `division_ids`: the divisions the user is in.
    pub fn division_ids(&self) -> impl Iterator<Item = &str> {
        self.list(UserField::DivisionIds)
    }

    /// `custom_attributes`, where the query asked for them.
    pub fn custom_attributes(&self) -> impl Iterator<Item = CustomAttribute<'_>> {
        let field = UserField::CustomAttributes;
        (0..self.list_len(field)).map(move |index| CustomAttribute {
            key: self.list_text(field, index, "key"),
            name: self.list_text(field, index, "name"),
            value: self.list_text(field, index, "value"),
        })
    }

    /// `license_info_list`: the user's licences.
    pub fn license_info_list(&self) -> impl Iterator<Item = LicenseInfo<'_>> {
        let field = UserField::LicenseInfoList;
        (0..self.list_len(field)).map(move |index| LicenseInfo {
            license_type: self.list_text(field, index, "license_type"),
            license_option: self
                .page
                .list_number(self.row, field, index, "license_option"),
            subscription_id: self.list_text(field, index, "subscription_id"),
        })
    }

    /// Whether the field has a value, as [`UsersPage::has`].
    pub fn has(&self, field: UserField) -> bool {
        self.page.has(self.row, field)
    }

    /// The value of a text field, as [`UsersPage::text`].
    pub fn text(&self, field: UserField) -> Option<&str> {
        self.page.text(self.row, field)
    }

    /// The value of a number field, as [`UsersPage::number`].
    pub fn number(&self, field: UserField) -> Option<i64> {
        self.page.number(self.row, field)
    }

    /// This user's JSON, exactly as received.
    pub fn json(&self) -> &str {
        self.page.user_json(self.row).unwrap_or_default()
    }

    /// The JSON of any member of this user, also of those that have no method here, exactly as
    /// received: texts in their quotes, null as `null`. `None` if there is no such member.
    ///
    /// Reads the user's JSON at each call.
    pub fn member_json(&self, name: &str) -> Option<&str> {
        member(self.json(), name)
    }

    /// The page this user is on. A user that was asked for alone is on a page of one row.
    pub fn page(&self) -> &UsersPage {
        &self.page
    }

    /// The user's row on its page, counted from 0.
    pub fn row(&self) -> usize {
        self.row
    }

    fn list(&self, field: UserField) -> impl Iterator<Item = &str> {
        (0..self.list_len(field)).filter_map(move |index| self.list_text(field, index, ""))
    }

    fn list_len(&self, field: UserField) -> usize {
        self.page.list_len(self.row, field)
    }

    fn list_text(&self, field: UserField, index: usize, key: &str) -> Option<&str> {
        self.page.list_text(self.row, field, index, key)
    }
}

// Without the user's data: logs are read by others.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}
