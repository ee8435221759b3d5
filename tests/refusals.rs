//! Each refusal reads differently and names the cure.

mod support;

use support::{builder, credentials, first_page, jwt_credentials, sandbox};
use zoom_s2s::{Client, CredentialSource, Credentials, Error, ErrorStatus};
use zoom_s2s_sandbox::{Fault, Sandbox};

fn token_error(zoom: &Sandbox, credentials: Credentials) -> Error {
    builder(zoom, credentials)
        .build()
        .unwrap()
        .token()
        .expect_err("a refusal")
}

#[test]
fn the_token_endpoints_refusals() {
    let zoom = sandbox(|sandbox| sandbox);
    let keys = zoom.credentials().clone();
    let s2s = |account_id: &str, client_id: &str, secret: &str| {
        Credentials::server_to_server(account_id, client_id, secret)
    };
    let mut seen = Vec::new();
    let mut expect = |error: Error, status: ErrorStatus, http: u16, words: &str, cure: &str| {
        assert_eq!(error.status(), status, "{error}");
        assert_eq!(error.http_status(), Some(http), "{error}");
        assert!(error.message().contains(words), "{words:?} in {error}");
        assert!(error.hint().contains(cure), "{cure:?} in {error}");
        assert!(error.tracking_id().is_some(), "{error}");
        assert!(
            !seen.contains(&error.message().to_owned()),
            "reads like another one: {error}"
        );
        seen.push(error.message().to_owned());
    };
    let refused = ErrorStatus::Credentials;
    expect(
        token_error(&zoom, s2s(&keys.account_id, &keys.client_id, "wrong")),
        refused,
        400,
        "client secret was refused",
        "client_secret",
    );
    expect(
        token_error(&zoom, s2s("wrong", &keys.client_id, &keys.client_secret)),
        refused,
        400,
        "account ID was refused",
        "account_id",
    );
    zoom.disable_app(true);
    expect(
        token_error(&zoom, credentials(&zoom)),
        refused,
        404,
        "disabled",
        "Activate",
    );
    zoom.disable_app(false);
    let other = sandbox(|sandbox| sandbox);
    other.set_server_to_server(false);
    expect(
        token_error(&other, credentials(&other)),
        refused,
        400,
        "not a Server-to-Server",
        "Build a Server-to-Server",
    );

    let answer = |status, body: &'static str, kind: &str| {
        zoom.fault(Fault::on_token().always().status(status, body, kind));
        // A secret of its own, so that no remembered refusal answers in place of the endpoint.
        let error = token_error(
            &zoom,
            s2s(
                &keys.account_id,
                &keys.client_id,
                &format!("secret-{status}-{}", body.len()),
            ),
        );
        zoom.clear_faults();
        error
    };
    expect(
        answer(200, "<html>hello</html>", "text/html"),
        ErrorStatus::BadResponse,
        200,
        "other than JSON",
        "proxy",
    );
    expect(
        answer(403, "<html>no</html>", "text/html"),
        ErrorStatus::BadResponse,
        403,
        "other than JSON",
        "proxy",
    );
    expect(
        answer(400, "", "text/plain"),
        ErrorStatus::BadResponse,
        400,
        "other than JSON",
        "ZOOM_S2S_OAUTH_URL",
    );
    expect(
        answer(
            200,
            r#"{"access_token":"","expires_in":3600}"#,
            "application/json",
        ),
        ErrorStatus::BadResponse,
        200,
        "empty or unusable",
        "tracking ID",
    );
    expect(
        answer(
            200,
            r#"{"access_token":"x","expires_in":0}"#,
            "application/json",
        ),
        ErrorStatus::BadResponse,
        200,
        "expired already",
        "tracking ID",
    );
    expect(
        answer(
            401,
            r#"{"reason":"Something new","error":"new_code"}"#,
            "application/json",
        ),
        refused,
        401,
        "Something new",
        "credentials page",
    );
    expect(
        answer(302, "", "text/html"),
        ErrorStatus::BadResponse,
        302,
        "redirects",
        "captive portal",
    );
    expect(
        answer(429, "slow down", "text/plain"),
        ErrorStatus::RateLimited,
        429,
        "too often",
        "Share one token",
    );
}

