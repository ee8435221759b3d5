//! Listing users and reading one.

mod support;

use std::collections::BTreeSet;

use support::{builder, client, credentials, jwt_credentials, sandbox};
use zoom_s2s::{Client, Error, IncludeFields, License, Status, UserType};
use zoom_s2s_sandbox::{Fault, Paging, Sandbox, UserStatus};

fn emails(client: &Client, status: Status) -> Vec<String> {
    let users = client.users().status(status).into_iter();
    users
        .map(|user| user.expect("a user").email().to_owned())
        .collect()
}

fn truth(zoom: &Sandbox, statuses: &[UserStatus]) -> BTreeSet<String> {
    statuses
        .iter()
        .flat_map(|status| zoom.truth(*status))
        .map(|user| user.email)
        .collect()
}

const EVERY: [UserStatus; 3] = [
    UserStatus::Active,
    UserStatus::Inactive,
    UserStatus::Pending,
];

#[test]
fn both_halves_of_a_migration_list_the_same_users() {
    let zoom = sandbox(|sandbox| sandbox.users(1_000));
    let before = builder(&zoom, jwt_credentials(&zoom)).build().unwrap();
    let after = builder(&zoom, credentials(&zoom)).build().unwrap();
    let lists = [emails(&before, Status::All), emails(&after, Status::All)];
    assert_eq!(lists[0], lists[1]);
    assert_eq!(lists[0].len(), 1_000);
    assert_eq!(
        zoom.token_requests(),
        1,
        "the JWT was made without asking anybody"
    );
}

#[test]
fn every_status_in_both_ways_of_paging() {
    for paging in [Paging::Offset, Paging::Snapshot] {
        let zoom = sandbox(|sandbox| sandbox.users(2_000).paging(paging).page_size_limit(100));
        let client = client(&zoom);
        for (status, expected) in [
            (Status::Active, &[UserStatus::Active][..]),
            (Status::Inactive, &[UserStatus::Inactive]),
            (Status::Pending, &[UserStatus::Pending]),
            (Status::All, &EVERY),
        ] {
            let listed = emails(&client, status);
            let distinct: BTreeSet<String> = listed.iter().cloned().collect();
            assert_eq!(distinct.len(), listed.len(), "{status:?}: nobody twice");
            assert_eq!(distinct, truth(&zoom, expected), "{status:?}");
        }
    }
}

#[test]
fn the_default_is_zooms_own() {
    let zoom = sandbox(|sandbox| sandbox.users(500));
    let client = client(&zoom);
    let users: Vec<_> = client
        .users()
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(users.len(), truth(&zoom, &[UserStatus::Active]).len());
    let request = zoom
        .journal()
        .into_iter()
        .rfind(|entry| entry.path == "/v2/users")
        .unwrap();
    assert!(
        request.query.contains(&("page_size".into(), "300".into())),
        "{:?}",
        request.query
    );
}

