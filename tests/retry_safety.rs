//! What a cut connection may cost: nothing is carried out twice that must not be.

mod support;

use support::{builder, client, credentials, sandbox};
use zoom_s2s::{Error, Method, Request, Response};
use zoom_s2s_sandbox::{Cut, Fault, RateLimit, Sandbox, UserStatus};

/// A user of the sandbox, and a writing request of each method about it.
fn request(zoom: &Sandbox, method: Method) -> (Request, &'static str) {
    let user = zoom
        .truth(UserStatus::Active)
        .next()
        .expect("a user")
        .id
        .expect("an ID");
    let json = "application/json";
    match method {
        Method::Post => (
            Request::new(method, "/users/{userId}/meetings")
                .segment("userId", user)
                .body(r#"{"topic":"x"}"#, json),
            "POST",
        ),
        Method::Patch => (
            Request::new(method, "/users/{userId}")
                .segment("userId", user)
                .body(r#"{"dept":"x"}"#, json),
            "PATCH",
        ),
        Method::Put => (
            Request::new(method, "/users/{userId}/status")
                .segment("userId", user)
                .body(r#"{"action":"deactivate"}"#, json),
            "PUT",
        ),
        Method::Delete => (
            Request::new(method, "/users/{userId}").segment("userId", user),
            "DELETE",
        ),
        _ => (
            Request::new(method, "/users/{userId}").segment("userId", user),
            "GET",
        ),
    }
}

/// Sends it under a fault; what came back, how often it was sent, and how often carried out.
fn send(method: Method, fault: Option<Fault>) -> (Result<Response, Error>, usize, usize) {
    let zoom = sandbox(|sandbox| sandbox);
    zoom.set_scopes(&[]);
    let client = client(&zoom);
    client.token().unwrap();
    let (request, name) = request(&zoom, method);
    if let Some(fault) = fault {
        zoom.fault(fault);
    }
    let result = client.send(&request);
    let journal = zoom.journal();
    let ours: Vec<_> = journal
        .iter()
        .filter(|entry| entry.method == name && entry.path.starts_with("/v2/users/"))
        .collect();
    (
        result,
        ours.len(),
        ours.iter().filter(|entry| entry.carried_out).count(),
    )
}

#[test]
fn cut_connections() {
    let moments = [
        ("before it was processed", Cut::BeforeProcessing, 0),
        ("before the headers", Cut::BeforeHeaders, 1),
        ("within the headers", Cut::InHeaders, 1),
        ("after the headers", Cut::AfterHeaders, 1),
        ("within the body", Cut::InBody, 1),
        ("by a reset", Cut::Reset, 1),
    ];
    for method in [
        Method::Get,
        Method::Put,
        Method::Delete,
        Method::Post,
        Method::Patch,
    ] {
        for (moment, cut, carried_out_first) in moments {
            let (result, sent, carried_out) = send(method, Some(Fault::on_api().cut(cut)));
            let case = format!("{} cut {moment}: {result:?}", method.name());
            match method {
                // The second attempt succeeds, or finds that the first one did its work.
                Method::Get | Method::Put => {
                    // An answer without a body is whole with its headers.
                    let bodiless =
                        method == Method::Put && matches!(cut, Cut::AfterHeaders | Cut::InBody);
                    assert!(result.is_ok(), "{case}");
                    assert_eq!(sent, if bodiless { 1 } else { 2 }, "{case}");
                }
                Method::Delete => {
                    assert!(matches!(&result, Ok(_) | Err(Error::NotFound(_))), "{case}");
                    // Here too an answer without a body is whole with its headers.
                    let bodiless = matches!(cut, Cut::AfterHeaders | Cut::InBody);
                    assert_eq!(sent, if bodiless { 1 } else { 2 }, "{case}");
                    assert_eq!(carried_out, 1, "{case}");
                    if let Err(error) = &result {
                        assert!(
                            error.in_doubt(),
                            "its first attempt may have done it: {case}"
                        );
                    }
                }
                _ => {
                    // An answer without a body is whole with its headers.
                    let whole = result
                        .as_ref()
                        .is_ok_and(|response| response.status() == 204);
                    if !whole {
                        let error = result.as_ref().expect_err(&case);
                        assert!(matches!(error, Error::Network(_)), "{case}");
                        assert!(error.in_doubt(), "{case}");
                    }
                    assert_eq!((sent, carried_out), (1, carried_out_first), "{case}");
                }
            }
        }
    }
}

#[test]
fn what_was_surely_not_carried_out_is_sent_again() {
    for method in [Method::Post, Method::Patch] {
        for (name, fault) in [
            ("a dead token", Fault::on_api().unauthorized()),
            (
                "a per-second limit",
                Fault::on_api().rate_limited(RateLimit::PerSecond),
            ),
        ] {
            let (result, sent, carried_out) = send(method, Some(fault));
            assert!(result.is_ok(), "{} under {name}: {result:?}", method.name());
            assert_eq!(
                (sent, carried_out),
                (2, 1),
                "{} under {name}",
                method.name()
            );
        }
    }
}

#[test]
fn server_errors_are_not_repeated_for_writers() {
    for method in [Method::Post, Method::Patch] {
        let (result, sent, carried_out) = send(
            method,
            Some(Fault::on_api().carried_out().server_error(502)),
        );
        assert!(matches!(result, Err(Error::Server(_))), "{result:?}");
        assert_eq!((sent, carried_out), (1, 1), "{}", method.name());
        assert!(
            result.unwrap_err().in_doubt(),
            "a gateway's word says nothing of what happened behind it"
        );
    }
    let (result, sent, _) = send(
        Method::Put,
        Some(Fault::on_api().carried_out().server_error(502)),
    );
    assert!(result.is_ok());
    assert_eq!(sent, 2);
}

#[test]
fn refused_connections_are_tried_again_whatever_the_method() {
    use std::net::{SocketAddr, TcpListener};
    use std::sync::atomic::{AtomicU32, Ordering};
    let zoom = sandbox(|sandbox| sandbox);
    zoom.set_scopes(&[]);
    let here: SocketAddr = zoom.url().split("//").nth(1).unwrap().parse().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let lookups = AtomicU32::new(0);
    let client = builder(&zoom, credentials(&zoom))
        .api_url(format!("http://zoom.test:{}/v2", here.port()))
        .resolver(move |_, _| match lookups.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(vec![closed]),
            _ => Ok(vec![here]),
        })
        .build()
        .unwrap();
    let (request, _) = request(&zoom, Method::Post);
    assert_eq!(
        client
            .send(&request)
            .expect("the second connection works")
            .status(),
        201
    );
    assert_eq!(zoom.api_requests(), 1);
}

#[test]
fn writers_and_readers_work_without_faults() {
    for (method, status) in [
        (Method::Get, 200),
        (Method::Post, 201),
        (Method::Patch, 204),
        (Method::Put, 204),
        (Method::Delete, 204),
    ] {
        let (result, _, _) = send(method, None);
        let response = result.unwrap_or_else(|error| panic!("{}: {error}", method.name()));
        assert_eq!(response.status(), status, "{}", method.name());
        assert!(response.tracking_id().is_some());
    }
}