#[test]
fn the_apis_refusals() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = builder(&zoom, credentials(&zoom)).build().unwrap();
    let json = "application/json";
    for (http, body, kind, status, words) in [
        (
            400,
            r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[user:read:list_users:admin, user:read:admin]."}"#,
            json,
            ErrorStatus::MissingScope,
            "user:read:list_users:admin, user:read:admin",
        ),
        (
            401,
            r#"{"code":4700,"message":"Invalid access token, does not contain scopes:[a:b]"}"#,
            json,
            ErrorStatus::MissingScope,
            "scope a:b",
        ),
        (
            400,
            r#"{"code":200,"message":"No permission."}"#,
            json,
            ErrorStatus::Forbidden,
            "No permission.",
        ),
        (
            403,
            r#"{"code":1,"error_message":"Only for paid accounts"}"#,
            json,
            ErrorStatus::Forbidden,
            "Only for paid accounts",
        ),
        (
            404,
            r#"{"code":1001,"message":"User does not exist"}"#,
            json,
            ErrorStatus::NotFound,
            "User does not exist",
        ),
        (
            400,
            r#"{"code":300,"message":"Bad page","errors":[{"field":"page_size","message":"too big"}]}"#,
            json,
            ErrorStatus::Rejected,
            "[page_size: too big]",
        ),
        (
            200,
            r#"{"code":300,"message":"An error under 200"}"#,
            json,
            ErrorStatus::Rejected,
            "An error under 200",
        ),
        (
            404,
            "<html>gone</html>",
            "text/html",
            ErrorStatus::BadResponse,
            "not JSON of Zoom's",
        ),
        (
            200,
            "<html>portal</html>",
            "text/html",
            ErrorStatus::BadResponse,
            "not JSON of Zoom's",
        ),
        (
            200,
            "",
            "text/plain",
            ErrorStatus::BadResponse,
            "cannot be read",
        ),
        (
            200,
            r#"{"users":[{"email":"#,
            json,
            ErrorStatus::BadResponse,
            "line 1",
        ),
        (
            429,
            r#"{"code":429,"message":"You have reached the maximum daily rate limit for this API."}"#,
            json,
            ErrorStatus::RateLimited,
            "daily limit",
        ),
    ] {
        zoom.fault(Fault::on_api().status(http, body, kind));
        let error = first_page(&client).expect_err(body);
        assert_eq!(error.status(), status, "{body}: {error}");
        assert_eq!(error.http_status(), Some(http), "{error}");
        assert!(error.message().contains(words), "{words:?} in {error}");
        assert!(error.tracking_id().is_some(), "{error}");
        assert_eq!(error.body(), Some(body.as_bytes()));
    }
    assert_eq!(
        zoom.token_requests(),
        1,
        "none of these is the token's fault"
    );
}

#[test]
fn a_real_missing_scope_is_named_and_cured() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.set_scopes(&["meeting:read:admin"]);
    let client = builder(&zoom, credentials(&zoom)).build().unwrap();
    let error = first_page(&client).unwrap_err();
    assert!(matches!(error, Error::MissingScope(_)), "{error}");
    assert_eq!(error.missing_scopes(), ["user:read:list_users:admin"]);
    assert!(
        !client
            .token()
            .unwrap()
            .has_scope("user:read:list_users:admin")
    );

    zoom.set_scopes(&["meeting:read:admin", "user:read:admin"]);
    assert!(first_page(&client).is_err(), "only new tokens carry it");
    assert!(
        client
            .refresh_token()
            .unwrap()
            .has_scope("user:read:list_users:admin")
    );
    first_page(&client).expect("the refreshed token carries it");
}

