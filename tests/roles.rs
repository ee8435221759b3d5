//! The story of roles and scopes: what the role does not permit, the app cannot be given; what the app
//! has not been given, the token lacks; and only a new token carries what was added.

mod support;

use support::{client, first_page, sandbox};
use zoom_s2s::{Error, Method, Request};
use zoom_s2s_sandbox::{Permission, RoleRefusal};

const SCOPE: &str = "dashboard:read:list_meetings:admin";

#[test]
fn a_scope_that_the_role_forbids() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    let dashboard = Request::new(Method::Get, "/metrics/meetings");
    zoom.set_role_permissions(&[Permission::UserRead]);

    let error = client
        .send(&dashboard)
        .expect_err("the app has no such scope");
    assert!(matches!(error, Error::MissingScope(_)), "{error}");
    let missing = error.missing_scopes().to_vec();
    assert!(missing.iter().any(|scope| scope == SCOPE), "{missing:?}");
    assert!(error.hint().contains("role"), "{error}");
    assert!(
        zoom.add_scope(SCOPE).is_err(),
        "without Dashboard in the role there are no Dashboard scopes to give"
    );

    zoom.set_role_permissions(&[Permission::UserRead, Permission::DashboardRead]);
    zoom.add_scope(SCOPE).expect("now the role permits it");
    let error = client
        .send(&dashboard)
        .expect_err("the token was issued before");
    assert!(matches!(error, Error::MissingScope(_)), "{error}");

    let token = client.refresh_token().expect("a new token");
    assert!(token.has_scope(SCOPE));
    client
        .send(&dashboard)
        .expect("the new token carries the scope");
    assert_eq!(zoom.token_requests(), 2);
}

#[test]
fn a_role_that_is_downgraded() {
    for refusal in [RoleRefusal::MissingScope, RoleRefusal::NoPermission] {
        let zoom = sandbox(|sandbox| sandbox);
        let client = client(&zoom);
        first_page(&client).expect("users may be read");
        zoom.downgrade_role(&[Permission::UserRead], refusal);
        let error = first_page(&client).unwrap_err();
        match refusal {
            RoleRefusal::MissingScope => {
                assert!(matches!(error, Error::MissingScope(_)), "{error}")
            }
            RoleRefusal::NoPermission => assert!(matches!(error, Error::Forbidden(_)), "{error}"),
        }
        assert!(error.hint().contains("role"), "{error}");
        assert_eq!(zoom.token_requests(), 1, "a new token would not help");
    }
}
