//! The credentials of a config.

use std::ffi::c_char;

use super::config::zoom_s2s_config;
use super::error::zoom_s2s_error;
use super::guard::guard;
use super::handle::borrow;
use super::input::filled;
use crate::{CredentialSource, Credentials};

/// One of the credentials, by its place in [`Sources`].
#[derive(Clone, Copy)]
enum Credential {
    AccountId,
    ClientId,
    ClientSecret,
    ApiKey,
    ApiSecret,
}

#[derive(Default)]
pub(super) struct Sources {
    pub(super) account_id: Option<CredentialSource>,
    pub(super) client_id: Option<CredentialSource>,
    pub(super) client_secret: Option<CredentialSource>,
    pub(super) api_key: Option<CredentialSource>,
    pub(super) api_secret: Option<CredentialSource>,
    /// Whether one of the last two was set last.
    pub(super) is_jwt: bool,
}

impl Sources {
    fn set(&mut self, credential: Credential, source: CredentialSource) {
        let (place, is_jwt) = match credential {
            Credential::AccountId => (&mut self.account_id, false),
            Credential::ClientId => (&mut self.client_id, false),
            Credential::ClientSecret => (&mut self.client_secret, false),
            Credential::ApiKey => (&mut self.api_key, true),
            Credential::ApiSecret => (&mut self.api_secret, true),
        };
        *place = Some(source);
        self.is_jwt = is_jwt;
    }

    /// Whether nothing is missing for a client.
    pub(super) fn are_complete(&self) -> bool {
        match self.is_jwt {
            true => self.api_key.is_some() && self.api_secret.is_some(),
            false => {
                let all = [&self.account_id, &self.client_id, &self.client_secret];
                all.iter().all(|source| source.is_some())
            }
        }
    }

    /// What is missing stays empty, which the SDK refuses under its name.
    pub(super) fn credentials(&self) -> Credentials {
        let source = |held: &Option<CredentialSource>| held.clone().unwrap_or_else(|| "".into());
        match self.is_jwt {
            true => Credentials::jwt(source(&self.api_key), source(&self.api_secret)),
            false => Credentials::server_to_server(
                source(&self.account_id),
                source(&self.client_id),
                source(&self.client_secret),
            ),
        }
    }
}

/// Sets a credential to a value, or to the file that holds it.
///
/// # Safety
/// As `set` and `filled`.
unsafe fn set_credential(
    config: *mut zoom_s2s_config,
    credential: Credential,
    (name, text): (&'static str, *const c_char),
    is_file: bool,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the same conditions.
    unsafe {
        guard(error, || {
            let mut state = borrow("config", config)?.take("config")?;
            let text = filled(name, text)?;
            let source = match is_file {
                true => CredentialSource::file(text),
                false => CredentialSource::from(text),
            };
            state.sources.set(credential, source);
            Ok(())
        })
    }
}

/// The account ID, from the credentials page of the Server-to-Server OAuth app. See
/// https://developers.zoom.us/docs/internal-apps/s2s-oauth/.
///
/// The text is copied; blanks around it are dropped. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_account_id(
    config: *mut zoom_s2s_config,
    account_id: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    let text = ("account_id", account_id);
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::AccountId, text, false, error) }
}

/// The client ID, from the same page.
///
/// The text is copied; blanks around it are dropped. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_client_id(
    config: *mut zoom_s2s_config,
    client_id: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    let text = ("client_id", client_id);
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::ClientId, text, false, error) }
}

/// The client secret, from the same page.
///
/// The text is copied; blanks around it are dropped, and the copy is wiped when it is freed. Errors:
/// ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_client_secret(
    config: *mut zoom_s2s_config,
    client_secret: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    let text = ("client_secret", client_secret);
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::ClientSecret, text, false, error) }
}

/// The file that holds the account ID. Files are read when the client is made, again at every token
/// request, and once more after the token endpoint refused the secret: a rotated secret needs no
/// restart.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_account_id_file(
    config: *mut zoom_s2s_config,
    path: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::AccountId, ("path", path), true, error) }
}

/// The file that holds the client ID; see zoom_s2s_config_set_account_id_file.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_client_id_file(
    config: *mut zoom_s2s_config,
    path: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::ClientId, ("path", path), true, error) }
}

/// The file that holds the client secret, such as a mounted Kubernetes or Docker secret; see
/// zoom_s2s_config_set_account_id_file.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_client_secret_file(
    config: *mut zoom_s2s_config,
    path: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set_credential(
            config,
            Credential::ClientSecret,
            ("path", path),
            true,
            error,
        )
    }
}

/// The API key of a JWT app. With it and the API secret the client signs its tokens itself (HS256),
/// as programs did before Zoom's API stopped accepting that on 2023-09-08: it is here so that a
/// migration can be compared with what it replaces, against the sandbox. Which kind of credential was
/// set last decides.
///
/// The text is copied; blanks around it are dropped. Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_api_key(
    config: *mut zoom_s2s_config,
    api_key: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe {
        set_credential(
            config,
            Credential::ApiKey,
            ("api_key", api_key),
            false,
            error,
        )
    }
}

/// The API secret of a JWT app; see zoom_s2s_config_set_api_key.
///
/// The text is copied; blanks around it are dropped, and the copy is wiped when it is freed. Errors:
/// ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_api_secret(
    config: *mut zoom_s2s_config,
    api_secret: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    let text = ("api_secret", api_secret);
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::ApiSecret, text, false, error) }
}

/// The file that holds the API key; see zoom_s2s_config_set_account_id_file.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_api_key_file(
    config: *mut zoom_s2s_config,
    path: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::ApiKey, ("path", path), true, error) }
}

/// The file that holds the API secret; see zoom_s2s_config_set_account_id_file.
///
/// Errors: ZOOM_S2S_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zoom_s2s_config_set_api_secret_file(
    config: *mut zoom_s2s_config,
    path: *const c_char,
    error: *mut *mut zoom_s2s_error,
) -> i32 {
    // SAFETY: the calling contract.
    unsafe { set_credential(config, Credential::ApiSecret, ("path", path), true, error) }
}
