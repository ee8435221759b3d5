//! The config object: what a client is made from.

use std::ffi::c_char;

use super::credentials::Sources;
use super::error::{Fault, zoom_s2s_error};
use super::guard::{answer, guard, output};
use super::handle::{Exclusive, Object, borrow, free_exclusive};
use super::input::{filled, flag, milliseconds, unknown};
use super::numbers;
use crate::{Client, ClientBuilder, CredentialSource, Credentials};

/// Credentials and settings of a client. What is not set has a default. An argument that is NULL,
/// empty or out of range is refused by its function; everything else, missing credentials included,
/// by zoom_s2s_client_new, as ZOOM_S2S_CONFIG.
///
/// Threads: one at a time; a second one gets ZOOM_S2S_INVALID_ARGUMENT. Lifetime: until
/// zoom_s2s_config_free. Any number of clients may be made from it, and outlive it.
pub struct zoom_s2s_config {
    _opaque: [u8; 0],
}

impl Object for zoom_s2s_config {
    type State = Exclusive<State>;
    const NAME: &'static str = "zoom_s2s_config";
}

pub(super) struct State {
    pub(super) sources: Sources,
    settings: ClientBuilder,
}

impl State {
    fn new(sources: Sources) -> State {
        State {
            settings: Client::builder(sources.credentials()),
            sources,
        }
    }

    pub(super) fn build(&self) -> Result<Client, Fault> {
        let builder = self
            .settings
            .clone()
            .credentials(self.sources.credentials());
        Ok(builder.build()?)
    }
}

/// Changes a setting.
///
/// # Safety
/// As `guard` and `borrow`.
unsafe fn set(
    config: *mut zoom_s2s_config,
    error: *mut *mut zoom_s2s_error,
    change: impl FnOnce(ClientBuilder) -> Result<ClientBuilder, Fault>,
) -> i32 {
    // SAFETY: the same conditions.
    unsafe {
        guard(error, || {
            let mut state = borrow("config", config)?.take("config")?;
            state.settings = change(state.settings.clone())?;
            Ok(())
        })
    }
}

/// A config without credentials, with defaults for everything else. Set account ID, client ID and
/// client secret, or, for the retired JWT way, API key and API secret.
///
/// Hands out *config, which you free. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_new(
    config: *mut *mut zoom_s2s_config,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let config = output("config", config)?;
            config.set(Exclusive::new(State::new(Sources::default())));
            Ok(())
        })
    }
}

/// A config from environment variables: ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, each
/// alternatively with _FILE behind its name, naming a file that holds the value; and every setting
/// that has a variable:
///
///     ZOOM_S2S_CLOUD               commercial or government
///     ZOOM_S2S_OAUTH_URL           see zoom_s2s_config_set_oauth_url
///     ZOOM_S2S_API_URL             see zoom_s2s_config_set_api_url
///     ZOOM_S2S_REGIONAL            1 or 0
///     ZOOM_S2S_TIMEOUT_MS          milliseconds
///     ZOOM_S2S_CONNECT_TIMEOUT_MS  milliseconds
///     ZOOM_S2S_CA_FILE             a PEM file
///     ZOOM_S2S_CA_ONLY             1 or 0
///     ZOOM_S2S_TOKEN_STORE         see zoom_s2s_config_set_token_store
///
/// An empty variable counts as not set. What is set afterwards replaces what the environment said.
///
/// Hands out *config, which you free. Errors: ZOOM_S2S_CONFIG naming the variables that are missing
/// or wrong, ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_from_env(
    config: *mut *mut zoom_s2s_config,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let config = output("config", config)?;
            let sources = Sources {
                account_id: CredentialSource::from_env("ZOOM_ACCOUNT_ID")?,
                client_id: CredentialSource::from_env("ZOOM_CLIENT_ID")?,
                client_secret: CredentialSource::from_env("ZOOM_CLIENT_SECRET")?,
                ..Sources::default()
            };
            from_env(config, sources, Credentials::from_env)
        })
    }
}

