//! What needs no socket: texts, handles, exclusive use, the static error.
// Tests may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::ok_expect)]

use std::ffi::{CStr, c_char};
use std::ptr;
use std::sync::Arc;

use super::error::*;
use super::handle::{Exclusive, create};
use super::numbers;
use super::request::*;
use super::sheet::Sheet;
use super::terminated::Terminated;
use super::text::*;
use super::users_page::*;
use super::users_query::*;
use crate::users::Pool;
use crate::{ErrorStatus, UsersPage};

const ID: i32 = numbers::zoom_s2s_user_field::ZOOM_S2S_USER_ID as i32;
const EMAIL: i32 = numbers::zoom_s2s_user_field::ZOOM_S2S_USER_EMAIL as i32;
const PMI: i32 = numbers::zoom_s2s_user_field::ZOOM_S2S_USER_PMI as i32;
const GROUPS: i32 = numbers::zoom_s2s_user_field::ZOOM_S2S_USER_GROUP_IDS as i32;

fn page(json: &str) -> *mut zoom_s2s_users_page {
    let pool = Arc::new(Pool::default());
    let page = UsersPage::read(json.as_bytes().to_vec(), &pool)
        .ok()
        .expect("a page");
    create(super::users_page::State::new(page))
}

fn words(text: *const c_char) -> String {
    // SAFETY: all texts of the interface end with a NUL.
    unsafe { CStr::from_ptr(text) }
        .to_str()
        .expect("UTF-8")
        .to_owned()
}

#[test]
fn cells_are_terminated_and_hold_no_nul() {
    let page = page(
        r#"{"total_records":2,"users":[
            {"id":"a\u0000b","email":"","pmi":7,"group_ids":["x","\u0000"]},
            {"email":"jane@example.com"}]}"#,
    );
    // SAFETY: the page lives until the end.
    unsafe {
        let mut length = 99;
        let id = zoom_s2s_users_page_text(page, 0, ID, &mut length);
        assert_eq!((words(id), length), ("a\u{fffd}b".to_owned(), 5));
        assert_eq!(zoom_s2s_users_page_has(page, 0, EMAIL), 1);
        assert_eq!(
            words(zoom_s2s_users_page_text(page, 0, EMAIL, ptr::null_mut())),
            ""
        );
        assert_eq!(zoom_s2s_users_page_has(page, 1, ID), 0);
        assert_eq!(
            words(zoom_s2s_users_page_text(page, 1, ID, &mut length)),
            ""
        );
        assert_eq!(length, 0);
        assert_eq!(
            words(zoom_s2s_users_page_text(page, 9, ID, &mut length)),
            ""
        );
        assert_eq!(
            words(zoom_s2s_users_page_text(page, 0, -1, &mut length)),
            ""
        );
        assert_eq!(zoom_s2s_users_page_number(page, 0, PMI, -5), 7);
        assert_eq!(zoom_s2s_users_page_number(page, 1, PMI, -5), -5);
        assert_eq!(zoom_s2s_users_page_list_count(page, 0, GROUPS), 2);
        let entry = |index| {
            words(zoom_s2s_users_page_list_text(
                page,
                0,
                GROUPS,
                index,
                ptr::null(),
                ptr::null_mut(),
            ))
        };
        assert_eq!([entry(0), entry(1), entry(2)], ["x", "\u{fffd}", ""]);
        let user = zoom_s2s_users_page_user_json(page, 1, &mut length);
        assert_eq!(words(user), r#"{"email":"jane@example.com"}"#);
        assert_eq!(length, words(user).len());
        assert_eq!(
            words(zoom_s2s_users_page_user_json(page, 2, &mut length)),
            ""
        );
        assert!(words(zoom_s2s_users_page_json(page, &mut length)).starts_with("{\"total"));
        zoom_s2s_users_page_free(page);
    }
}

