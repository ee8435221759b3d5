//! The numbers of the interface. They never change their meaning and are never used again; new ones
//! may be added.
// The header has them all; here some are only counterparts of the SDK's own, see the tests.
#![allow(dead_code)]

use std::ffi::CStr;

use crate::{Cloud, Counter, ErrorStatus, IncludeFields, License, Status, UserField};

/// What a function returns: 0 for success, else what the caller can do about the failure. New numbers
/// may be added; treat one you do not know like ZOOM_S2S_INTERNAL.
#[repr(i32)]
pub enum zoom_s2s_status {
    /// Done.
    ZOOM_S2S_OK = 0,
    /// A value given to the call cannot be used; the message names the argument. Nothing was sent.
    ZOOM_S2S_INVALID_ARGUMENT = 1,
    /// The settings do not make a client: a missing variable, an unreadable file, a URL that is not
    /// https.
    ZOOM_S2S_CONFIG = 2,
    /// No connection, or it broke: name not found, refused, reset, cut in mid-body, proxy refusal.
    ZOOM_S2S_NETWORK = 10,
    /// The TLS handshake failed: unknown issuer, wrong name, expired certificate, or no trusted
    /// certificates at all on this machine.
    ZOOM_S2S_TLS = 11,
    /// The call's deadline passed before Zoom answered. Try again, or allow more time.
    ZOOM_S2S_TIMEOUT = 12,
    /// zoom_s2s_client_cancel ended this call. The client still works.
    ZOOM_S2S_CANCELLED = 13,
    /// zoom_s2s_client_shutdown was called. Make a new client.
    ZOOM_S2S_SHUTDOWN = 14,
    /// The token endpoint refused the credentials. Trying again does not help until a person has
    /// changed the credentials or the app.
    ZOOM_S2S_CREDENTIALS = 20,
    /// The API kept refusing freshly issued tokens (HTTP 401 or code 124).
    ZOOM_S2S_UNAUTHORIZED = 21,
    /// The token lacks a scope that the call needs; zoom_s2s_error_missing_scopes names it. Add it to
    /// the app, then ask for a new token: only tokens issued afterwards carry it.
    ZOOM_S2S_MISSING_SCOPE = 22,
    /// The role or the plan of the account does not permit the call.
    ZOOM_S2S_FORBIDDEN = 23,
    /// The user or other thing asked for does not exist in this account (HTTP 404).
    ZOOM_S2S_NOT_FOUND = 30,
    /// A rate limit was met (HTTP 429). Per-second limits have been waited for already, daily limits
    /// have not; zoom_s2s_error_retry_after_ms says how long where Zoom told.
    ZOOM_S2S_RATE_LIMITED = 31,
    /// Zoom answered with HTTP 5xx, also after retries. Try again later.
    ZOOM_S2S_SERVER = 32,
    /// Zoom understood the request and refused it; the message is Zoom's own.
    ZOOM_S2S_REJECTED = 33,
    /// The answer is not what Zoom's API sends: HTML, broken JSON, a redirect. Usually a proxy or a
    /// wrong URL stands between.
    ZOOM_S2S_BAD_RESPONSE = 40,
    /// The answer is larger than the limit for one body, also after decompression.
    ZOOM_S2S_TOO_LARGE = 41,
    /// A listing ended with fewer entries than Zoom said there are. What arrived was delivered.
    ZOOM_S2S_INCOMPLETE = 42,
    /// The token store cannot be used, and its URL has the option strict: the call needed a new token
    /// and did not go on without the store. See zoom_s2s_config_set_token_store.
    ZOOM_S2S_STORE = 50,
    /// A defect of this library. Please report it with the message.
    ZOOM_S2S_INTERNAL = 90,
}

/// Which of Zoom's clouds the account lives in.
#[repr(i32)]
pub enum zoom_s2s_cloud {
    /// zoom.us: everybody but the US government.
    ZOOM_S2S_CLOUD_COMMERCIAL = 1,
    /// zoomgov.com: Zoom for Government.
    ZOOM_S2S_CLOUD_GOVERNMENT = 2,
}