/// Like zoom_s2s_config_from_env, with the credentials of a retired JWT app: ZOOM_API_KEY and
/// ZOOM_API_SECRET, or each with _FILE behind its name. See zoom_s2s_config_set_api_key.
///
/// Hands out *config, which you free. Errors: as zoom_s2s_config_from_env.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_jwt_from_env(
    config: *mut *mut zoom_s2s_config,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        guard(error, || {
            let config = output("config", config)?;
            let sources = Sources {
                api_key: CredentialSource::from_env("ZOOM_API_KEY")?,
                api_secret: CredentialSource::from_env("ZOOM_API_SECRET")?,
                is_jwt: true,
                ..Sources::default()
            };
            from_env(config, sources, Credentials::jwt_from_env)
        })
    }
}

/// `complain` fails naming all the variables that are missing.
fn from_env(
    config: super::guard::Output<zoom_s2s_config>,
    sources: Sources,
    complain: impl FnOnce() -> crate::Result<Credentials>,
) -> Result<(), Fault> {
    if !sources.are_complete() {
        complain()?;
    }
    let mut state = State::new(sources);
    state.settings = state.settings.settings_from_env()?;
    config.set(Exclusive::new(state));
    Ok(())
}

/// Which of Zoom's clouds the account lives in, see zoom_s2s_cloud: it decides which hosts are the
/// default. Default: commercial.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_cloud(
    config: *mut zoom_s2s_config,
    cloud: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            let known =
                numbers::cloud(cloud).ok_or_else(|| unknown("cloud", cloud, "ZOOM_S2S_CLOUD_…"))?;
            Ok(settings.cloud(known))
        })
    }
}

/// The host of the token endpoint, without /oauth/token. Default: https://zoom.us, or the cloud's
/// own.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_oauth_url(
    config: *mut zoom_s2s_config,
    url: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.oauth_url(filled("url", url)?))
        })
    }
}

/// The base of the API, with its /v2. Default: https://api.zoom.us/v2, or the cloud's own.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_api_url(
    config: *mut zoom_s2s_config,
    url: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.api_url(filled("url", url)?))
        })
    }
}

/// 1: send API requests to the nearer host that the token names, such as api-eu.zoom.us, if it is
/// https inside the same cloud's domain. Default: 0, because firewalls often allow only api.zoom.us.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_regional(
    config: *mut zoom_s2s_config,
    regional: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.regional(flag("regional", regional)?))
        })
    }
}

/// The deadline of each call in milliseconds, above 0: waiting for a token, retries and the whole
/// answer included. More than a year counts as a year. Default: 30000.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_timeout_ms(
    config: *mut zoom_s2s_config,
    timeout_ms: i64,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.timeout(milliseconds("timeout_ms", timeout_ms)?))
        })
    }
}

/// Longest time for opening one connection in milliseconds, above 0: name, TCP, proxy and TLS.
/// Default: 10000.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_connect_timeout_ms(
    config: *mut zoom_s2s_config,
    timeout_ms: i64,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.connect_timeout(milliseconds("timeout_ms", timeout_ms)?))
        })
    }
}

/// A PEM file of certificate authorities to trust besides the system's, such as that of a proxy that
/// inspects TLS.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_ca_file(
    config: *mut zoom_s2s_config,
    path: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.ca_file(filled("path", path)?))
        })
    }
}

/// 1: trust the authorities of the CA file only, not the system's; needs a CA file. Default: 0.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_ca_only(
    config: *mut zoom_s2s_config,
    ca_only: i32,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.ca_only(flag("ca_only", ca_only)?))
        })
    }
}

/// An HTTP proxy for all https connections: http://[user:password@]host[:port]. Default: what
/// HTTPS_PROXY or ALL_PROXY says, with NO_PROXY exempting hosts; never HTTP_PROXY. Of this and
/// zoom_s2s_config_set_no_proxy the last call counts.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_proxy(
    config: *mut zoom_s2s_config,
    url: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.proxy(filled("url", url)?))
        })
    }
}

