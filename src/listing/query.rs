//! What to list: the parameters of List users.

use std::time::Duration;

use super::pager::{DEFAULT_PASSES, fetch};
use super::users::{UserIter, UserPages};
use crate::client::{ApiRequest, Client};
use crate::error::{Details, Error, Result};
use crate::transport::{encode, path_segment};
use crate::users::User;

/// Largest page that Zoom's documents mention anywhere.
const LARGEST_PAGE: u32 = 2000;
/// Largest page that all of Zoom's documents agree on.
const DEFAULT_PAGE: u32 = 300;

/// Which users to list, by their status. Zoom lists one status at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Users who can sign in: Zoom's own default.
    #[default]
    Active,
    /// Deactivated users.
    Inactive,
    /// Users who were invited and have not accepted; they have no ID yet.
    Pending,
    /// All of these, one status after the other.
    All,
}

impl Status {
    /// The lists of Zoom's that make it up.
    pub(super) fn lists(self) -> &'static [Status] {
        match self {
            Status::Active => &[Status::Active],
            Status::Inactive => &[Status::Inactive],
            Status::Pending => &[Status::Pending],
            Status::All => &[Status::Active, Status::Inactive, Status::Pending],
        }
    }

    /// Zoom's own word; for all of them, which Zoom has none for, `all`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Inactive => "inactive",
            Status::Pending => "pending",
            Status::All => "all",
        }
    }
}

/// Additional members of each user that Zoom sends only on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IncludeFields {
    /// [`User::custom_attributes`].
    CustomAttributes,
    /// [`User::host_key`].
    HostKey,
}

impl IncludeFields {
    fn name(self) -> &'static str {
        match self {
            IncludeFields::CustomAttributes => "custom_attributes",
            IncludeFields::HostKey => "host_key",
        }
    }
}

/// Lists only users who hold this add-on licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum License {
    /// `zoom_workforce_management`.
    WorkforceManagement,
    /// `zoom_compliance_management`.
    ComplianceManagement,
}

/// A listing of users to be made: set what you need, then iterate over users or over pages.
///
/// Without settings it lists what Zoom lists by default: the active users.
///
/// **Complete, or an error.** Zoom pages by position, so that whoever is added or deleted meanwhile
/// shifts the others past the reader. A status is therefore listed again, for newcomers only, until
/// Zoom's own total agrees; if it never does, [`Error::Incomplete`] comes after everything else.
/// Nobody is delivered twice, and whoever was in the account under one status all the time is
/// delivered once. That takes eight bytes of memory a user.
///
/// The limit: if somebody is deleted behind the reader and somebody is added, both between the same two
/// pages, Zoom's total stays as it was, and one user may be missed without a trace. Somebody who is seen
/// while pending comes again if he accepts meanwhile: pending users have no ID to know them by.
///
/// See <https://developers.zoom.us/docs/api/users/#tag/users/get/users>; it needs the scope
/// `user:read:list_users:admin` (classic: `user:read:admin`).
#[derive(Clone, Debug)]
#[must_use]
pub struct Users {
    pub(super) client: Client,
    pub(super) status: Status,
    pub(super) timeout: Option<Duration>,
    pub(super) max_passes: u32,
    page_size: u32,
    role_id: Option<String>,
    include_fields: Vec<IncludeFields>,
    license: Option<License>,
}

impl Users {
    /// Which users, by status. Default: active.
    pub fn status(mut self, status: Status) -> Users {
        self.status = status;
        self
    }

    /// Users per page, 1 to 2000. Default: 300. Zoom may send fewer: its documents disagree whether
    /// more than 300 are allowed.
    pub fn page_size(mut self, users: u32) -> Users {
        self.page_size = users;
        self
    }

    /// Only users with this role.
    pub fn role_id(mut self, role_id: impl Into<String>) -> Users {
        self.role_id = Some(role_id.into());
        self
    }

    /// Asks for additional members of each user; may be called for several.
    pub fn include_fields(mut self, fields: IncludeFields) -> Users {
        if !self.include_fields.contains(&fields) {
            self.include_fields.push(fields);
        }
        self
    }

    /// Only users with this add-on licence.
    pub fn license(mut self, license: License) -> Users {
        self.license = Some(license);
        self
    }

    /// The deadline of each page's request, instead of the client's.
    pub fn timeout(mut self, timeout: Duration) -> Users {
        self.timeout = Some(timeout);
        self
    }

    /// How often one status is listed at most, 1 to 5, while the account changes under the listing.
    /// Default: 3. What remains missing after the last pass ends in
    /// [`Error::Incomplete`].
    pub fn max_passes(mut self, passes: u32) -> Users {
        self.max_passes = passes;
        self
    }

    /// Iterates over pages instead of users.
    pub fn pages(self) -> UserPages {
        UserPages::new(self)
    }

    /// Path and query of a page: the same on every page but for the page token, or Zoom would
    /// silently shorten the list.
    pub(super) fn page_request(&self, status: &str, next_page_token: &str) -> Result<ApiRequest> {
        if !(1..=LARGEST_PAGE).contains(&self.page_size) {
            return Err(Error::InvalidArgument(
                Details::new(format!("page_size is {}", self.page_size))
                    .with_hint(format!("Give page_size from 1 to {LARGEST_PAGE}.")),
            ));
        }
        let mut path = format!("/users?status={status}&page_size={}", self.page_size);
        let mut add = |name: &str, value: &str| {
            path.push('&');
            path.push_str(name);
            path.push('=');
            path.push_str(&encode(value));
        };
        if let Some(role_id) = &self.role_id {
            add("role_id", role_id);
        }
        if !self.include_fields.is_empty() {
            let names: Vec<_> = self
                .include_fields
                .iter()
                .map(|field| field.name())
                .collect();
            add("include_fields", &names.join(","));
        }
        match self.license {
            Some(License::WorkforceManagement) => add("license", "zoom_workforce_management"),
            Some(License::ComplianceManagement) => add("license", "zoom_compliance_management"),
            None => {}
        }
        if !next_page_token.is_empty() {
            add("next_page_token", next_page_token);
        }
        Ok(ApiRequest::get(path, "list users"))
    }
}

impl IntoIterator for Users {
    type Item = Result<User>;
    type IntoIter = UserIter;

    fn into_iter(self) -> UserIter {
        UserIter::new(self.pages())
    }
}

impl Client {
    /// The users of the account; see [`Users`].
    pub fn users(&self) -> Users {
        Users {
            client: self.clone(),
            status: Status::default(),
            timeout: None,
            max_passes: DEFAULT_PASSES,
            page_size: DEFAULT_PAGE,
            role_id: None,
            include_fields: Vec::new(),
            license: None,
        }
    }

    /// One user, by ID or e-mail address.
    ///
    /// See <https://developers.zoom.us/docs/api/users/#tag/users/get/users/{userId}>; it needs the
    /// scope `user:read:user:admin` (classic: `user:read:admin`).
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such user, [`Error::InvalidArgument`] for an empty ID, and
    /// those of every call.
    pub fn user(&self, id_or_email: &str) -> Result<User> {
        let segment = path_segment(id_or_email, "id_or_email")?;
        let request = ApiRequest::get(format!("/users/{segment}"), "read this user");
        fetch(self, None, &request, User::read_one)
    }
}
