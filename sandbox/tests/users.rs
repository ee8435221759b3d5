//! List users and get a user: access, paging while the account changes, filters, content.

mod common;

use common::{Client, good_jwt, jwt};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use zoom_s2s_sandbox::{Auth, Paging, Sandbox, TruthUser, UserStatus};

fn told(code: u64, message: &str) -> Value {
    json!({"code": code, "message": message})
}

fn as_truth(users: &[Value]) -> Vec<TruthUser> {
    let user = |user: &Value| TruthUser {
        id: user.get("id").map(|id| id.as_str().unwrap().to_owned()),
        email: user["email"].as_str().unwrap().to_owned(),
    };
    users.iter().map(user).collect()
}

#[test]
fn jwts_are_checked() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let (key, secret) = (
        &sandbox.credentials().api_key,
        &sandbox.credentials().api_secret,
    );
    let exp = sandbox.clock().unix_seconds() + 60;
    let good = format!(r#"{{"iss":"{key}","exp":{exp}}}"#);
    let hs256 = r#"{"alg":"HS256","typ":"JWT"}"#;
    let token = good_jwt(&sandbox, 60);
    let cases = [
        ("good", token.clone(), None, Auth::Jwt),
        (
            "wrong secret",
            jwt(hs256, &good, "x"),
            Some("Invalid access token."),
            Auth::Jwt,
        ),
        (
            "other algorithm",
            jwt(r#"{"alg":"HS512"}"#, &good, secret),
            Some("Invalid access token."),
            Auth::Jwt,
        ),
        (
            "no algorithm",
            jwt(r#"{"alg":"none"}"#, &good, secret)
                .rsplit_once('.')
                .unwrap()
                .0
                .to_owned()
                + ".",
            Some("Invalid access token."),
            Auth::Jwt,
        ),
        (
            "no expiry",
            jwt(hs256, &format!(r#"{{"iss":"{key}"}}"#), secret),
            Some("Invalid access token."),
            Auth::Jwt,
        ),
        (
            "expired",
            good_jwt(&sandbox, 0),
            Some("Access token is expired."),
            Auth::Jwt,
        ),
        (
            "another key",
            jwt(hs256, &good.replace(key.as_str(), "x"), secret),
            Some("Invalid access token."),
            Auth::Bearer,
        ),
        (
            "garbage",
            "garbage".to_owned(),
            Some("Invalid access token."),
            Auth::Bearer,
        ),
    ];
    for (name, token, refusal, auth) in cases {
        let answer = client.get("/v2/users", &token);
        match refusal {
            None => assert_eq!(answer.status, 200, "{name}"),
            Some(message) => assert_eq!(answer.told(), (401, told(124, message)), "{name}"),
        }
        assert_eq!(sandbox.journal().last().unwrap().auth, auth, "{name}");
    }
    sandbox.clock().advance(Duration::from_secs(61));
    assert_eq!(client.get("/v2/users", &token).status, 401);
    assert_eq!(client.ask("GET /v2/users", &[], b"").told().0, 401);
}

#[test]
fn scopes_in_both_names() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let user = sandbox
        .truth(UserStatus::Active)
        .next()
        .unwrap()
        .id
        .unwrap();
    let (list, view) = ("user:read:list_users:admin", "user:read:user:admin");
    for (scopes, may_list, may_view) in [
        (&[list][..], true, false),
        (&[view], false, true),
        (&["user:read:admin"], true, true),
        (&["meeting:read:admin"], false, false),
        (&[], true, true),
    ] {
        sandbox.set_scopes(scopes);
        let token = client.token(&sandbox);
        for (path, may, needed) in [
            ("/v2/users".to_owned(), may_list, list),
            (format!("/v2/users/{user}"), may_view, view),
        ] {
            let answer = client.get(&path, &token);
            if may {
                assert_eq!(answer.status, 200, "{path} {scopes:?}");
            } else {
                let message = format!("Invalid access token, does not contain scopes:[{needed}].");
                assert_eq!(
                    answer.told(),
                    (400, told(4711, &message)),
                    "{path} {scopes:?}"
                );
            }
        }
    }
    // A JWT app has no scopes and may do everything.
    assert_eq!(client.get("/v2/users", &good_jwt(&sandbox, 60)).status, 200);
}

#[test]
fn the_scopes_of_a_token_are_those_of_its_birth() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    sandbox.set_scopes(&["x"]);
    let before = client.token(&sandbox);
    sandbox.set_scopes(&["user:read:admin"]);
    assert_eq!(client.get("/v2/users", &before).status, 400);
    let after = client.token(&sandbox);
    assert_eq!(client.get("/v2/users", &after).status, 200);
}

#[test]
fn one_user_by_id_and_address() {
    let sandbox = Sandbox::builder().users(3_000).start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 600);
    let mut plus = 0;
    for status in UserStatus::ALL {
        for user in sandbox.truth(status).step_by(7) {
            plus += usize::from(user.email.contains('+'));
            let encoded = user.email.replace('@', "%40").replace('+', "%2B");
            let upper = user.email.to_ascii_uppercase();
            for name in [
                Some(&user.email),
                Some(&encoded),
                Some(&upper),
                user.id.as_ref(),
            ] {
                let Some(name) = name else { continue };
                let answer = client.get(&format!("/v2/users/{name}"), &token);
                assert_eq!(answer.status, 200, "{name}");
                let body = answer.json();
                assert_eq!(
                    as_truth(std::slice::from_ref(&body)),
                    std::slice::from_ref(&user)
                );
                assert_eq!(body["status"], status.as_str());
            }
        }
    }
    assert!(plus > 5, "addresses with a plus among them");
    for (path, name) in [
        ("nobody", "nobody"),
        ("no%20body%40example.com", "no body@example.com"),
        ("a.b.999999999@example.com", "a.b.999999999@example.com"),
        ("%FF", "\u{fffd}"),
    ] {
        let message = format!("User does not exist: {name}.");
        let answer = client.get(&format!("/v2/users/{path}"), &token);
        assert_eq!(answer.told(), (404, told(1001, &message)));
    }
}

#[test]
fn unknown_endpoints() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    for (head, endpoint) in [
        ("GET /v2/nothing", "/nothing"),
        ("GET /v2/users/", "/users/"),
        ("GET /v2/users/x/y?z=1", "/users/x/y"),
        ("PUT /v2/users", "/users"),
    ] {
        let auth = format!("Bearer {}", good_jwt(&sandbox, 60));
        let answer = client.ask(head, &[("Authorization", &auth)], b"");
        let message = format!("This API endpoint is not recognized: {endpoint}");
        assert_eq!(answer.told(), (404, told(2300, &message)), "{head}");
    }
}

