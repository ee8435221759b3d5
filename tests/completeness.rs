//! A list is complete, or it says that it is not.

mod support;

use std::collections::HashSet;
use std::time::Duration;

use support::{client, sandbox};
use zoom_s2s::{Client, Error, Method, Request, Status};
use zoom_s2s_sandbox::{Fault, Paging, Sandbox, UserStatus};

/// Lists active users page by page and lets something happen after the first page.
fn with_change(
    zoom: &Sandbox,
    client: &Client,
    change: impl FnOnce(&Sandbox),
) -> (Vec<String>, bool, bool) {
    let mut pages = client.users().page_size(10).pages();
    let mut emails = Vec::new();
    let mut change = Some(change);
    for page in pages.by_ref() {
        emails.extend(
            page.expect("a page")
                .users()
                .map(|user| user.email().to_owned()),
        );
        if let Some(change) = change.take() {
            change(zoom);
        }
    }
    let distinct: HashSet<&String> = emails.iter().collect();
    assert_eq!(distinct.len(), emails.len(), "nobody twice");
    (emails, pages.changed(), pages.checked())
}

fn active(zoom: &Sandbox) -> Vec<String> {
    zoom.truth(UserStatus::Active)
        .map(|user| user.email)
        .collect()
}

#[test]
fn who_is_shifted_past_the_reader_is_found() {
    let zoom = sandbox(|sandbox| sandbox.users(100).paging(Paging::Offset));
    let client = client(&zoom);
    let before = active(&zoom);
    // The first user was read already; its deletion moves one of the second page to the first.
    let (emails, changed, checked) =
        with_change(&zoom, &client, |zoom| assert!(zoom.delete_user(&before[0])));
    assert!(changed && checked);
    let listed: HashSet<_> = emails.iter().collect();
    let missed: Vec<_> = before
        .iter()
        .filter(|email| !listed.contains(email))
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}

/// What cannot be seen: somebody deleted behind the reader and somebody added, both between the same two
/// pages. Zoom's total stays as it was. The documents say so; here is the proof that it is this and no more.
#[test]
fn as_many_added_as_deleted_between_two_pages_is_the_limit() {
    let zoom = sandbox(|sandbox| sandbox.users(100).paging(Paging::Offset));
    let client = client(&zoom);
    let before = active(&zoom);
    let (emails, changed, checked) = with_change(&zoom, &client, |zoom| {
        assert!(zoom.delete_user(&before[0]));
        zoom.add_user(UserStatus::Active);
    });
    let listed: HashSet<_> = emails.iter().collect();
    assert_eq!(
        before
            .iter()
            .filter(|email| !listed.contains(email))
            .count(),
        1
    );
    assert!(checked && !changed);
}

#[test]
fn a_peer_that_never_ends_is_noticed() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let body = format!(
                r#"{{"next_page_token":"{number}","users":[{{"id":"x","email":"x@example.com"}}]}}"#
            );
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    let client = Client::builder(zoom_s2s::Credentials::jwt("key", "of-a-peer-without-end"))
        .no_proxy()
        .oauth_url(&url)
        .api_url(&url)
        .build()
        .unwrap();
    let results: Vec<_> = client.users().into_iter().collect();
    assert_eq!(results.len(), 2, "one user, then the error");
    let error = results[1].as_ref().unwrap_err();
    assert!(
        matches!(error, Error::BadResponse(_)) && error.message().contains("100 pages"),
        "{error}"
    );
}

#[test]
fn who_is_added_meanwhile_is_found() {
    let zoom = sandbox(|sandbox| sandbox.users(100).paging(Paging::Snapshot));
    let client = client(&zoom);
    let (emails, ..) = with_change(&zoom, &client, |zoom| {
        drop(zoom.add_user(UserStatus::Active))
    });
    assert!(
        active(&zoom).len() - emails.len() <= 1,
        "a snapshot need not show him"
    );
    let zoom = sandbox(|sandbox| sandbox.users(100).paging(Paging::Offset));
    let client = support::client(&zoom);
    let (emails, changed, _) = with_change(&zoom, &client, |zoom| {
        drop(zoom.add_user(UserStatus::Active))
    });
    assert_eq!(emails.len(), active(&zoom).len());
    assert!(changed);
}

#[test]
fn an_account_at_rest_is_listed_once() {
    let zoom = sandbox(|sandbox| sandbox.users(100));
    let client = client(&zoom);
    let (emails, changed, checked) = with_change(&zoom, &client, |_| {});
    assert_eq!(emails, active(&zoom));
    assert!(!changed && checked);
    assert_eq!(
        zoom.api_requests(),
        9,
        "ninety active users on pages of ten"
    );
}