/// Connects directly, whatever the environment says of proxies.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_no_proxy(
    config: *mut zoom_s2s_config,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { set(config, error, |settings| Ok(settings.no_proxy())) }
}

/// Where the token is kept, so that others can use the same one. Default: "memory:". Also the variable
/// ZOOM_S2S_TOKEN_STORE, see zoom_s2s_config_from_env.
///
///     memory:                     one token per app and process
///     file:PATH                   for the processes of one host: file:/run/app/zoom-token. Only the
///                                 file's owner can read it; file:PATH?mode=0640&group=NAME lets
///                                 the members of a group share it. Lock files lie beside it.
///     redis://HOST                Redis or Valkey, for many hosts, in full
///                                 redis://[user[:password]@]host[:port][/db]; port 6379, db 0
///     rediss://HOST               the same over TLS, trusting whom the client trusts
///                                 (zoom_s2s_config_set_ca_file)
///     unix:/path/of/redis.sock    Redis or Valkey on this host
///
/// Options come last, after a ? and with & between them; in values, user and password write
/// : / ? # @ & % as %3A %2F %3F %23 %40 %26 %25.
///
///     strict                      file, Redis: no going on without the store, see below
///     password_file=PATH          Redis: holds the password, and is read at each new connection. Use
///                                 it, or the variable, rather than a URL with the password in it
///                                 where others could see that: on a command line, in a repository.
///     prefix=TEXT                 Redis: what its keys begin with; default zoom-s2s
///     db=NUMBER, user=NAME        Redis: for unix:, whose URL has no other place for them
///
/// The store is asked only when a client holds no token that will do, or Zoom refused the one it
/// holds: a few operations per process and hour. Whoever finds the token old renews it for all; the
/// others go on with the old one while it lives, and wait for the new one when it does not. What lies
/// in a file is JSON that other programs of the same owner or group may read; what lies in Redis is
/// sealed under a key made of the client secret. JWT credentials use no store.
///
/// While the store cannot be used, clients go on without it: with the token they hold, and when that
/// is old, with one they fetch for themselves. That is told in the log (13), by
/// ZOOM_S2S_STAT_STORE_FAILURES and ZOOM_S2S_STAT_FETCHED_ALONE, and in
/// zoom_s2s_client_status_json under store_error. With strict, calls that need a new token fail with
/// ZOOM_S2S_STORE instead; a token that lives is used either way.
///
/// The text is copied. The URL is checked by zoom_s2s_client_new, which opens and sends nothing: a URL
/// that cannot be used is ZOOM_S2S_CONFIG there, naming token_store or the variable and never quoting
/// the URL. zoom_s2s_features tells which stores a library was built with. NULL is refused.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_token_store(
    config: *mut zoom_s2s_config,
    url: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.token_store(filled("url", url)?))
        })
    }
}

/// Longest answer taken, in bytes above 0 after decompression; a longer one is ZOOM_S2S_TOO_LARGE.
/// Default: 67108864 (64 MiB).
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_body_limit(
    config: *mut zoom_s2s_config,
    limit: i64,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| match u64::try_from(limit) {
            Ok(bytes) if bytes > 0 => Ok(settings.body_limit(bytes)),
            _ => Err(Fault::argument(
                format!("limit is {limit}"),
                "Give it bytes above 0.",
            )),
        })
    }
}

/// A name for your program, put before the library's own in User-Agent, such as "report/1.4".
/// Printable ASCII.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_user_agent(
    config: *mut zoom_s2s_config,
    name: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set(config, error, |settings| {
            Ok(settings.user_agent(filled("name", name)?))
        })
    }
}

/// Frees a config. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_free(config: *mut zoom_s2s_config) {
    // SAFETY: the calling contract.
    answer((), || unsafe { free_exclusive("config", config) });
}
