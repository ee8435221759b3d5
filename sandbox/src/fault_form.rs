//! The JSON form of a fault, as the control endpoint takes it.

use crate::fault::Fault;
use crate::rate_limit::RateLimit;
use crate::wire::Cut;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultForm {
    on: OnForm,
    #[serde(default)]
    after: u64,
    times: Option<TimesForm>,
    latency_ms: Option<u64>,
    action: Option<ActionForm>,
}

#[derive(Deserialize)]
#[serde(untagged)]
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
#[serde(untagged)]
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
#[serde(rename_all = "snake_case")]
enum ActionForm {
    Unauthorized,
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
    Cut(Cut),
    Drip {
        head: bool,
        bytes: usize,
        every_ms: u64,
    },
}

impl From<FaultForm> for Fault {
    fn from(form: FaultForm) -> Self {
        let mut fault = match form.on {
            OnForm::Name(OnName::Token) => Self::on_token(),
            OnForm::Name(OnName::Api) => Self::on_api(),
            OnForm::Path { method, path } => Self::on(&method, &path),
        };
        fault = fault.after(form.after);
        fault = match form.times {
            None => fault,
            Some(TimesForm::Number(times)) => fault.times(times),
            Some(TimesForm::Always(Always::Always)) => fault.always(),
        };
        if let Some(millis) = form.latency_ms {
            fault = fault.latency(Duration::from_millis(millis));
        }
        match form.action {
            None => fault,
            Some(ActionForm::Unauthorized) => fault.unauthorized(),
            Some(ActionForm::RateLimited(limit)) => fault.rate_limited(limit),
            Some(ActionForm::ServerError(status)) => fault.server_error(status),
            Some(ActionForm::Cut(cut)) => fault.cut(cut),
            Some(ActionForm::Drip {
                head,
                bytes,
                every_ms,
            }) => fault.drip(head, bytes, Duration::from_millis(every_ms)),
            Some(ActionForm::Status {
                status,
                body,
                content_type,
                headers,
            }) => headers.iter().fold(
                fault.status(status, body, &content_type),
                |fault, (name, value)| fault.header(name, value),
            ),
        }
    }
}
