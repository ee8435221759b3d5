//! Buffers go round, and memory stays flat.

use std::sync::Arc;
use std::thread;

use super::{PageProblem, page_of, read_in};
use crate::users::Pool;
use crate::users::pool::Buffers;
use crate::{User, UserField, UsersPage};

const BODY: &str = r#"{"users":[{"id":"a","group_ids":["g"]}]}"#;

#[test]
fn the_last_of_a_page_returns_its_buffers() {
    let pool: Arc<Pool> = Arc::default();
    let page = read_in(&pool, BODY.as_bytes()).unwrap();
    let user = page.user(0).unwrap();
    drop(page);
    assert_eq!(pool.idle(), (1, 0));
    assert_eq!(user.id(), Some("a"));
    drop(user);
    assert_eq!(pool.idle(), (1, 1));
}

#[test]
fn a_listing_reads_every_page_into_the_same_memory() {
    let pool: Arc<Pool> = Arc::default();
    let at = |page: &UsersPage| {
        (
            page.json().as_ptr(),
            page.text(0, UserField::Id).map(str::as_ptr),
        )
    };
    let first = at(&read_in(&pool, BODY.as_bytes()).unwrap());
    for _ in 0..5000 {
        let page = read_in(&pool, BODY.as_bytes()).unwrap();
        assert_eq!(at(&page), first);
        assert_eq!(pool.idle(), (1, 0));
    }
    assert_eq!(pool.idle(), (1, 1));
}

#[test]
fn nothing_of_the_page_before_remains() {
    let pool: Arc<Pool> = Arc::default();
    let full = r#"{"users":[{"id":"a\u0000","pmi":1}],"next_page_token":"t","total_records":9,
        "page_size":1,"page_count":9,"page_number":1}"#;
    read_in(&pool, full.as_bytes()).unwrap();
    let page = read_in(&pool, br#"{"users":[{}]}"#).unwrap();
    assert_eq!((page.len(), page.next_page_token()), (1, ""));
    assert_eq!((page.total_records(), page.page_size()), (None, None));
    assert_eq!((page.page_count(), page.page_number()), (None, None));
    assert!(UserField::ALL.iter().all(|field| !page.has(0, *field)));
    drop(page);
    let page = read_in(&pool, br#"{"users":[{"id":"\u0041"}]}"#).unwrap();
    let id = page.text_with_nul(0, UserField::Id).unwrap();
    assert_eq!((id.as_str(), id.may_hold_nul()), ("A\0", false));
}

#[test]
fn a_refused_body_leaves_the_rest_to_the_pool() {
    let pool: Arc<Pool> = Arc::default();
    let refused = read_in(&pool, br#"{"users":[{"id":"a"},7]}"#).unwrap_err();
    assert_eq!(refused.problem, PageProblem::UserNotAnObject { row: 1 });
    assert_eq!(pool.idle(), (0, 1));
    assert_eq!(read_in(&pool, BODY.as_bytes()).unwrap().len(), 1);
}

#[test]
fn a_page_outlives_its_pool() {
    // `page_of` makes a pool and drops it.
    let page = page_of(r#"{"id":"a"}"#);
    let users: Vec<User> = page.into_iter().collect();
    assert_eq!(users[0].id(), Some("a"));
    assert_eq!(users[0].json(), r#"{"id":"a"}"#);
}

#[test]
fn idle_memory_is_bounded() {
    let pool = Pool::default();
    pool.give(Buffers::default());
    pool.give_body(Vec::new());
    assert_eq!(pool.idle(), (0, 0), "nothing worth keeping");
    pool.give_body(Vec::with_capacity(Pool::KEPT_BYTES + 1));
    assert_eq!(pool.idle(), (0, 0), "too large");
    for _ in 0..10 {
        pool.give_body(vec![b' '; Pool::KEPT_BYTES / 4]);
    }
    assert_eq!(pool.idle(), (4, 0), "no more than fits");
    for _ in 0..10 {
        pool.give(Buffers {
            text: " ".repeat(Pool::KEPT_BYTES / 4),
            ..Buffers::default()
        });
    }
    assert_eq!(pool.idle(), (4, 4), "bodies take no room from pages");
    pool.take_body();
    assert!(pool.take().text.is_empty());
    assert_eq!(pool.idle(), (3, 3));
    pool.give_body(vec![b' '; Pool::KEPT_BYTES / 4]);
    assert_eq!(pool.idle(), (4, 3), "what was taken makes room");
}

#[test]
fn threads_share_pages_and_pool() {
    let pool: Arc<Pool> = Arc::default();
    let shared = read_in(&pool, BODY.as_bytes()).unwrap();
    thread::scope(|scope| {
        for name in ["b", "c", "d", "e"] {
            let (pool, shared) = (&pool, shared.clone());
            scope.spawn(move || {
                let body = BODY.replace("\"a\"", &format!("\"{name}\""));
                for _ in 0..500 {
                    let page = read_in(pool, body.as_bytes()).unwrap();
                    assert_eq!(page.user(0).unwrap().id(), Some(name));
                    assert_eq!(shared.user_json(0), Some(r#"{"id":"a","group_ids":["g"]}"#));
                }
            });
        }
    });
}
