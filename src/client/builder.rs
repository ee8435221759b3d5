//! Settings of a client, checked when it is made.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Client;
use super::core::{Core, Settings};
use super::environment;
use crate::cloud::Cloud;
use crate::credentials::Credentials;
use crate::error::{Details, Error, Result};
use crate::fork;
use crate::secret::Secret;
use crate::store::{self, Choice, TokenStore};
use crate::token::{Issuer, Key, Moment, Sharing, Source};
use crate::transport::{BaseUrl, Lasting, NetworkConfig, ResolveFn, Trust};

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A page of 2,000 users is about 1.2 MB.
const DEFAULT_BODY_LIMIT: u64 = 64 << 20;

/// A setting's value, and what errors call it: the method, or the variable it came from.
#[derive(Clone)]
pub(super) struct Named<T> {
    pub(super) value: T,
    pub(super) name: &'static str,
}

/// Settings of a [`Client`]; everything is read and checked by [`build`](ClientBuilder::build).
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    credentials: Credentials,
    pub(super) cloud: Cloud,
    pub(super) oauth_url: Option<Named<String>>,
    pub(super) api_url: Option<Named<String>>,
    pub(super) regional: bool,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) ca_file: Option<Named<PathBuf>>,
    pub(super) ca_only: bool,
    pub(super) token_store: Option<StoreSetting>,
    proxy: ProxyChoice,
    body_limit: u64,
    user_agent: Option<String>,
    resolver: Option<Arc<ResolveFn>>,
}

#[derive(Clone)]
pub(super) enum StoreSetting {
    // It may hold a password.
    Url(Named<Secret>),
    Custom(Arc<dyn TokenStore>),
}

#[derive(Clone)]
enum ProxyChoice {
    Environment,
    Direct,
    Given(String),
}

impl ClientBuilder {
    pub(super) fn new(credentials: Credentials) -> ClientBuilder {
        ClientBuilder {
            credentials,
            cloud: Cloud::default(),
            oauth_url: None,
            api_url: None,
            regional: false,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            ca_file: None,
            ca_only: false,
            token_store: None,
            proxy: ProxyChoice::Environment,
            body_limit: DEFAULT_BODY_LIMIT,
            user_agent: None,
            resolver: None,
        }
    }

    /// Other credentials than those that the builder began with.
    pub fn credentials(mut self, credentials: Credentials) -> ClientBuilder {
        self.credentials = credentials;
        self
    }

    /// Takes every setting that has a variable in the environment, replacing what was set before:
    /// `ZOOM_S2S_CLOUD` (`commercial` or `government`), `ZOOM_S2S_OAUTH_URL`, `ZOOM_S2S_API_URL`,
    /// `ZOOM_S2S_REGIONAL` (`1` or `0`), `ZOOM_S2S_TIMEOUT_MS`, `ZOOM_S2S_CONNECT_TIMEOUT_MS`,
    /// `ZOOM_S2S_CA_FILE`, `ZOOM_S2S_CA_ONLY` (`1` or `0`), `ZOOM_S2S_TOKEN_STORE`. Empty counts as
    /// not set.
    ///
    /// # Errors
    /// [`Error::Config`] naming the variable whose value cannot be used.
    pub fn settings_from_env(self) -> Result<ClientBuilder> {
        environment::apply(self)
    }

    /// Which of Zoom's clouds the account lives in.
    pub fn cloud(mut self, cloud: Cloud) -> ClientBuilder {
        self.cloud = cloud;
        self
    }

    /// The host of the token endpoint, without `/oauth/token`. Default: `https://zoom.us`.
    pub fn oauth_url(mut self, url: impl Into<String>) -> ClientBuilder {
        self.oauth_url = Some(Named {
            value: url.into(),
            name: "oauth_url",
        });
        self
    }

    /// The base of the API, with its `/v2`. Default: `https://api.zoom.us/v2`.
    pub fn api_url(mut self, url: impl Into<String>) -> ClientBuilder {
        self.api_url = Some(Named {
            value: url.into(),
            name: "api_url",
        });
        self
    }