#[test]
fn the_whole_account_is_listed_and_is_the_truth() {
    for paging in [Paging::Offset, Paging::Snapshot] {
        let sandbox = Sandbox::builder()
            .users(5_000)
            .paging(paging)
            .start()
            .unwrap();
        let mut client = Client::new(&sandbox);
        let token = good_jwt(&sandbox, 600);
        for (status, count) in UserStatus::ALL.into_iter().zip([4_500, 350, 150]) {
            let users = client.list(&token, status, 300, |_| {});
            let truth: Vec<_> = sandbox.truth(status).collect();
            assert_eq!(truth.len(), count);
            assert_eq!(as_truth(&users), truth);
            for user in &users {
                assert_eq!(user["status"], status.as_str());
                assert_eq!(user.get("id").is_none(), status == UserStatus::Pending);
                assert!(user["type"].is_u64());
            }
            let emails: BTreeSet<_> = truth.iter().map(|user| &user.email).collect();
            assert_eq!(emails.len(), count, "addresses are unique");
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_account() {
    let page = |seed| {
        let sandbox = Sandbox::builder().seed(seed).start().unwrap();
        let answer = Client::new(&sandbox).get("/v2/users", &good_jwt(&sandbox, 60));
        (answer.json()["users"].take(), sandbox.credentials().clone())
    };
    assert_eq!(page(5), page(5));
    let (a, b) = (page(5), page(6));
    assert_ne!(a.0, b.0);
    assert_ne!(a.1, b.1);
}

#[test]
fn pages_and_their_numbers() {
    let sandbox = Sandbox::builder()
        .users(1_000)
        .page_size_limit(50)
        .start()
        .unwrap();
    let mut client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 600);
    // Query; page_size, page_count, page_number, users, whether there is a next page.
    for (query, size, count, number, users, more) in [
        ("", 30, 30, 1, 30, true),
        ("?page_size=50", 50, 18, 1, 50, true),
        ("?page_size=300", 50, 18, 1, 50, true),
        ("?page_size=0", 30, 30, 1, 30, true),
        ("?page_size=7&page_number=129", 7, 129, 129, 4, false),
        ("?page_size=7&page_number=128", 7, 129, 128, 7, true),
        ("?page_number=31", 30, 30, 31, 0, false),
        (
            "?page_number=4294967295&page_size=50",
            50,
            18,
            85_899_346,
            0,
            false,
        ),
        ("?status=inactive&page_size=50", 50, 2, 1, 50, true),
        ("?status=pending&page_size=50", 50, 1, 1, 30, false),
        ("?status=&page_size=&next_page_token=", 30, 30, 1, 30, true),
    ] {
        let body = client.get(&format!("/v2/users{query}"), &token).json();
        let numbers = ["page_size", "page_count", "page_number"].map(|name| body[name].as_u64());
        assert_eq!(numbers, [Some(size), Some(count), Some(number)], "{query}");
        assert_eq!(body["users"].as_array().unwrap().len(), users, "{query}");
        assert_eq!(body["next_page_token"] != "", more, "{query}");
    }
    for (query, field) in [
        ("status=gone", "status"),
        ("page_size=x", "page_size"),
        ("page_number=-1", "page_number"),
        ("role_id=none", "role_id"),
    ] {
        let answer = client.get(&format!("/v2/users?{query}"), &token);
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(300)));
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
}

#[test]
fn an_empty_account_is_one_empty_page() {
    let sandbox = Sandbox::builder().users(0).start().unwrap();
    let body = Client::new(&sandbox)
        .get("/v2/users", &good_jwt(&sandbox, 60))
        .json();
    assert_eq!(
        body,
        json!({"next_page_token": "", "page_count": 1, "page_number": 1, "page_size": 30,
               "total_records": 0, "users": []})
    );
}

#[test]
fn a_role_has_its_own_list() {
    let sandbox = Sandbox::builder().users(1_000).start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 600);
    let everybody = client.list(&token, UserStatus::Active, 300, |_| {});
    let gone = everybody[7]["id"].as_str().unwrap();
    assert_eq!(everybody[7]["role_id"], "1");
    assert!(sandbox.delete_user(gone));
    let mut sum = 0;
    let roles: BTreeSet<&str> = everybody
        .iter()
        .map(|u| u["role_id"].as_str().unwrap())
        .collect();
    for role in roles {
        let mut users = Vec::new();
        let mut next = String::new();
        loop {
            let path = format!("/v2/users?role_id={role}&page_size=20&next_page_token={next}");
            let mut body = client.get(&path, &token).json();
            users.append(body["users"].as_array_mut().unwrap());
            body["next_page_token"]
                .as_str()
                .unwrap()
                .clone_into(&mut next);
            if next.is_empty() {
                assert_eq!(body["total_records"], users.len());
                break;
            }
        }
        let expected: Vec<_> = everybody
            .iter()
            .filter(|user| user["role_id"] == role && user["id"] != gone)
            .cloned()
            .collect();
        assert_eq!(users, expected);
        sum += users.len();
    }
    assert_eq!(sum, 899);
}

