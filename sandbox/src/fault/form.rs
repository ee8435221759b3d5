//! The JSON form of a fault, as the control endpoint takes it.

use super::{DeadToken, Fault};
use crate::rate_limit::RateLimit;
use crate::wire::Cut;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultForm {
    on: OnForm,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    after: u64,
    times: Option<TimesForm>,
    chance: Option<ChanceForm>,
    latency_ms: Option<u64>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    without_tracking_id: bool,
    #[serde(default)]
    carried_out: bool,
    action: Option<ActionForm>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`on` is neither \"token\" nor \"api\" nor {\"method\": …, \"path\": …}"
)]
enum OnForm {
    Name(OnName),
    Path { method: String, path: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OnName {
    Token,
    Api,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`times` is neither a number nor \"always\"")]
enum TimesForm {
    Number(u64),
    Always(Always),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Always {
    Always,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChanceForm {
    per_mille: u32,
    seed: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionForm {
    Unauthorized,
    DeadToken {
        status: u16,
        message: DeadToken,
    },
    RateLimited(RateLimit),
    Status {
        status: u16,
        #[serde(default)]
        body: String,
        #[serde(default)]
        content_type: String,
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    ServerError(u16),
    Html(u16),
    GarbageJson,
    Redirect {
        status: u16,
        location: String,
    },
    ExpiredPageToken,
    #[serde(rename = "error_under_200")]
    ErrorUnder200 {
        code: u32,
        message: String,
    },
    Empty(u16),
    TruncatedJson,
    NestedJson(usize),
    Oversized(u64),
    GzipBomb(u64),
    SetMember {
        name: String,
        value: Value,
    },
    RemoveMember(String),
    RepeatedPageToken,
    TotalRecords(TotalForm),
    ExpiresIn(Value),
    WithoutExpiresIn,
    EmptyAccessToken,
    Cut(Cut),
    Drip {
        head: bool,
        bytes: usize,
        every_ms: u64,
    },
    ContentLengthOffBy(i64),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum TotalForm {
    Absent,
    OffBy(i64),
    Moving,
}

impl From<FaultForm> for Fault {
    fn from(form: FaultForm) -> Self {
        let mut fault = match form.on {
            OnForm::Name(OnName::Token) => Self::on_token(),
            OnForm::Name(OnName::Api) => Self::on_api(),
            OnForm::Path { method, path } => Self::on(&method, &path),
        };
        for (name, value) in &form.query {
            fault = fault.matching_query(name, value);
        }
        fault = fault.after(form.after);
        fault = match form.times {
            None => fault,
            Some(TimesForm::Number(times)) => fault.times(times),
            Some(TimesForm::Always(Always::Always)) => fault.always(),
        };
        if let Some(ChanceForm { per_mille, seed }) = form.chance {
            fault = fault.chance(per_mille, seed);
        }
        if let Some(millis) = form.latency_ms {
            fault = fault.latency(Duration::from_millis(millis));
        }
        fault = headers(fault, &form.headers);
        if form.without_tracking_id {
            fault = fault.without_tracking_id();
        }
        if form.carried_out {
            fault = fault.carried_out();
        }
        match form.action {
            None => fault,
            Some(action) => action.of(fault),
        }
    }
}

impl ActionForm {
    fn of(self, fault: Fault) -> Fault {
        match self {
            Self::Unauthorized => fault.unauthorized(),
            Self::DeadToken { status, message } => fault.dead_token(status, message),
            Self::RateLimited(limit) => fault.rate_limited(limit),
            Self::Status {
                status,
                body,
                content_type,
                headers: given,
            } => headers(fault.status(status, body, &content_type), &given),
            Self::ServerError(status) => fault.server_error(status),
            Self::Html(status) => fault.html(status),
            Self::GarbageJson => fault.garbage_json(),
            Self::Redirect { status, location } => fault.redirect(status, &location),
            Self::ExpiredPageToken => fault.expired_page_token(),
            Self::ErrorUnder200 { code, message } => fault.error_under_200(code, &message),
            Self::Empty(status) => fault.empty(status),
            Self::TruncatedJson => fault.truncated_json(),
            Self::NestedJson(levels) => fault.nested_json(levels),
            Self::Oversized(bytes) => fault.oversized(bytes),
            Self::GzipBomb(bytes) => fault.gzip_bomb(bytes),
            Self::SetMember { name, value } => fault.set_member(&name, value),
            Self::RemoveMember(name) => fault.remove_member(&name),
            Self::RepeatedPageToken => fault.repeated_page_token(),
            Self::TotalRecords(TotalForm::Absent) => fault.without_total_records(),
            Self::TotalRecords(TotalForm::OffBy(by)) => fault.total_records_off_by(by),
            Self::TotalRecords(TotalForm::Moving) => fault.total_records_moving(),
            Self::ExpiresIn(value) => fault.expires_in(value),
            Self::WithoutExpiresIn => fault.without_expires_in(),
            Self::EmptyAccessToken => fault.empty_access_token(),
            Self::Cut(cut) => fault.cut(cut),
            Self::Drip {
                head,
                bytes,
                every_ms,
            } => fault.drip(head, bytes, Duration::from_millis(every_ms)),
            Self::ContentLengthOffBy(by) => fault.content_length_off_by(by),
        }
    }
}

fn headers(fault: Fault, headers: &BTreeMap<String, String>) -> Fault {
    headers
        .iter()
        .fold(fault, |fault, (name, value)| fault.header(name, value))
}
