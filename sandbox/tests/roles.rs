//! A role, an app made by somebody of that role, and the tokens of the app.

mod common;

use common::{Client, good_jwt};
use serde_json::{Value, json};
use zoom_s2s_sandbox::{Permission, RoleRefusal, Sandbox, ScopeRefusal, UserStatus};

const DASHBOARD: &str = "dashboard:read:list_meetings:admin";
const NO_DASHBOARD: [Permission; 3] = [
    Permission::UserRead,
    Permission::UserWrite,
    Permission::MeetingRead,
];

fn missing(scope: &str) -> (u16, Value) {
    let message = format!("Invalid access token, does not contain scopes:[{scope}].");
    (400, json!({"code": 4711, "message": message}))
}

#[test]
fn the_story_of_the_dashboard() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    sandbox.set_role_permissions(&NO_DASHBOARD);
    let refused = sandbox.add_scope(DASHBOARD).unwrap_err();
    assert_eq!(refused.scope, DASHBOARD);
    assert_eq!(refused.permission, Some(Permission::DashboardRead));
    assert!(refused.to_string().contains("Dashboard: Read"), "{refused}");
    let old = client.token(&sandbox);
    let told = client.get("/v2/metrics/meetings", &old).told();
    assert_eq!(told, missing(DASHBOARD));

    sandbox.set_role_permissions(&Permission::ALL);
    assert_eq!(
        client.get("/v2/metrics/meetings", &old).told(),
        missing(DASHBOARD)
    );
    let between = client.token(&sandbox);
    let told = client.get("/v2/metrics/meetings", &between).told();
    assert_eq!(told, missing(DASHBOARD), "the role alone gives no scope");

    sandbox.add_scope(DASHBOARD).unwrap();
    sandbox.add_scope(DASHBOARD).unwrap();
    assert_eq!(
        client.get("/v2/metrics/meetings", &between).told(),
        missing(DASHBOARD)
    );
    let answer = client.token_response(&sandbox).json();
    let scopes = answer["scope"].as_str().unwrap();
    assert_eq!(scopes.matches(DASHBOARD).count(), 1, "{scopes}");
    let new = answer["access_token"].as_str().unwrap();
    assert_eq!(client.get("/v2/metrics/meetings", new).status, 200);
    assert_eq!(sandbox.scopes().len(), 3);
}

#[test]
fn a_downgraded_role_takes_effect_at_once() {
    for (refusal, told) in [
        (RoleRefusal::MissingScope, missing(DASHBOARD)),
        (
            RoleRefusal::NoPermission,
            (400, json!({"code": 200, "message": "No permission."})),
        ),
    ] {
        let sandbox = Sandbox::builder().start().unwrap();
        let mut client = Client::new(&sandbox);
        sandbox.add_scope(DASHBOARD).unwrap();
        let token = client.token(&sandbox);
        assert_eq!(client.get("/v2/metrics/meetings", &token).status, 200);
        sandbox.downgrade_role(&[Permission::DashboardRead], refusal);
        assert_eq!(client.get("/v2/metrics/meetings", &token).told(), told);
        assert_eq!(
            client.get("/v2/users", &token).status,
            200,
            "the rest is left"
        );
        assert_eq!(sandbox.scopes().len(), 2, "the app has lost the scope");
        let new = client.token(&sandbox);
        assert_eq!(
            client.get("/v2/metrics/meetings", &new).told(),
            missing(DASHBOARD)
        );
        // Tokens of an app without limits are bound to the role too; a JWT app has no role.
        sandbox.set_scopes(&[]);
        let free = client.token(&sandbox);
        assert_eq!(client.get("/v2/metrics/meetings", &free).told(), told);
        assert_eq!(client.get("/v2/roles", &free).status, 200);
        let jwt = good_jwt(&sandbox, 60);
        assert_eq!(client.get("/v2/metrics/meetings", &jwt).status, 200);
    }
}