/// A listing in pages of ten, with a deletion of the first two users after the first page.
fn listing_with_deletions(paging: Paging) -> (Vec<TruthUser>, Vec<TruthUser>, String) {
    let sandbox = Sandbox::builder()
        .users(100)
        .paging(paging)
        .start()
        .unwrap();
    let before: Vec<_> = sandbox.truth(UserStatus::Active).collect();
    let mut added = String::new();
    let token = good_jwt(&sandbox, 600);
    let users = Client::new(&sandbox).list(&token, UserStatus::Active, 10, |page| {
        if page == 0 {
            assert!(sandbox.delete_user(before[0].id.as_ref().unwrap()));
            assert!(sandbox.delete_user(&before[1].email));
            assert!(!sandbox.delete_user(&before[1].email), "already gone");
            added = sandbox.add_user(UserStatus::Active);
        }
    });
    let now: Vec<_> = sandbox.truth(UserStatus::Active).collect();
    assert_eq!(now.len(), 89);
    assert_eq!(now[..88], before[2..]);
    assert_eq!(now[88].email, added);
    (before, as_truth(&users), added)
}

#[test]
fn offset_paging_skips_users_when_others_are_deleted() {
    let (before, listed, added) = listing_with_deletions(Paging::Offset);
    // Two moved up over the border of page one and are seen by nobody.
    let mut expected = before[..10].to_vec();
    expected.extend_from_slice(&before[12..]);
    assert_eq!(listed[..88], expected);
    assert_eq!(listed[88].email, added);
    assert_eq!(listed.len(), 89);
}