/// Which users to list: the statuses of users, not to be taken for zoom_s2s_status, which calls
/// return. Zoom lists one status at a time.
#[repr(i32)]
pub enum zoom_s2s_user_status {
    /// Users who can sign in: Zoom's own default.
    ZOOM_S2S_STATUS_ACTIVE = 1,
    /// Deactivated users.
    ZOOM_S2S_STATUS_INACTIVE = 2,
    /// Users who were invited and have not accepted; they have no ID yet.
    ZOOM_S2S_STATUS_PENDING = 3,
    /// All of these, one status after the other.
    ZOOM_S2S_STATUS_ALL = 4,
}

/// Members of each user that Zoom sends only on request.
#[repr(i32)]
pub enum zoom_s2s_include_fields {
    /// For ZOOM_S2S_USER_CUSTOM_ATTRIBUTES.
    ZOOM_S2S_INCLUDE_CUSTOM_ATTRIBUTES = 1,
    /// For ZOOM_S2S_USER_HOST_KEY.
    ZOOM_S2S_INCLUDE_HOST_KEY = 2,
}

/// Add-on licences to list the holders of.
#[repr(i32)]
pub enum zoom_s2s_license {
    /// zoom_workforce_management.
    ZOOM_S2S_LICENSE_WORKFORCE_MANAGEMENT = 1,
    /// zoom_compliance_management.
    ZOOM_S2S_LICENSE_COMPLIANCE_MANAGEMENT = 2,
}

/// A field of a user, under Zoom's own name in lower case. Dates are texts as Zoom sent them (RFC
/// 3339, such as 2024-01-31T08:15:00Z). Members of a user that are not listed here are reached with
/// zoom_s2s_users_page_member_json.
#[repr(i32)]
pub enum zoom_s2s_user_field {
    /// Text. Pending users have none.
    ZOOM_S2S_USER_ID = 1,
    /// Text: the e-mail address.
    ZOOM_S2S_USER_EMAIL = 2,
    /// Number: the plan type, 1 Basic, 2 Licensed, 4 Unassigned, 99 None.
    ZOOM_S2S_USER_TYPE = 3,
    /// Text.
    ZOOM_S2S_USER_FIRST_NAME = 4,
    /// Text.
    ZOOM_S2S_USER_LAST_NAME = 5,
    /// Text: the name shown in meetings.
    ZOOM_S2S_USER_DISPLAY_NAME = 6,
    /// Text: active, inactive or pending.
    ZOOM_S2S_USER_STATUS = 7,
    /// Number: the personal meeting ID.
    ZOOM_S2S_USER_PMI = 8,
    /// Text, such as Europe/Berlin.
    ZOOM_S2S_USER_TIMEZONE = 9,
    /// Text: the department.
    ZOOM_S2S_USER_DEPT = 10,
    /// Text, such as en-US.
    ZOOM_S2S_USER_LANGUAGE = 11,
    /// Text.
    ZOOM_S2S_USER_PHONE_NUMBER = 12,
    /// Text: where the profile picture is.
    ZOOM_S2S_USER_PIC_URL = 13,
    /// Text: the personal meeting room.
    ZOOM_S2S_USER_VANITY_URL = 14,
    /// Text: the data centre.
    ZOOM_S2S_USER_CLUSTER = 15,
    /// Text, a date. Deprecated by Zoom in favour of ZOOM_S2S_USER_USER_CREATED_AT.
    ZOOM_S2S_USER_CREATED_AT = 16,
    /// Text, a date.
    ZOOM_S2S_USER_USER_CREATED_AT = 17,
    /// Text, a date.
    ZOOM_S2S_USER_LAST_LOGIN_TIME = 18,
    /// Text: the client version of the last login.
    ZOOM_S2S_USER_LAST_CLIENT_VERSION = 19,
    /// Text: the employee's ID in the company.
    ZOOM_S2S_USER_EMPLOYEE_UNIQUE_ID = 20,
    /// Text, where the query asked for it.
    ZOOM_S2S_USER_HOST_KEY = 21,
    /// Text: the ID of the user's role.
    ZOOM_S2S_USER_ROLE_ID = 22,
    /// Text: the Zoom United plan, a number as text.
    ZOOM_S2S_USER_PLAN_UNITED_TYPE = 23,
    /// Number: 1 if the e-mail address is verified, else 0.
    ZOOM_S2S_USER_VERIFIED = 24,
    /// List of texts: IDs of the user's groups.
    ZOOM_S2S_USER_GROUP_IDS = 25,
    /// List of texts: IDs of the user's IM groups.
    ZOOM_S2S_USER_IM_GROUP_IDS = 26,
    /// List of texts: IDs of the user's divisions.
    ZOOM_S2S_USER_DIVISION_IDS = 27,
    /// List of entries with the keys key, name, value, where the query asked for it.
    ZOOM_S2S_USER_CUSTOM_ATTRIBUTES = 28,
    /// List of entries with the keys license_type, license_option (a number), subscription_id.
    ZOOM_S2S_USER_LICENSE_INFO_LIST = 29,
}

