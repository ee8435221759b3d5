//! The fields of a user that have a typed place in a row.

/// How a [`UserField`] is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// A text; dates are texts too, in the form Zoom sent.
    Text,
    /// A whole number of 64 bits with sign.
    Number,
    /// A list of texts, or of small objects with named members.
    List,
}

macro_rules! fields {
    ($($number:literal $variant:ident $name:literal $kind:ident $doc:literal)*) => {
        /// A field of a user, for access by name or number.
        ///
        /// The numbers never change and are never reused; new fields get new numbers. Members of
        /// a user that are not listed here are reached with
        /// [`User::member_json`](crate::User::member_json).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum UserField {
            $(#[doc = concat!("`", $name, "`: ", $doc)] $variant = $number,)*
        }

        impl UserField {
            /// Every field, in the order of the numbers.
            pub const ALL: &'static [UserField] = &[$(UserField::$variant),*];

            /// The field's name in Zoom's JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    $(UserField::$variant => $name,)*
                }
            }

            /// How the field is kept.
            pub const fn kind(self) -> FieldKind {
                match self {
                    $(UserField::$variant => FieldKind::$kind,)*
                }
            }

            pub(crate) fn from_bytes(name: &[u8]) -> Option<UserField> {
                match name {
                    $(bytes if bytes == $name.as_bytes() => Some(UserField::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

fields! {
    1 Id "id" Text "the user's ID; pending users have none."
    2 Email "email" Text "the email address."
    3 Type "type" Number "see [`UserType`](crate::UserType)."
    4 FirstName "first_name" Text "the first name."
    5 LastName "last_name" Text "the last name."
    6 DisplayName "display_name" Text "the name shown in meetings."
    7 Status "status" Text "see [`UserStatus`](crate::UserStatus)."
    8 Pmi "pmi" Number "the personal meeting ID."
    9 Timezone "timezone" Text "the time zone."
    10 Dept "dept" Text "the department."
    11 Language "language" Text "the language."
    12 PhoneNumber "phone_number" Text "the phone number."
    13 PicUrl "pic_url" Text "where the profile picture is."
    14 VanityUrl "vanity_url" Text "the personal meeting room's URL."
    15 Cluster "cluster" Text "the data centre."
    16 CreatedAt "created_at" Text "when the user was created (deprecated by Zoom)."
    17 UserCreatedAt "user_created_at" Text "when the user was created."
    18 LastLoginTime "last_login_time" Text "the last login."
    19 LastClientVersion "last_client_version" Text "the client version of the last login."
    20 EmployeeUniqueId "employee_unique_id" Text "the employee's unique ID."
    21 HostKey "host_key" Text "the host key, where the query asked for it."
    22 RoleId "role_id" Text "the ID of the user's role."
    23 PlanUnitedType "plan_united_type" Text "the Zoom United plan, a number as text."
    24 Verified "verified" Number "1 if the email address is verified, else 0."
    25 GroupIds "group_ids" List "IDs of the user's groups; a list of texts."
    26 ImGroupIds "im_group_ids" List "IDs of the user's IM groups; a list of texts."
    27 DivisionIds "division_ids" List "IDs of the user's divisions; a list of texts."
    28 CustomAttributes "custom_attributes" List
        "entries of `key`, `name`, `value`, where the query asked for them."
    29 LicenseInfoList "license_info_list" List
        "entries of `license_type`, `license_option`, `subscription_id`."
}

impl UserField {
    /// How many fields there are.
    pub(crate) const COUNT: usize = UserField::ALL.len();

    /// The pinned number, from 1.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The field with that pinned number, `None` if there is no such field.
    pub fn from_number(number: i32) -> Option<UserField> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        UserField::ALL.get(index).copied()
    }

    /// The field of that name in Zoom's JSON, `None` if there is no such field here.
    pub fn from_name(name: &str) -> Option<UserField> {
        UserField::from_bytes(name.as_bytes())
    }

    /// The place of the field in tables.
    pub(crate) const fn index(self) -> usize {
        self as usize - 1
    }

    /// Names of the members kept of each entry of a list; empty for lists of texts and for
    /// fields that are no list.
    pub const fn entry_keys(self) -> &'static [&'static str] {
        match self {
            UserField::CustomAttributes => &["key", "name", "value"],
            UserField::LicenseInfoList => &["license_type", "license_option", "subscription_id"],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::UserField;

    #[test]
    fn numbers_and_names_are_pinned() {
        let pinned = [
            (1, "id"),
            (2, "email"),
            (3, "type"),
            (4, "first_name"),
            (5, "last_name"),
            (6, "display_name"),
            (7, "status"),
            (8, "pmi"),
            (9, "timezone"),
            (10, "dept"),
            (11, "language"),
            (12, "phone_number"),
            (13, "pic_url"),
            (14, "vanity_url"),
            (15, "cluster"),
            (16, "created_at"),
            (17, "user_created_at"),
            (18, "last_login_time"),
            (19, "last_client_version"),
            (20, "employee_unique_id"),
            (21, "host_key"),
            (22, "role_id"),
            (23, "plan_united_type"),
            (24, "verified"),
            (25, "group_ids"),
            (26, "im_group_ids"),
            (27, "division_ids"),
            (28, "custom_attributes"),
            (29, "license_info_list"),
        ];
        assert_eq!(UserField::ALL.len(), pinned.len());
        for (field, (number, name)) in UserField::ALL.iter().zip(pinned) {
            assert_eq!((field.number(), field.name()), (number, name));
            assert_eq!(UserField::from_number(number), Some(*field));
            assert_eq!(UserField::from_name(name), Some(*field));
        }
        for number in [i32::MIN, -1, 0, 30, i32::MAX] {
            assert_eq!(UserField::from_number(number), None);
        }
        for name in ["", "ID", "id ", "userid", "i"] {
            assert_eq!(UserField::from_name(name), None);
        }
    }
}