#[test]
fn columns() {
    let page = page(
        r#"{"users":[{"email":"é","pmi":1},{"email":null,"pmi":-20},{"email":""},{"email":"a\u0000"}]}"#,
    );
    let (mut texts, mut offsets, mut present) = (ptr::null(), ptr::null(), ptr::null());
    // SAFETY: the page lives until the end; a column has one offset more than the page has rows.
    unsafe {
        let mut column = |field| {
            let error = ptr::null_mut();
            let status = zoom_s2s_users_page_column(
                page,
                field,
                &mut texts,
                &mut offsets,
                &mut present,
                error,
            );
            assert_eq!(status, 0);
            let offsets = std::slice::from_raw_parts(offsets, 5);
            let rows: Vec<_> = offsets
                .windows(2)
                .map(|ends| {
                    assert_eq!(*texts.add(ends[1] as usize - 1), 0);
                    words(texts.add(ends[0] as usize))
                })
                .collect();
            (rows, words(present))
        };
        assert_eq!(
            column(EMAIL),
            (
                vec!["é".into(), String::new(), String::new(), "a\u{fffd}".into()],
                "1011".into()
            )
        );
        assert_eq!(
            column(PMI),
            (
                vec!["1".into(), "-20".into(), String::new(), String::new()],
                "1100".into()
            )
        );
        let mut error = ptr::null_mut();
        let places = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let status =
            zoom_s2s_users_page_column(page, GROUPS, places.0, places.1, places.2, &mut error);
        assert_eq!(status, 1);
        assert!(words(zoom_s2s_error_message(error)).contains("list"));
        zoom_s2s_error_free(error);
        zoom_s2s_users_page_free(page);
    }
}

