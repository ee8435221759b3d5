//! Every cell of random pages against serde_json's own tree of the same document.

use std::sync::Arc;

use serde_json::Value;

use super::generate::Random;
use super::tree::{check_page, check_user, text_of};
use super::{PageProblem, one, read_in, reference};
use crate::users::Pool;

#[test]
fn random_pages_agree_with_the_tree() {
    let pool: Arc<Pool> = Arc::default();
    let mut random = Random::new(1);
    // Some pages stay alive for a while, so that buffers come back out of order.
    let mut alive = Vec::new();
    for round in 0..4000 {
        let body = random.page();
        let page = read_in(&pool, body.as_bytes()).unwrap_or_else(|_| panic!("{round}: {body}"));
        check_page(&page, &body);
        let page = Ok(page);
        reference::check(body.as_bytes(), &page);
        let Ok(page) = page else { continue };
        if random.below(4) == 0 {
            alive.push((page, body));
        }
        if alive.len() > 5 {
            let (page, body) = alive.swap_remove(random.below(5));
            check_page(&page, &body);
        }
    }
}

#[test]
fn random_users_alone_agree_with_the_tree() {
    let mut random = Random::new(2);
    let mut read = 0;
    for round in 0..2000 {
        let body = random.user(round % 3 == 0);
        let json: Value = serde_json::from_str(&body).unwrap();
        match one(&body) {
            Ok(user) => {
                check_user(user.page(), &user, &json);
                read += 1;
            }
            Err(problem) => {
                assert_eq!(problem, PageProblem::NoUsers);
                assert_eq!(
                    (text_of(&json["id"]), text_of(&json["email"])),
                    (None, None)
                );
            }
        }
    }
    assert!(read > 200, "only {read} read");
}

#[test]
fn damaged_pages_are_read_or_refused_as_the_tree_is() {
    let mut random = Random::new(3);
    let pool: Arc<Pool> = Arc::default();
    let (mut read, mut refused) = (0, 0);
    for _ in 0..6000 {
        let mut body = random.page().into_bytes();
        let at = random.below(body.len());
        match random.below(3) {
            0 => drop(body.remove(at)),
            1 => body.insert(at, b"\"\\{}[],:0-e. \0n\xff"[random.below(16)]),
            _ => body[at] = b"\"\\{}[],:0-e. \0n\xff"[random.below(16)],
        }
        let found = read_in(&pool, &body).map_err(|unreadable| unreadable.problem);
        reference::check(&body, &found);
        match (found, serde_json::from_slice::<Value>(&body)) {
            (Ok(page), Ok(_)) => {
                assert_eq!(page.json().as_bytes(), body);
                read += 1;
            }
            (Err(_), Err(_)) => refused += 1,
            // JSON still, but no longer a page.
            (Err(ours), Ok(_)) => assert!(
                !matches!(
                    ours,
                    PageProblem::NotJson { .. } | PageProblem::NotUtf8 { .. }
                ),
                "{}: {}",
                ours,
                String::from_utf8_lossy(&body)
            ),
            // Numbers that no double holds, and halves of surrogate pairs, cost us no page.
            (Ok(_), Err(error)) => assert!(
                error.to_string().starts_with("number out of range")
                    || error.to_string().contains("surrogate")
                    || error.to_string().contains("hex escape"),
                "{error}: {}",
                String::from_utf8_lossy(&body)
            ),
        }
    }
    assert!(
        read > 500 && refused > 500,
        "{read} read, {refused} refused"
    );
}