#[test]
fn parameters_are_repeated_on_every_page() {
    let zoom = sandbox(|sandbox| sandbox.users(500));
    let client = client(&zoom);
    let listing = client
        .users()
        .page_size(50)
        .include_fields(IncludeFields::CustomAttributes)
        .include_fields(IncludeFields::HostKey);
    let users: Vec<_> = listing.into_iter().collect::<Result<_, _>>().unwrap();
    assert!(users.iter().any(|user| user.host_key().is_some()));
    assert!(
        users
            .iter()
            .any(|user| user.custom_attributes().count() > 0)
    );
    let mut pages = zoom.journal();
    pages.retain(|entry| entry.path == "/v2/users");
    assert!(pages.len() >= 9, "{}", pages.len());
    for page in &pages {
        let mut query = page.query.clone();
        query.retain(|(name, _)| name != "next_page_token");
        let expected = [
            ("status", "active"),
            ("page_size", "50"),
            ("include_fields", "custom_attributes,host_key"),
        ];
        assert_eq!(
            query,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}

#[test]
fn filters_reach_zoom() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    let role = client
        .users()
        .into_iter()
        .find_map(|user| Some(user.unwrap().role_id()?.to_owned()))
        .unwrap();
    let mut pages = client.users().role_id(&role).pages();
    let some = pages.next().unwrap().unwrap();
    assert!(some.users().all(|user| user.role_id() == Some(&*role)) && !some.is_empty());
    assert_eq!(pages.total_records(), Some(some.len() as i64));
    for (license, name) in [
        (License::WorkforceManagement, "zoom_workforce_management"),
        (License::ComplianceManagement, "zoom_compliance_management"),
    ] {
        client
            .users()
            .license(license)
            .pages()
            .next()
            .unwrap()
            .unwrap();
        let query = zoom.journal().pop().unwrap().query;
        assert!(
            query.contains(&("license".into(), name.into())),
            "{query:?}"
        );
    }
    let token = client.token().unwrap();
    assert!((3_500..=3_600).contains(&token.expires_in().as_secs()));
}

#[test]
fn one_user_by_id_and_by_email() {
    let zoom = sandbox(|sandbox| sandbox);
    let client = client(&zoom);
    let listed = client.users().into_iter().next().unwrap().unwrap();
    for key in [
        listed.id().expect("an active user has an ID"),
        listed.email(),
    ] {
        let user = client.user(key).unwrap();
        assert_eq!(user.email(), listed.email());
        assert_eq!(user.id(), listed.id());
        assert!(user.json().starts_with('{'));
    }
    let error = client.user("nobody/../@example.com?x=1").unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");
    assert_eq!(error.zoom_code(), Some(1001));
    let asked = zoom.journal().pop().unwrap().path;
    assert!(
        asked.starts_with("/v2/users/nobody"),
        "the segment stayed one segment: {asked}"
    );
    for id in ["", ".", ".."] {
        assert!(
            matches!(client.user(id), Err(Error::InvalidArgument(_))),
            "{id:?}"
        );
    }
    let error = client
        .users()
        .page_size(0)
        .into_iter()
        .next()
        .unwrap()
        .unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)) && error.message().contains("page_size"));
}

#[test]
fn fields_survive_as_zoom_sent_them() {
    let zoom = sandbox(|sandbox| sandbox.users(3_000));
    let client = client(&zoom);
    let (mut largest, mut non_ascii, mut unknown_types, mut pending_without_id) = (0, 0, 0, 0);
    for page in client.users().status(Status::All).pages() {
        let page = page.unwrap();
        let raw: serde_json::Value =
            serde_json::from_str(page.json()).expect("the page as received is JSON");
        for (user, raw) in page.users().zip(raw["users"].as_array().unwrap()) {
            assert_eq!(user.email(), raw["email"].as_str().unwrap());
            assert_eq!(user.id(), raw["id"].as_str());
            assert_eq!(user.first_name(), raw["first_name"].as_str());
            assert_eq!(user.pmi(), raw["pmi"].as_i64());
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(user.json()).unwrap(),
                *raw
            );
            non_ascii += usize::from(user.last_name().is_some_and(|name| !name.is_ascii()));
            unknown_types += usize::from(matches!(user.user_type(), UserType::Other(_)));
            pending_without_id += usize::from(user.id().is_none());
            for license in user.license_info_list() {
                largest = largest.max(license.license_option.unwrap_or_default());
            }
        }
    }
    assert_eq!(largest, 1 << 59, "integers are exact");
    assert!(non_ascii > 0 && unknown_types > 0 && pending_without_id > 0);
}

#[test]
fn a_page_token_that_comes_back_is_an_error() {
    let zoom = sandbox(|sandbox| sandbox);
    let page = r#"{"next_page_token":"again","users":[{"email":"a@example.com","type":1}]}"#;
    zoom.fault(
        Fault::on_api()
            .always()
            .status(200, page, "application/json"),
    );
    let results: Vec<_> = client(&zoom).users().pages().collect();
    assert_eq!(results.len(), 2, "one page, then the error, then the end");
    let error = results[1].as_ref().unwrap_err();
    assert!(
        matches!(error, Error::BadResponse(_)) && error.message().contains("next_page_token"),
        "{error}"
    );
}