#[test]
fn members() {
    let page = page(r#"{"users":[{"email":"a","x":{"y":[1, 2]}}]}"#);
    // SAFETY: the handles live until they are freed.
    unsafe {
        for (row, name, expected) in [
            (0, c"x", Some("{\"y\":[1, 2]}")),
            (0, c"z", None),
            (1, c"x", None),
        ] {
            let (mut text, mut length) = (ptr::null_mut(), 0);
            let error = ptr::null_mut();
            let status =
                zoom_s2s_users_page_member_json(page, row, name.as_ptr(), &mut text, error);
            assert_eq!((status, text.is_null()), (0, expected.is_none()));
            assert_eq!(
                words(zoom_s2s_text_value(text, &mut length)),
                expected.unwrap_or_default()
            );
            assert_eq!(length, expected.unwrap_or_default().len());
            zoom_s2s_text_free(text);
        }
        zoom_s2s_users_page_free(page);
    }
}

#[test]
fn wrong_handles_are_told_and_left_alone() {
    let text: *mut zoom_s2s_text = create(Terminated::text("alive"));
    let mut error = ptr::null_mut();
    // SAFETY: live handles, some of another type than the parameter's.
    unsafe {
        let status = zoom_s2s_users_query_set_page_size(text.cast(), 10, &mut error);
        assert_eq!(status, 1);
        assert!(
            words(zoom_s2s_error_message(error)).contains("query is not a zoom_s2s_users_query")
        );
        zoom_s2s_error_free(error);
        zoom_s2s_users_query_free(text.cast());
        zoom_s2s_users_page_free(text.cast());
        zoom_s2s_error_free(text.cast());
        assert_eq!(zoom_s2s_error_status(text.cast()), 1);
        assert_eq!(zoom_s2s_error_status(ptr::null()), 0);
        assert_eq!(words(zoom_s2s_text_value(text, ptr::null_mut())), "alive");
        let misaligned: *mut zoom_s2s_text = text.byte_add(1);
        assert_eq!(words(zoom_s2s_text_value(misaligned, ptr::null_mut())), "");
        zoom_s2s_text_free(text);
    }
}

#[test]
fn one_thread_at_a_time() {
    let shared = Exclusive::new(5);
    let mut first = shared.take("config").ok().expect("free");
    *first += 1;
    let second = shared.take("config").err().expect("busy");
    assert_eq!(second.status(), 1);
    assert!(shared.is_busy());
    drop(first);
    assert_eq!(*shared.take("config").ok().expect("free again"), 6);
}

#[test]
fn a_failed_change_changes_nothing() {
    let (mut request, mut error) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the request lives until the end.
    unsafe {
        let (method, path) = (c"GET".as_ptr(), c"/users".as_ptr());
        assert_eq!(
            zoom_s2s_request_new(method, path, &mut request, &mut error),
            0
        );
        let bad = c"\xff".as_ptr();
        let status = zoom_s2s_request_add_query(request, c"a".as_ptr(), bad, &mut error);
        assert_eq!(status, 1);
        assert!(words(zoom_s2s_error_text(error)).starts_with("value is not UTF-8"));
        zoom_s2s_error_free(error);
        assert_eq!(
            zoom_s2s_request_set_timeout_ms(request, 0, ptr::null_mut()),
            1
        );
        assert_eq!(
            zoom_s2s_request_set_timeout_ms(request, 1, ptr::null_mut()),
            0
        );
        let status = zoom_s2s_request_set_body(request, ptr::null(), 3, path, &mut error);
        assert_eq!(status, 1);
        assert!(words(zoom_s2s_error_text(error)).contains("body is NULL"));
        zoom_s2s_error_free(error);
        zoom_s2s_request_free(request);
    }
}

#[test]
fn the_static_error_can_be_read_and_freed_for_ever() {
    let (status, error) = panicked();
    assert_eq!(status, ErrorStatus::Internal.code());
    for _ in 0..3 {
        // SAFETY: it is static.
        unsafe {
            assert_eq!(zoom_s2s_error_status(error), status);
            assert!(words(zoom_s2s_error_text(error)).contains("defect"));
            assert_eq!(zoom_s2s_error_has_body(error), 0);
            zoom_s2s_error_free(error);
        }
    }
}

#[test]
fn sheets() {
    let body = r#"{"users":[{"id":"a"},{"id":""},{"id":"b\u0000c"},{}]}"#;
    let page = UsersPage::read(body.into(), &Arc::default())
        .ok()
        .expect("a page");
    let sheet = Sheet::of_texts((0..4).map(|row| page.text_with_nul(row, crate::UserField::Id)));
    assert_eq!(sheet.row(0), Some(&b"a\0"[..]));
    assert_eq!(sheet.row(2), Some("b\u{fffd}c\0".as_bytes()));
    assert_eq!(sheet.row(4), None);
    assert_eq!(sheet.present().as_bytes(), b"1110");
    let sheet = Sheet::of_json([Some("a"), None, Some("")].into_iter());
    assert_eq!(sheet.row(0), Some(&b"a\0"[..]));
    assert_eq!(sheet.row(1), Some(&b"\0"[..]));
    assert_eq!(sheet.row(3), None);
    assert_eq!(sheet.present().as_bytes(), b"101");
    assert_eq!(Sheet::of_json(std::iter::empty()).row(0), None);
    let numbers = [0, 7, -10, 1_234_567_890, i64::MAX, i64::MIN];
    let sheet = Sheet::of_numbers(numbers.iter().copied().map(Some).chain([None]));
    for (row, number) in numbers.iter().enumerate() {
        let text = format!("{number}\0");
        assert_eq!(sheet.row(row), Some(text.as_bytes()));
    }
    assert_eq!(sheet.row(numbers.len()), Some(&b"\0"[..]));
    assert_eq!(sheet.present().as_bytes(), b"1111110");
}

#[test]
fn every_status_has_a_name() {
    assert_eq!(numbers::status_name(0), c"OK");
    assert_eq!(numbers::status_name(-1), c"");
    assert_eq!(numbers::status_name(3), c"");
    for status in ErrorStatus::ALL {
        let name = numbers::status_name(status.code()).to_str().expect("ASCII");
        assert_eq!(name.replace('_', ""), format!("{status:?}").to_uppercase());
    }
}
