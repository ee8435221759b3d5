//! Bodies that are no page.

use super::{PageProblem, one, page, problem};

#[test]
fn each_problem_is_told_apart() {
    use PageProblem as P;
    let cases: &[(&str, PageProblem)] = &[
        ("", P::NotJson { line: 1, column: 0 }),
        ("<html>", P::NotJson { line: 1, column: 1 }),
        ("{\"users\":[{},\n]}", P::NotJson { line: 2, column: 1 }),
        (
            r#"{"users":[]}x"#,
            P::NotJson {
                line: 1,
                column: 13,
            },
        ),
        (
            r#"{"users":[]}{}"#,
            P::NotJson {
                line: 1,
                column: 13,
            },
        ),
        (
            "{\"users\":[{\"id\":\"a\nb\"}]}",
            P::NotJson {
                line: 1,
                column: 19,
            },
        ),
        ("null", P::NotAnObject),
        ("[]", P::NotAnObject),
        ("\"users\"", P::NotAnObject),
        ("17", P::NotAnObject),
        ("{}", P::NoUsers),
        (
            r#"{"code":124,"message":"Invalid access token."}"#,
            P::NoUsers,
        ),
        (r#"{"users":null,"code":300}"#, P::NoUsers),
        (r#"{"users":[],"users":null}"#, P::NoUsers),
        (r#"{"Users":[]}"#, P::NoUsers),
        (r#"{"users":{}}"#, P::UsersNotAList),
        (r#"{"users":""}"#, P::UsersNotAList),
        (r#"{"users":1.5}"#, P::UsersNotAList),
        (r#"{"users":[{},null]}"#, P::UserNotAnObject { row: 1 }),
        (
            r#"{"users":[{"pmi":1.5},7]}"#,
            P::UserNotAnObject { row: 1 },
        ),
        (r#"{"users":[[]]}"#, P::UserNotAnObject { row: 0 }),
        (r#"{"next_page_token":{},"users":[]}"#, P::TokenNotText),
        (r#"{"users":[],"next_page_token":false}"#, P::TokenNotText),
        (r#"{"users":[],"next_page_token":["a"]}"#, P::TokenNotText),
    ];
    for (body, expected) in cases {
        assert_eq!(problem(body), *expected, "{body}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    assert_eq!(
        problem(b"{\"users\":[{\"id\":\"\xff\"}]}"),
        PageProblem::NotUtf8 { offset: 17 }
    );
    assert_eq!(problem(b"\x1f\x8b\x08"), PageProblem::NotUtf8 { offset: 1 });
    assert_eq!(
        problem(b"{\"users\":[\"\xed\xa0\x80\"]}"),
        PageProblem::NotUtf8 { offset: 11 }
    );
}

#[test]
fn words_name_the_place_and_never_the_content() {
    let body = r#"{"users":[{"email":"secret@example.com"},"secret"]}"#;
    assert_eq!(
        problem(body).to_string(),
        "entry 1 of `users` is not an object"
    );
    let cut = &body[..30];
    assert_eq!(
        problem(cut).to_string(),
        "not valid JSON at line 1 column 30"
    );
    assert_eq!(problem(b"\xff").to_string(), "not valid UTF-8 at byte 0");
    let debug = format!("{:?}", super::read_in(&Default::default(), cut.as_bytes()));
    assert!(!debug.contains("secret"), "{debug}");
}

#[test]
fn a_page_cut_anywhere_is_refused() {
    let whole = r#" {"page_size":3e0,"next_page_token":"t\u0041","users":[{"id":"a","pmi":12,
        "group_ids":["g",null],"custom_attributes":[{"key":"k","value":"\ud83d\ude00"}],
        "license_info_list":[{"license_option":576460752303423488}],"x":{"y":[true,{}]}},
        {"email":"Zoë@example.com","verified":false}],"more":-1.5e-3}"#;
    page(whole);
    for cut in 0..whole.len() {
        let problem = problem(&whole.as_bytes()[..cut]);
        let expected = matches!(
            problem,
            PageProblem::NotJson { .. } | PageProblem::NotUtf8 { .. }
        );
        assert!(expected, "{cut}: {problem}");
    }
}

#[test]
fn nesting_never_exhausts_the_stack() {
    let open = |text: &str| format!("{text}{}", "[".repeat(1_000_000));
    assert_eq!(problem(open("")), PageProblem::NotAnObject);
    assert_eq!(
        problem(open(r#"{"users":["#)),
        PageProblem::UserNotAnObject { row: 0 }
    );
    for before in [
        r#"{"x":"#,
        r#"{"users":[{"id":"#,
        r#"{"users":[{"pmi":"#,
        r#"{"users":[{"jid":"#,
        r#"{"users":[{"group_ids":"#,
        r#"{"users":[{"custom_attributes":"#,
        r#"{"users":[{"custom_attributes":[{"key":"#,
    ] {
        let found = problem(open(before));
        assert!(
            matches!(found, PageProblem::NotJson { .. }),
            "{before}: {found}"
        );
    }
    // Values that are skipped may nest as they like: skipping takes no stack.
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let page = page(&format!(r#"{{"users":[{{"id":"a","jid":{deep}}}]}}"#));
    assert_eq!(page.user(0).unwrap().member_json("jid"), Some(&*deep));
}

#[test]
fn a_user_alone_may_be_an_error_in_disguise() {
    let user = one(r#"{"id":"a","email":"a@example.com"}"#).unwrap();
    assert_eq!((user.id(), user.email()), (Some("a"), "a@example.com"));
    assert_eq!(user.page().next_page_token(), "");
    assert!(one(r#"{"email":"a@example.com","status":"pending"}"#).is_ok());
    let cases = [
        (
            r#"{"code":1001,"message":"User does not exist."}"#,
            PageProblem::NoUsers,
        ),
        (r#"{"id":null}"#, PageProblem::NoUsers),
        ("[]", PageProblem::NotAnObject),
        (
            r#"{"id":"a"} x"#,
            PageProblem::NotJson {
                line: 1,
                column: 12,
            },
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(one(body).unwrap_err(), expected, "{body}");
    }
}