#[test]
fn snapshot_paging_sees_the_account_as_it_was() {
    let (before, listed, _) = listing_with_deletions(Paging::Snapshot);
    assert_eq!(listed, before);
}

#[test]
fn added_users_are_like_the_others() {
    let sandbox = Sandbox::builder().users(10).start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 60);
    for status in UserStatus::ALL {
        let email = sandbox.add_user(status);
        let body = client.get(&format!("/v2/users/{email}"), &token).json();
        assert_eq!(body["status"], status.as_str());
        assert_eq!(sandbox.truth(status).last().unwrap().email, email);
        assert!(sandbox.delete_user(&email));
        assert_eq!(
            client.get(&format!("/v2/users/{email}"), &token).status,
            404
        );
        assert_ne!(sandbox.add_user(status), email, "nobody comes back");
    }
    assert!(!sandbox.delete_user("nobody"));
}

#[test]
fn a_page_read_before_shows_what_has_changed() {
    let sandbox = Sandbox::builder().start().unwrap();
    let mut client = Client::new(&sandbox);
    let token = good_jwt(&sandbox, 60);
    let mut page = |status: &str| {
        let path = format!("/v2/users?page_size=300&status={status}");
        as_truth(
            client.get(&path, &token).json()["users"]
                .as_array()
                .unwrap(),
        )
    };
    let (active, pending) = (page("active"), page("pending"));
    assert!(sandbox.delete_user(&active[3].email));
    let added = sandbox.add_user(UserStatus::Pending);
    assert_eq!(page("active"), [&active[..3], &active[4..]].concat());
    assert_eq!(page("pending")[..3], pending);
    assert_eq!(page("pending")[3].email, added);
}

#[test]
fn page_tokens_die() {
    for paging in [Paging::Offset, Paging::Snapshot] {
        let sandbox = Sandbox::builder()
            .paging(paging)
            .page_token_lifetime(Duration::from_secs(100))
            .start()
            .unwrap();
        let mut client = Client::new(&sandbox);
        let token = good_jwt(&sandbox, 6_000);
        let dead = (400, told(300, "The next page token is invalid or expired."));
        let first = "/v2/users?page_size=10&status=active";
        let body = client.get(first, &token).json();
        let next = body["next_page_token"].as_str().unwrap();
        for (query, lives) in [
            ("page_size=10&status=active", true),
            ("status=active&page_size=10", true),
            ("page_size=10", false),
            ("page_size=20&status=active", false),
            ("page_size=10&status=pending", false),
            ("page_size=10&status=active&role_id=2", false),
            ("page_size=10&status=active&include_fields=host_key", false),
        ] {
            let answer = client.get(&format!("/v2/users?{query}&next_page_token={next}"), &token);
            if lives {
                assert_eq!(answer.status, 200, "{query}");
            } else {
                assert_eq!(answer.told(), dead, "{query}");
            }
        }
        let again = format!("{first}&next_page_token={next}");
        sandbox.clock().advance(Duration::from_secs(90));
        assert_eq!(client.get(&again, &token).status, 200);
        sandbox.clock().advance(Duration::from_secs(10));
        assert_eq!(client.get(&again, &token).told(), dead);
        let garbage = format!("{first}&next_page_token=garbage");
        assert_eq!(client.get(&garbage, &token).told(), dead);

        let other = Sandbox::builder().paging(paging).start().unwrap();
        let foreign = Client::new(&other)
            .get(&again, &good_jwt(&other, 60))
            .told();
        assert_eq!(foreign, dead, "of another sandbox");
    }
}