/// Every call with its scopes: either name opens it, no other does, and the role can close it.
#[test]
fn scopes_and_permissions_of_every_call() {
    use Permission::{DashboardRead, MeetingRead, MeetingWrite, RoleRead, UserRead, UserWrite};
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let user = sandbox.truth(UserStatus::Active).next().unwrap().email;
    let on_user = |method: &str, rest: &str| format!("{method} /v2/users/{user}{rest}");
    let cases = [
        (
            "GET /v2/users".to_owned(),
            "user:read:list_users:admin",
            "user:read:admin",
            UserRead,
        ),
        (
            on_user("GET", ""),
            "user:read:user:admin",
            "user:read:admin",
            UserRead,
        ),
        (
            "POST /v2/users".to_owned(),
            "user:write:user:admin",
            "user:write:admin",
            UserWrite,
        ),
        (
            on_user("PATCH", ""),
            "user:update:user:admin",
            "user:write:admin",
            UserWrite,
        ),
        (
            on_user("PUT", "/status"),
            "user:update:status:admin",
            "user:write:admin",
            UserWrite,
        ),
        (
            "DELETE /v2/users/x".to_owned(),
            "user:delete:user:admin",
            "user:write:admin",
            UserWrite,
        ),
        (
            "GET /v2/roles".to_owned(),
            "role:read:list_roles:admin",
            "role:read:admin",
            RoleRead,
        ),
        (
            on_user("GET", "/meetings"),
            "meeting:read:list_meetings:admin",
            "meeting:read:admin",
            MeetingRead,
        ),
        (
            "GET /v2/past_meetings/1/participants".to_owned(),
            "meeting:read:list_past_participants:admin",
            "meeting:read:admin",
            MeetingRead,
        ),
        (
            on_user("POST", "/meetings"),
            "meeting:write:meeting:admin",
            "meeting:write:admin",
            MeetingWrite,
        ),
        (
            "GET /v2/metrics/meetings".to_owned(),
            DASHBOARD,
            "dashboard_meetings:read:admin",
            DashboardRead,
        ),
    ];
    for (head, granular, classic, permission) in &cases {
        for scope in [granular, classic] {
            sandbox.set_role_permissions(&Permission::ALL);
            sandbox.set_scopes(&["other:scope"]);
            let without = client.token(&sandbox);
            let told = client.call(head, &without, json!({})).told();
            assert_eq!(told, missing(granular), "{head}");
            sandbox.add_scope(scope).unwrap();
            let token = client.token(&sandbox);
            // Past the gate; what is behind it may refuse for its own reasons.
            let let_in = |answer: common::Response| {
                !String::from_utf8_lossy(&answer.body).contains("does not contain scopes")
            };
            assert!(
                let_in(client.call(head, &token, json!({}))),
                "{head} {scope}"
            );
            sandbox.downgrade_role(&[*permission], RoleRefusal::MissingScope);
            assert!(
                !let_in(client.call(head, &token, json!({}))),
                "{head} {scope}"
            );
            assert_eq!(
                sandbox.add_scope(scope).unwrap_err().permission,
                Some(*permission)
            );
            assert_eq!(sandbox.scopes(), ["other:scope"]);
        }
    }
    let unknown = sandbox.add_scope("user:read:everything").unwrap_err();
    assert_eq!(unknown.permission, None);
}

#[test]
fn the_forms_of_4711() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = client.token(&sandbox);
    for (refusal, end) in [
        (ScopeRefusal::default(), "[role:read:list_roles:admin]."),
        (
            ScopeRefusal {
                status: 401,
                final_dot: false,
                ..Default::default()
            },
            "[role:read:list_roles:admin]",
        ),
        (
            ScopeRefusal {
                status: 403,
                code: 4700,
                both_names: true,
                ..Default::default()
            },
            "[role:read:admin,role:read:list_roles:admin].",
        ),
    ] {
        sandbox.set_scope_refusal(refusal);
        let (status, body) = client.get("/v2/roles", &token).told();
        let message = format!("Invalid access token, does not contain scopes:{end}");
        let expected = json!({"code": refusal.code, "message": message});
        assert_eq!((status, body), (refusal.status, expected));
    }
}

#[test]
fn roles_over_the_control_endpoint() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let control = |path: &str, body: Value| {
        let head = format!("POST /sandbox/{path}");
        Client::new(&sandbox).call(&head, "", body)
    };
    let no_dashboard = json!({"permissions": ["user_read"], "refusal": "no_permission"});
    assert_eq!(control("role", no_dashboard).status, 204);
    let refused = control("app", json!({"add_scope": DASHBOARD}));
    assert_eq!(refused.status, 409);
    assert!(
        refused.json()["message"]
            .as_str()
            .unwrap()
            .contains("Dashboard: Read")
    );
    let all = json!({"permissions": ["user_read", "dashboard_read"]});
    assert_eq!(control("role", all).status, 204);
    assert_eq!(control("app", json!({"add_scope": DASHBOARD})).status, 204);
    let form = json!({"scope_refusal": {"status": 403, "final_dot": false}});
    assert_eq!(control("app", form).status, 204);
    let token = client.token(&sandbox);
    assert_eq!(client.get("/v2/metrics/meetings", &token).status, 200);
    assert_eq!(client.get("/v2/roles", &token).status, 403);
    let less = json!({"permissions": ["user_read"]});
    assert_eq!(control("role", less).status, 204);
    assert_eq!(
        client.get("/v2/metrics/meetings", &token).json()["code"],
        200
    );
    assert_eq!(
        control("role", json!({"permissions": ["flying"]})).status,
        400
    );
}