#[test]
fn too_few_to_the_end_is_an_error_behind_everything_else() {
    for passes in [1, 3] {
        let zoom = sandbox(|sandbox| sandbox.users(100));
        let client = client(&zoom);
        zoom.fault(Fault::on_api().always().total_records_off_by(2));
        let mut users = client.users().page_size(10).max_passes(passes).into_iter();
        let delivered = users.by_ref().take_while(Result::is_ok).count();
        assert_eq!(delivered, 90);
        assert!(users.next().is_none(), "the error was the last");
        assert!(!users.checked());
        assert_eq!(zoom.api_requests(), 9 * passes as usize);
        let error = client
            .users()
            .max_passes(1)
            .into_iter()
            .find_map(Result::err)
            .unwrap();
        assert!(matches!(error, Error::Incomplete(_)), "{error}");
        for words in ["92", "90", "active"] {
            assert!(error.message().contains(words), "{words} in {error}");
        }
    }
    let zoom = sandbox(|sandbox| sandbox);
    let error = client(&zoom)
        .users()
        .max_passes(6)
        .into_iter()
        .next()
        .unwrap()
        .unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)) && error.message().contains("max_passes"));
}

#[test]
fn without_a_total_it_is_not_checked() {
    let zoom = sandbox(|sandbox| sandbox.users(100));
    zoom.fault(Fault::on_api().always().without_total_records());
    let (emails, changed, checked) = with_change(&zoom, &client(&zoom), |_| {});
    assert_eq!(emails.len(), 90);
    assert!(!changed && !checked);
}

#[test]
fn an_expired_page_token_begins_the_pass_again() {
    let zoom = sandbox(|sandbox| {
        sandbox
            .users(100)
            .page_token_lifetime(Duration::from_secs(900))
    });
    let client = client(&zoom);
    let (emails, changed, checked) = with_change(&zoom, &client, |zoom| {
        zoom.clock().advance(Duration::from_secs(1_000))
    });
    assert_eq!(emails, active(&zoom));
    assert!(!changed && checked, "read again, not changed");
    assert_eq!(zoom.api_requests(), 1 + 1 + 9);
}

#[test]
fn an_empty_list_is_one_empty_page() {
    let zoom = sandbox(|sandbox| sandbox.users(0));
    let mut pages = client(&zoom).users().status(Status::All).pages();
    let mut seen = Vec::new();
    loop {
        let status = pages.status();
        let Some(page) = pages.next() else { break };
        assert!(page.unwrap().is_empty());
        seen.push(status);
    }
    assert_eq!(seen, [Status::Active, Status::Inactive, Status::Pending]);
    assert!(pages.checked());
}

#[test]
fn any_list_is_paged_the_same_way() {
    let zoom = sandbox(|sandbox| sandbox.users(20));
    zoom.set_scopes(&[]);
    let client = client(&zoom);
    let user = zoom.truth(UserStatus::Active).next().unwrap();
    let meetings = Request::new(Method::Get, "/users/{userId}/meetings")
        .segment("userId", user.email)
        .query("page_size", "30");
    let mut pages = client.pages(meetings, "meetings");
    let mut ids = HashSet::new();
    let mut seen = 0;
    for page in pages.by_ref() {
        for meeting in page.expect("a page").entries() {
            seen += 1;
            assert!(meeting.json().starts_with('{'));
            ids.insert(
                meeting
                    .member_json("uuid")
                    .or(meeting.member_json("id"))
                    .unwrap()
                    .to_owned(),
            );
        }
    }
    assert!(pages.checked() && !pages.changed());
    assert_eq!(pages.total_records(), Some(75));
    assert_eq!((seen, ids.len()), (75, 75));
    let asked = zoom
        .journal()
        .into_iter()
        .filter(|entry| entry.path.ends_with("/meetings"))
        .count();
    assert_eq!(asked, 3);

    let error = client
        .pages(Request::new(Method::Get, "/users"), "meetings")
        .next()
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(error, Error::BadResponse(_)) && error.message().contains("missing"),
        "{error}"
    );
    let error = client
        .pages(Request::new(Method::Get, "/users"), "")
        .next()
        .unwrap()
        .unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error}");
}

#[test]
fn a_request_of_ones_own() {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.set_scopes(&[]);
    let client = client(&zoom);
    let create = Request::new(Method::Post, "/users")
        .header("X-Request-Note", "hello")
        .body(
            r#"{"action":"create","user_info":{"email":"new@example.com","type":1}}"#,
            "application/json",
        );
    let response = client.send(&create).expect("a new user");
    assert_eq!(response.status(), 201);
    assert!(
        response
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"))
    );
    let created: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(created["email"], "new@example.com");
    assert_eq!(response.clone().into_body(), response.body());
    assert_eq!(
        format!("{create:?} {response:?}"),
        format!(
            "Request(POST /users) Response {{ status: 201, bytes: {}, .. }}",
            response.body().len()
        )
    );
    assert!(client.user("new@example.com").is_ok());
    let error = client
        .send(&Request::new(Method::Get, "/../oauth/token"))
        .unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error}");
}
