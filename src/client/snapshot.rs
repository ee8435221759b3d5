//! The state of a client, for people and monitoring.

use std::time::UNIX_EPOCH;

use serde_json::{Map, Value, json};

use super::Core;
use crate::stats::Counter;
use crate::token::{Moment, Sharing};
use crate::transport::BaseUrl;

pub(super) fn status_json(core: &Core) -> String {
    let now = core.now();
    let token = now.cell.peek().map(|token| {
        let lease = token.lease();
        let moment = Moment::now();
        let expires = token
            .expires_at()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        json!({
            "age_ms": lease.age(moment).as_millis() as u64,
            "expires_at_ms": expires.as_millis() as u64,
            "is_stale": lease.is_stale(moment),
            "is_expired": lease.is_expired(moment),
            "scope": token.scope(),
        })
    });
    let counters: Map<String, Value> = Counter::ALL
        .iter()
        .map(|counter| {
            (
                counter.name().to_owned(),
                core.lasting.stats.get(*counter).into(),
            )
        })
        .collect();
    let counts = now.cell.counts();
    let store_error = now.cell.store_error();
    let sharing = core.source.sharing.as_ref();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "oauth_url": core.source.issuer.oauth_url(),
        "api_url": core.settings.api_url.as_str(),
        "oauth_proxy": proxy(core, core.source.issuer.oauth_base()),
        "api_proxy": proxy(core, &core.settings.api_url),
        "store": sharing.map_or("memory:", Sharing::name),
        "store_strict": sharing.is_some_and(Sharing::is_strict),
        "store_error": store_error.as_ref().map(|error| error.message()),
        "store_error_hint": store_error.as_ref().map(|error| error.hint()),
        "token": token,
        "counters": counters,
        "refreshes": {
            "fetched": counts.fetched,
            "failed": counts.failed,
            "refused": counts.refused,
            "abandoned": counts.abandoned,
            "inherited": counts.inherited,
            "adopted": counts.adopted,
            "busy": counts.busy,
            "rejected": counts.rejected,
            "forced": counts.forced,
        },
        "last_warning": core.lasting.last_warning().as_deref(),
        "clock_offset_ms": core.lasting.clock_offset_ms(),
    })
    .to_string()
}

/// The proxy that requests to `base` go through, without user name and password.
fn proxy(core: &Core, base: &BaseUrl) -> Option<String> {
    let proxy = core.lasting.config.proxy.as_ref();
    let proxy = proxy.filter(|proxy| proxy.serves(base.is_https(), base.host()))?;
    Some(format!("http://{}", proxy.place()))
}