/// How a field of a user is kept, and so which functions read it.
#[repr(i32)]
pub enum zoom_s2s_field_kind {
    /// zoom_s2s_users_page_text.
    ZOOM_S2S_KIND_TEXT = 1,
    /// zoom_s2s_users_page_number.
    ZOOM_S2S_KIND_NUMBER = 2,
    /// zoom_s2s_users_page_list_count, _list_has, _list_text, _list_number.
    ZOOM_S2S_KIND_LIST = 3,
}

/// What a client counts, for zoom_s2s_client_stat. All count from the making of the client; a forked
/// child goes on from its parent's numbers.
#[repr(i32)]
pub enum zoom_s2s_stat {
    /// Requests sent to the token endpoint, retries included.
    ZOOM_S2S_STAT_TOKEN_REQUESTS = 1,
    /// Tokens obtained by this client, by request or (JWT) by signing.
    ZOOM_S2S_STAT_TOKENS_OBTAINED = 2,
    /// Token refreshes that failed while a live token was still there to go on with.
    ZOOM_S2S_STAT_REFRESHES_FAILED = 3,
    /// Tokens that the API refused (HTTP 401 or code 124) or the caller rejected.
    ZOOM_S2S_STAT_TOKENS_REJECTED = 4,
    /// Calls that had to wait because tokens were refused in quick succession: another process
    /// probably uses the same credentials without sharing the token.
    ZOOM_S2S_STAT_TUG_OF_WAR = 5,
    /// Requests sent to the API, retries included.
    ZOOM_S2S_STAT_API_REQUESTS = 6,
    /// Requests sent again after a failure, to the API or the token endpoint.
    ZOOM_S2S_STAT_RETRIES = 7,
    /// Answers that said a rate limit was met (HTTP 429).
    ZOOM_S2S_STAT_RATE_LIMITED = 8,
    /// Connections opened.
    ZOOM_S2S_STAT_CONNECTIONS = 9,
    /// Host names looked up.
    ZOOM_S2S_STAT_DNS_LOOKUPS = 10,
    /// Times the trusted certificates were read.
    ZOOM_S2S_STAT_TRUST_STORE_READS = 11,
    /// Threads started, each to open one connection.
    ZOOM_S2S_STAT_HELPER_THREADS = 12,
    /// Operations on the token store: looks, locks, saves, unlocks.
    ZOOM_S2S_STAT_STORE_OPERATIONS = 13,
    /// Times the token store could not be used; zoom_s2s_client_status_json says why the last one was.
    ZOOM_S2S_STAT_STORE_FAILURES = 14,
    /// Tokens taken over from the token store, fetched by another process.
    ZOOM_S2S_STAT_TOKENS_ADOPTED = 15,
    /// Tokens fetched without the token store, because it could not be used: others do not learn of
    /// them.
    ZOOM_S2S_STAT_FETCHED_ALONE = 16,
}

pub(super) fn cloud(number: i32) -> Option<Cloud> {
    [
        (
            zoom_s2s_cloud::ZOOM_S2S_CLOUD_COMMERCIAL as i32,
            Cloud::Commercial,
        ),
        (
            zoom_s2s_cloud::ZOOM_S2S_CLOUD_GOVERNMENT as i32,
            Cloud::Government,
        ),
    ]
    .into_iter()
    .find_map(|(known, cloud)| (known == number).then_some(cloud))
}

