//! The client: with the credentials of the environment, or of a sandbox.

use std::env;
use std::time::Duration;

use zoom_s2s::{Client, ClientBuilder, Credentials, Error};

use crate::args::ConnectArgs;
use crate::credentials::{JWT, missing, not_set, wanted};
use crate::failure::Failure;

/// A client, and the sandbox it talks to, if it is one.
pub(crate) struct Connection {
    pub(crate) client: Client,
    #[cfg(feature = "sandbox")]
    pub(crate) sandbox: Option<zoom_s2s_sandbox::Sandbox>,
}

impl Connection {
    /// `sandbox_users`: how many users the account has, if it is a made-up one.
    pub(crate) fn open(args: &ConnectArgs, sandbox_users: u32) -> Result<Connection, Failure> {
        Connection::open_with(args, sandbox_users, |builder| builder)
    }

    /// The same, with settings that go before those of the environment.
    pub(crate) fn open_with(
        args: &ConnectArgs,
        sandbox_users: u32,
        adjust: impl Fn(ClientBuilder) -> ClientBuilder,
    ) -> Result<Connection, Failure> {
        #[cfg(not(feature = "sandbox"))]
        let _ = sandbox_users;
        #[cfg(feature = "sandbox")]
        if args.sandbox {
            let sandbox = crate::sandbox::inside(sandbox_users)?;
            let builder = crate::sandbox::client(&sandbox, args.legacy_jwt);
            let client = build(adjust(builder), args)?;
            return Ok(Connection {
                client,
                sandbox: Some(sandbox),
            });
        }
        let builder = Client::builder(credentials(args.legacy_jwt)?).settings_from_env()?;
        Ok(Connection {
            client: build(adjust(builder), args)?,
            #[cfg(feature = "sandbox")]
            sandbox: None,
        })
    }

    /// Another client for the same, with settings that go before all others.
    pub(crate) fn another(
        &self,
        args: &ConnectArgs,
        adjust: impl Fn(ClientBuilder) -> ClientBuilder,
    ) -> Result<Client, Failure> {
        #[cfg(feature = "sandbox")]
        if let Some(sandbox) = &self.sandbox {
            let builder = settled(crate::sandbox::client(sandbox, args.legacy_jwt), args);
            return adjust(builder).build().map_err(in_options);
        }
        let builder = Client::builder(credentials(args.legacy_jwt)?).settings_from_env()?;
        adjust(settled(builder, args)).build().map_err(in_options)
    }

    pub(crate) fn is_sandbox(&self) -> bool {
        #[cfg(feature = "sandbox")]
        return self.sandbox.is_some();
        #[cfg(not(feature = "sandbox"))]
        return false;
    }
}

fn build(builder: ClientBuilder, args: &ConnectArgs) -> Result<Client, Failure> {
    settled(builder, args).build().map_err(in_options)
}

/// With what the command line says.
fn settled(mut builder: ClientBuilder, args: &ConnectArgs) -> ClientBuilder {
    if let Some(seconds) = args.timeout {
        builder = builder.timeout(Duration::from_secs(seconds.get().into()));
    }
    if let Some(path) = &args.ca_file {
        builder = builder.ca_file(path);
    }
    if let Some(url) = &args.token_store {
        builder = builder.token_store(url);
    }
    let name = concat!("zoom-s2s-cli/", env!("CARGO_PKG_VERSION"));
    builder.user_agent(name)
}

/// The SDK calls a setting by the name of its method; here it is an option.
fn in_options(error: Error) -> Failure {
    for (method, option) in [("ca_file", "--ca-file"), ("token_store", "--token-store")] {
        if let Some(rest) = error.message().strip_prefix(method) {
            return Failure::Config {
                message: format!("{option}{rest}"),
                hint: error.hint().replace(method, option),
            };
        }
    }
    error.into()
}

fn credentials(legacy_jwt: bool) -> Result<Credentials, Failure> {
    let credentials = wanted(legacy_jwt);
    let lacking = missing(credentials, is_set);
    if lacking.is_empty() {
        return Ok(if legacy_jwt {
            Credentials::jwt_from_env()?
        } else {
            Credentials::from_env()?
        });
    }
    let names: Vec<&str> = credentials.iter().map(|(name, _)| *name).collect();
    let mut hint = format!(
        "Set {} to what the app's credentials page shows, or NAME_FILE to a file that holds it.",
        names.join(", ")
    );
    if !legacy_jwt && missing(&JWT, is_set).is_empty() {
        hint.push_str("\nThere are credentials of a JWT app: --legacy-jwt uses them, which Zoom itself no longer accepts.");
    }
    #[cfg(feature = "sandbox")]
    hint.push_str("\nWithout an account: --sandbox lists the users of a made-up one.");
    Err(Failure::Config {
        message: format!("no credentials: {}", not_set(&lacking)),
        hint,
    })
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.to_string_lossy().trim().is_empty())
}