    /// Whether to send API requests to the nearer host that the token names, such as
    /// `api-eu.zoom.us`, if it is https inside the same cloud's domain. Default: no, because
    /// firewalls often allow only `api.zoom.us`.
    pub fn regional(mut self, regional: bool) -> ClientBuilder {
        self.regional = regional;
        self
    }

    /// The deadline of each call, token and retries included. Default: 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.timeout = timeout;
        self
    }

    /// Longest time for opening one connection: name, TCP, proxy and TLS. Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.connect_timeout = timeout;
        self
    }

    /// A PEM file of certificate authorities to trust besides the system's, such as that of a proxy
    /// that inspects TLS.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> ClientBuilder {
        self.ca_file = Some(Named {
            value: path.into(),
            name: "ca_file",
        });
        self
    }

    /// Whether to trust the authorities of [`ca_file`](ClientBuilder::ca_file) only, not the
    /// system's. Default: no.
    pub fn ca_only(mut self, only: bool) -> ClientBuilder {
        self.ca_only = only;
        self
    }

    /// An HTTP proxy for all https connections: `http://[user:password@]host[:port]`. Default: what
    /// `HTTPS_PROXY` or `ALL_PROXY` says, with `NO_PROXY` exempting hosts; never `HTTP_PROXY`.
    pub fn proxy(mut self, url: impl Into<String>) -> ClientBuilder {
        self.proxy = ProxyChoice::Given(url.into());
        self
    }

    /// Connects directly, whatever the environment says.
    pub fn no_proxy(mut self) -> ClientBuilder {
        self.proxy = ProxyChoice::Direct;
        self
    }

    /// Where the token is kept, so that others can use it too. Checked when the client is made;
    /// nothing is opened or sent yet.
    ///
    /// - `memory:` (the default): one token per app and process.
    /// - `file:PATH`: for the processes of one host. The file is readable by its owner alone;
    ///   `?mode=0640&group=NAME` lets a group read it. Beside it lie lock files.
    /// - `redis://[user[:password]@]host[:port][/db]`, `rediss://…` (TLS, with this client's
    ///   certificate authorities) or `unix:/path/of/redis.sock`: Redis or Valkey, for many hosts
    ///   (feature `redis`). Options: `password_file` (read at each connect), `prefix` (`zoom-s2s`).
    ///   What is stored is sealed under a key made of the client secret.
    ///
    /// While the store cannot be used the client goes on without it, and says so in the log and in
    /// [`status_json`](Client::status_json); with `?strict` calls that need a new token fail with
    /// [`Error::Store`] instead. JWT credentials use no store: everybody signs for himself.
    pub fn token_store(mut self, url: impl Into<String>) -> ClientBuilder {
        self.token_store = Some(StoreSetting::Url(Named {
            value: Secret::new(url.into()),
            name: "token_store",
        }));
        self
    }

    /// A token store of your own: see [`store`](crate::store). Clients of one app in one process
    /// share a token if their stores have the same name. It is never strict: while it fails, calls
    /// go on without it.
    pub fn custom_token_store(mut self, store: Arc<dyn TokenStore>) -> ClientBuilder {
        self.token_store = Some(StoreSetting::Custom(store));
        self
    }

    /// Longest answer taken, in bytes after decompression; a longer one is
    /// [`Error::TooLarge`]. Default: 64 MiB.
    pub fn body_limit(mut self, bytes: u64) -> ClientBuilder {
        self.body_limit = bytes;
        self
    }

    /// A name for your program, put before the library's own in `User-Agent`: `report/1.4`.
    pub fn user_agent(mut self, name: impl Into<String>) -> ClientBuilder {
        self.user_agent = Some(name.into());
        self
    }

    /// Resolves host names in place of the system: host and port in, addresses out, called on a
    /// thread of its own. Answers are kept for a minute.
    pub fn resolver(
        mut self,
        resolve: impl Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> ClientBuilder {
        self.resolver = Some(Arc::new(resolve));
        self
    }

    /// Checks the settings and makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] naming the setting, or the variable it came from.
    pub fn build(self) -> Result<Client> {
        fork::watch();
        // Its origin is set once per process: before a fork could fall into the middle of it.
        Moment::now();
        for (_, source) in self.credentials.sources() {
            source.read()?;
        }
        if self.timeout.is_zero() || self.connect_timeout.is_zero() {
            return Err(refuse(
                "a timeout of zero would end every call",
                "Give the timeout a length, such as 30 seconds.",
            ));
        }
        let cloud = self.cloud;
        let base = |setting: &Option<Named<String>>, default: &str| match setting {
            Some(named) => BaseUrl::parse(&named.value, named.name),
            None => BaseUrl::parse(default, "the default URL"),
        };
        let oauth_url = base(&self.oauth_url, cloud.oauth_url())?;
        if let (Some(base), Some(named)) = (
            oauth_url.as_str().strip_suffix("/oauth/token"),
            &self.oauth_url,
        ) {
            let what = format!("{} ends in /oauth/token, which is added to it", named.name);
            let cure = format!("Give the base without /oauth/token: {base}");
            return Err(Error::Config(Details::new(what).with_hint(cure)));
        }
        let api_url = base(&self.api_url, cloud.api_url())?;
        let extra = match &self.ca_file {
            Some(named) => Trust::read_file(&named.value, named.name)?,
            None => Vec::new(),
        };
        if self.ca_only && extra.is_empty() {
            return Err(refuse(
                "ca_only is set without a CA file",
                "Name a PEM file in ca_file (ZOOM_S2S_CA_FILE) too.",
            ));
        }
        let own = concat!("zoom-s2s/", env!("CARGO_PKG_VERSION"));
        let user_agent = match &self.user_agent {
            None => own.to_owned(),
            Some(name) if name.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => {
                format!("{name} {own}")
            }
            Some(_) => {
                return Err(refuse(
                    "user_agent holds characters other than printable ASCII",
                    "Use a form such as report/1.4.",
                ));
            }
        };
        let proxy = match &self.proxy {
            ProxyChoice::Environment => environment::proxy()?,
            ProxyChoice::Direct => None,
            ProxyChoice::Given(url) => Some(environment::given_proxy(url)?),
        };
        let network = NetworkConfig {
            connect_timeout: bounded(self.connect_timeout),
            proxy,
            trust: Trust {
                extra,
                only_extra: self.ca_only,
            },
            user_agent,
            resolver: self.resolver,
            body_limit: self.body_limit,
        };
        let settings = Settings {
            cloud,
            api_url,
            regional: self.regional,
            timeout: bounded(self.timeout),
        };
        let lasting = Lasting::new(network);
        let sharing = sharing(self.token_store, &lasting)?.filter(|_| !self.credentials.is_jwt());
        let store = sharing.as_ref().map(Sharing::identity);
        let key = Key::new(oauth_url.as_str(), &self.credentials, store);
        let source = Source {
            issuer: Issuer::new(self.credentials, oauth_url),
            sharing,
        };
        Ok(Client {
            core: Arc::new(Core::new(settings, source, lasting, key)),
        })
    }
}

fn sharing(setting: Option<StoreSetting>, lasting: &Arc<Lasting>) -> Result<Option<Sharing>> {
    match setting {
        None => Ok(None),
        Some(StoreSetting::Custom(store)) => Ok(Some(Sharing::new(store, false))),
        Some(StoreSetting::Url(url)) => match store::choose(url.value.expose(), url.name, lasting)?
        {
            Choice::Memory => Ok(None),
            Choice::Shared { store, strict } => Ok(Some(Sharing::new(store, strict))),
        },
    }
}

/// Adding a longer time to the clock could overflow it.
fn bounded(timeout: Duration) -> Duration {
    timeout.min(Duration::from_secs(365 * 86_400))
}

fn refuse(message: impl Into<std::borrow::Cow<'static, str>>, hint: &'static str) -> Error {
    Error::Config(Details::new(message).with_hint(hint))
}