const STATUSES: [(i32, Status); 4] = [
    (
        zoom_s2s_user_status::ZOOM_S2S_STATUS_ACTIVE as i32,
        Status::Active,
    ),
    (
        zoom_s2s_user_status::ZOOM_S2S_STATUS_INACTIVE as i32,
        Status::Inactive,
    ),
    (
        zoom_s2s_user_status::ZOOM_S2S_STATUS_PENDING as i32,
        Status::Pending,
    ),
    (
        zoom_s2s_user_status::ZOOM_S2S_STATUS_ALL as i32,
        Status::All,
    ),
];

pub(super) fn user_status(number: i32) -> Option<Status> {
    STATUSES
        .into_iter()
        .find_map(|(known, status)| (known == number).then_some(status))
}

/// 0 for a status that this interface has no number for.
pub(super) fn of_user_status(status: Status) -> i32 {
    STATUSES
        .into_iter()
        .find_map(|(number, known)| (known == status).then_some(number))
        .unwrap_or(0)
}

pub(super) fn include_fields(number: i32) -> Option<IncludeFields> {
    [
        (
            zoom_s2s_include_fields::ZOOM_S2S_INCLUDE_CUSTOM_ATTRIBUTES as i32,
            IncludeFields::CustomAttributes,
        ),
        (
            zoom_s2s_include_fields::ZOOM_S2S_INCLUDE_HOST_KEY as i32,
            IncludeFields::HostKey,
        ),
    ]
    .into_iter()
    .find_map(|(known, fields)| (known == number).then_some(fields))
}

pub(super) fn license(number: i32) -> Option<License> {
    [
        (
            zoom_s2s_license::ZOOM_S2S_LICENSE_WORKFORCE_MANAGEMENT as i32,
            License::WorkforceManagement,
        ),
        (
            zoom_s2s_license::ZOOM_S2S_LICENSE_COMPLIANCE_MANAGEMENT as i32,
            License::ComplianceManagement,
        ),
    ]
    .into_iter()
    .find_map(|(known, license)| (known == number).then_some(license))
}

pub(super) fn user_field(number: i32) -> Option<UserField> {
    UserField::from_number(number)
}

pub(super) fn counter(number: i32) -> Option<Counter> {
    Counter::ALL
        .iter()
        .copied()
        .find(|counter| *counter as i32 == number)
}

/// The SDK's statuses are numbered like those here; the tests hold both to it.
pub(super) fn of_error(status: ErrorStatus) -> i32 {
    status.code()
}

/// The name of a status without its prefix; empty for a number without meaning.
pub(super) fn status_name(number: i32) -> &'static CStr {
    let Some(status) = ErrorStatus::ALL
        .iter()
        .find(|known| of_error(**known) == number)
    else {
        return match number {
            0 => c"OK",
            _ => c"",
        };
    };
    match status {
        ErrorStatus::InvalidArgument => c"INVALID_ARGUMENT",
        ErrorStatus::Config => c"CONFIG",
        ErrorStatus::Network => c"NETWORK",
        ErrorStatus::Tls => c"TLS",
        ErrorStatus::Timeout => c"TIMEOUT",
        ErrorStatus::Cancelled => c"CANCELLED",
        ErrorStatus::Shutdown => c"SHUTDOWN",
        ErrorStatus::Credentials => c"CREDENTIALS",
        ErrorStatus::Unauthorized => c"UNAUTHORIZED",
        ErrorStatus::MissingScope => c"MISSING_SCOPE",
        ErrorStatus::Forbidden => c"FORBIDDEN",
        ErrorStatus::NotFound => c"NOT_FOUND",
        ErrorStatus::RateLimited => c"RATE_LIMITED",
        ErrorStatus::Server => c"SERVER",
        ErrorStatus::Rejected => c"REJECTED",
        ErrorStatus::BadResponse => c"BAD_RESPONSE",
        ErrorStatus::TooLarge => c"TOO_LARGE",
        ErrorStatus::Incomplete => c"INCOMPLETE",
        ErrorStatus::Store => c"STORE",
        ErrorStatus::Internal => c"INTERNAL",
    }
}