#[test]
fn a_jwt_that_is_refused_says_so_soon() {
    let zoom = sandbox(|sandbox| sandbox);
    let keys = zoom.credentials();
    let client = builder(&zoom, Credentials::jwt(&keys.api_key, "wrong"))
        .build()
        .unwrap();
    let error = first_page(&client).unwrap_err();
    assert!(
        matches!(error, Error::Unauthorized(_)) && error.hint().contains("Server-to-Server"),
        "{error}"
    );
    let said = "the API refused the token: Invalid access token.";
    assert!(error.message().starts_with(said), "{error}");
    assert_eq!(error.message().matches("refused").count(), 1, "{error}");
    let good = builder(&zoom, jwt_credentials(&zoom)).build().unwrap();
    first_page(&good).expect("the right secret signs a good one");
    assert!(matches!(
        good.revoke_token(),
        Err(Error::InvalidArgument(_))
    ));
}

#[test]
fn a_wrong_clock_is_named_where_it_matters() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.clock().set_offset(7_200);
    let client = builder(&zoom, jwt_credentials(&zoom)).build().unwrap();
    let error = first_page(&client).unwrap_err();
    assert!(matches!(error, Error::Unauthorized(_)), "{error}");
    assert!(error.hint().contains("s behind Zoom's: set it"), "{error}");
    let client = builder(&zoom, credentials(&zoom)).build().unwrap();
    first_page(&client).expect("other tokens expire by Zoom's clock");
}

#[cfg(unix)]
#[test]
fn an_empty_trust_store_is_an_error_of_its_own() {
    const TEST: &str = "an_empty_trust_store_is_an_error_of_its_own";
    if support::my_role().is_some() {
        let credentials = Credentials::server_to_server("account", "client", "secret");
        let client = Client::builder(credentials)
            .settings_from_env()
            .unwrap()
            .build()
            .unwrap();
        let error = client.token().unwrap_err();
        assert!(matches!(error, Error::Tls(_)), "{error}");
        assert!(
            error
                .message()
                .contains("no trusted certificate authorities"),
            "{error}"
        );
        assert!(error.hint().contains("ca-certificates"), "{error}");
        return;
    }
    let zoom = sandbox(|sandbox| sandbox.tls(true));
    let empty = std::env::temp_dir().join(format!("zoom-s2s-empty-{}", std::process::id()));
    std::fs::create_dir_all(&empty).unwrap();
    let mut command = support::role(TEST, "client");
    command
        .envs(zoom.env())
        .env("SSL_CERT_DIR", &empty)
        .env("SSL_CERT_FILE", empty.join("none.pem"));
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    std::fs::remove_dir_all(empty).unwrap();
}

#[test]
fn settings_are_refused_by_name() {
    let good = || Client::builder(Credentials::jwt("key", "secret"));
    for (error, name) in [
        (
            good().oauth_url("zoom.us").build().unwrap_err(),
            "oauth_url",
        ),
        (
            good()
                .oauth_url("https://zoom.us/oauth/token/")
                .build()
                .unwrap_err(),
            "oauth_url ends in /oauth/token",
        ),
        (
            good().api_url("ftp://zoom.us").build().unwrap_err(),
            "api_url",
        ),
        (
            good().ca_file("/nowhere.pem").build().unwrap_err(),
            "ca_file",
        ),
        (good().ca_only(true).build().unwrap_err(), "ca_only"),
        (
            good().token_store("what:ever").build().unwrap_err(),
            "token_store",
        ),
        (good().proxy("socks5://x").build().unwrap_err(), "proxy"),
        (good().user_agent("a\nb").build().unwrap_err(), "user_agent"),
        (
            good()
                .timeout(std::time::Duration::ZERO)
                .build()
                .unwrap_err(),
            "timeout",
        ),
        (
            Client::builder(Credentials::jwt("", "secret"))
                .build()
                .unwrap_err(),
            "api_key",
        ),
        (
            Client::builder(Credentials::jwt("key", CredentialSource::file("/nowhere")))
                .build()
                .unwrap_err(),
            "api_secret (/nowhere)",
        ),
    ] {
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(
            error.message().contains(name) && !error.hint().is_empty(),
            "{name}: {error}"
        );
    }
}
