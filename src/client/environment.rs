//! Settings from environment variables.

use std::path::PathBuf;
use std::time::Duration;

use super::builder::{ClientBuilder, Named, StoreSetting};
use crate::cloud::Cloud;
use crate::error::{Details, Error, Result};
use crate::secret::Secret;
use crate::transport::{NoProxy, Proxy};

/// The value of a variable; empty counts as not set.
fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(refuse(name, "is not UTF-8", "Set it anew.")),
    }
}

fn refuse(name: &str, why: &str, cure: &str) -> Error {
    Error::Config(Details::new(format!("{name} {why}")).with_hint(cure.to_owned()))
}

fn named(name: &'static str) -> Result<Option<Named<String>>> {
    Ok(variable(name)?.map(|value| Named { value, name }))
}

fn flag(name: &str) -> Result<Option<bool>> {
    match variable(name)?.as_deref() {
        None => Ok(None),
        Some("1") => Ok(Some(true)),
        Some("0") => Ok(Some(false)),
        Some(_) => Err(refuse(
            name,
            "is neither 1 nor 0",
            "Set it to 1 or 0, or unset it.",
        )),
    }
}

fn milliseconds(name: &str) -> Result<Option<Duration>> {
    let Some(value) = variable(name)? else {
        return Ok(None);
    };
    match value.parse::<u64>() {
        Ok(milliseconds) if milliseconds > 0 => Ok(Some(Duration::from_millis(milliseconds))),
        _ => Err(refuse(
            name,
            "is not a whole number of milliseconds above 0",
            "Set it to 30000, say, for 30 seconds.",
        )),
    }
}

pub(super) fn apply(mut builder: ClientBuilder) -> Result<ClientBuilder> {
    if let Some(cloud) = variable("ZOOM_S2S_CLOUD")? {
        builder.cloud = match cloud.as_str() {
            "commercial" => Cloud::Commercial,
            "government" => Cloud::Government,
            _ => {
                return Err(refuse(
                    "ZOOM_S2S_CLOUD",
                    "names no cloud of Zoom's",
                    "Set it to commercial or government.",
                ));
            }
        };
    }
    builder.oauth_url = named("ZOOM_S2S_OAUTH_URL")?.or(builder.oauth_url);
    builder.api_url = named("ZOOM_S2S_API_URL")?.or(builder.api_url);
    let token_store = named("ZOOM_S2S_TOKEN_STORE")?.map(|url| {
        StoreSetting::Url(Named {
            value: Secret::new(url.value),
            name: url.name,
        })
    });
    builder.token_store = token_store.or(builder.token_store);
    let ca_file = named("ZOOM_S2S_CA_FILE")?;
    builder.ca_file = ca_file
        .map(|file| Named {
            value: PathBuf::from(file.value),
            name: file.name,
        })
        .or(builder.ca_file);
    builder.ca_only = flag("ZOOM_S2S_CA_ONLY")?.unwrap_or(builder.ca_only);
    builder.regional = flag("ZOOM_S2S_REGIONAL")?.unwrap_or(builder.regional);
    builder.timeout = milliseconds("ZOOM_S2S_TIMEOUT_MS")?.unwrap_or(builder.timeout);
    let connect_timeout = milliseconds("ZOOM_S2S_CONNECT_TIMEOUT_MS")?;
    builder.connect_timeout = connect_timeout.unwrap_or(builder.connect_timeout);
    Ok(builder)
}

/// The proxy that the environment asks for. `HTTP_PROXY` is never read: in a CGI program the
/// request's own `Proxy` header would set it.
pub(super) fn proxy() -> Result<Option<Proxy>> {
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        if let Some(url) = variable(name)? {
            return Proxy::parse(&url, name, exempt()?).map(Some);
        }
    }
    Ok(None)
}

pub(super) fn given_proxy(url: &str) -> Result<Proxy> {
    Proxy::parse(url, "proxy", NoProxy::default())
}

fn exempt() -> Result<NoProxy> {
    for name in ["no_proxy", "NO_PROXY"] {
        if let Some(list) = variable(name)? {
            return Ok(NoProxy::parse(&list));
        }
    }
    Ok(NoProxy::default())
}
