//! The numbers that cross the C interface: pinned for ever, the same in the SDK, and named alike.

#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::process::Command;

use support::c::{compile, compiler, folder, succeed, text};
use support::declared::enumerations;
use support::{has_tool, skip};
use zoom_s2s::{Counter, ErrorStatus, FieldKind, UserField};

/// Every constant with its number, for ever: lines are added here, and never changed or taken away.
const PINNED: &[(&str, &[(&str, i32)])] = &[
    (
        "zoom_s2s_status",
        &[
            ("ZOOM_S2S_OK", 0),
            ("ZOOM_S2S_INVALID_ARGUMENT", 1),
            ("ZOOM_S2S_CONFIG", 2),
            ("ZOOM_S2S_NETWORK", 10),
            ("ZOOM_S2S_TLS", 11),
            ("ZOOM_S2S_TIMEOUT", 12),
            ("ZOOM_S2S_CANCELLED", 13),
            ("ZOOM_S2S_SHUTDOWN", 14),
            ("ZOOM_S2S_CREDENTIALS", 20),
            ("ZOOM_S2S_UNAUTHORIZED", 21),
            ("ZOOM_S2S_MISSING_SCOPE", 22),
            ("ZOOM_S2S_FORBIDDEN", 23),
            ("ZOOM_S2S_NOT_FOUND", 30),
            ("ZOOM_S2S_RATE_LIMITED", 31),
            ("ZOOM_S2S_SERVER", 32),
            ("ZOOM_S2S_REJECTED", 33),
            ("ZOOM_S2S_BAD_RESPONSE", 40),
            ("ZOOM_S2S_TOO_LARGE", 41),
            ("ZOOM_S2S_INCOMPLETE", 42),
            ("ZOOM_S2S_STORE", 50),
            ("ZOOM_S2S_INTERNAL", 90),
        ],
    ),
    (
        "zoom_s2s_cloud",
        &[
            ("ZOOM_S2S_CLOUD_COMMERCIAL", 1),
            ("ZOOM_S2S_CLOUD_GOVERNMENT", 2),
        ],
    ),
    (
        "zoom_s2s_user_status",
        &[
            ("ZOOM_S2S_STATUS_ACTIVE", 1),
            ("ZOOM_S2S_STATUS_INACTIVE", 2),
            ("ZOOM_S2S_STATUS_PENDING", 3),
            ("ZOOM_S2S_STATUS_ALL", 4),
        ],
    ),
    (
        "zoom_s2s_include_fields",
        &[
            ("ZOOM_S2S_INCLUDE_CUSTOM_ATTRIBUTES", 1),
            ("ZOOM_S2S_INCLUDE_HOST_KEY", 2),
        ],
    ),
    (
        "zoom_s2s_license",
        &[
            ("ZOOM_S2S_LICENSE_WORKFORCE_MANAGEMENT", 1),
            ("ZOOM_S2S_LICENSE_COMPLIANCE_MANAGEMENT", 2),
        ],
    ),
    (
        "zoom_s2s_user_field",
        &[
            ("ZOOM_S2S_USER_ID", 1),
            ("ZOOM_S2S_USER_EMAIL", 2),
            ("ZOOM_S2S_USER_TYPE", 3),
            ("ZOOM_S2S_USER_FIRST_NAME", 4),
            ("ZOOM_S2S_USER_LAST_NAME", 5),
            ("ZOOM_S2S_USER_DISPLAY_NAME", 6),
            ("ZOOM_S2S_USER_STATUS", 7),
            ("ZOOM_S2S_USER_PMI", 8),
            ("ZOOM_S2S_USER_TIMEZONE", 9),
            ("ZOOM_S2S_USER_DEPT", 10),
            ("ZOOM_S2S_USER_LANGUAGE", 11),
            ("ZOOM_S2S_USER_PHONE_NUMBER", 12),
            ("ZOOM_S2S_USER_PIC_URL", 13),
            ("ZOOM_S2S_USER_VANITY_URL", 14),
            ("ZOOM_S2S_USER_CLUSTER", 15),
            ("ZOOM_S2S_USER_CREATED_AT", 16),
            ("ZOOM_S2S_USER_USER_CREATED_AT", 17),
            ("ZOOM_S2S_USER_LAST_LOGIN_TIME", 18),
            ("ZOOM_S2S_USER_LAST_CLIENT_VERSION", 19),
            ("ZOOM_S2S_USER_EMPLOYEE_UNIQUE_ID", 20),
            ("ZOOM_S2S_USER_HOST_KEY", 21),
            ("ZOOM_S2S_USER_ROLE_ID", 22),
            ("ZOOM_S2S_USER_PLAN_UNITED_TYPE", 23),
            ("ZOOM_S2S_USER_VERIFIED", 24),
            ("ZOOM_S2S_USER_GROUP_IDS", 25),
            ("ZOOM_S2S_USER_IM_GROUP_IDS", 26),
            ("ZOOM_S2S_USER_DIVISION_IDS", 27),
            ("ZOOM_S2S_USER_CUSTOM_ATTRIBUTES", 28),
            ("ZOOM_S2S_USER_LICENSE_INFO_LIST", 29),
        ],
    ),
    (
        "zoom_s2s_field_kind",
        &[
            ("ZOOM_S2S_KIND_TEXT", 1),
            ("ZOOM_S2S_KIND_NUMBER", 2),
            ("ZOOM_S2S_KIND_LIST", 3),
        ],
    ),
    (
        "zoom_s2s_stat",
        &[
            ("ZOOM_S2S_STAT_TOKEN_REQUESTS", 1),
            ("ZOOM_S2S_STAT_TOKENS_OBTAINED", 2),
            ("ZOOM_S2S_STAT_REFRESHES_FAILED", 3),
            ("ZOOM_S2S_STAT_TOKENS_REJECTED", 4),
            ("ZOOM_S2S_STAT_TUG_OF_WAR", 5),
            ("ZOOM_S2S_STAT_API_REQUESTS", 6),
            ("ZOOM_S2S_STAT_RETRIES", 7),
            ("ZOOM_S2S_STAT_RATE_LIMITED", 8),
            ("ZOOM_S2S_STAT_CONNECTIONS", 9),
            ("ZOOM_S2S_STAT_DNS_LOOKUPS", 10),
            ("ZOOM_S2S_STAT_TRUST_STORE_READS", 11),
            ("ZOOM_S2S_STAT_HELPER_THREADS", 12),
            ("ZOOM_S2S_STAT_STORE_OPERATIONS", 13),
            ("ZOOM_S2S_STAT_STORE_FAILURES", 14),
            ("ZOOM_S2S_STAT_TOKENS_ADOPTED", 15),
            ("ZOOM_S2S_STAT_FETCHED_ALONE", 16),
        ],
    ),
];

/// The constants of an enumeration, without their prefix.
fn constants(enumeration: &str, prefix: &str) -> Vec<(String, i32)> {
    let all = enumerations();
    let (_, constants) = all
        .iter()
        .find(|(name, _)| name == enumeration)
        .unwrap_or_else(|| panic!("no enum {enumeration}"));
    constants
        .iter()
        .map(|(name, number)| {
            let bare = name.strip_prefix(prefix);
            let bare = bare.unwrap_or_else(|| panic!("{name} does not begin with {prefix}"));
            (bare.to_owned(), *number)
        })
        .collect()
}

/// `NotFound` as `NOT_FOUND`.
fn shouted(name: &str) -> String {
    let mut shouted = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !shouted.is_empty() {
            shouted.push('_');
        }
        shouted.extend(letter.to_uppercase());
    }
    shouted
}

#[test]
fn the_numbers_are_pinned() {
    let pinned: Vec<(String, Vec<(String, i32)>)> = PINNED
        .iter()
        .map(|(name, constants)| {
            let constants = constants
                .iter()
                .map(|(name, number)| ((*name).into(), *number));
            ((*name).into(), constants.collect())
        })
        .collect();
    assert_eq!(enumerations(), pinned);
    for (name, constants) in &pinned {
        let numbers: BTreeSet<i32> = constants.iter().map(|(_, number)| *number).collect();
        assert_eq!(numbers.len(), constants.len(), "{name} uses a number twice");
    }
}

#[test]
fn the_numbers_are_those_of_the_sdk() {
    let mut statuses = vec![("OK".to_owned(), 0)];
    let known = ErrorStatus::ALL.iter();
    statuses.extend(known.map(|status| (shouted(&format!("{status:?}")), status.code())));
    assert_eq!(constants("zoom_s2s_status", "ZOOM_S2S_"), statuses);

    let fields = UserField::ALL.iter();
    let fields: Vec<_> = fields
        .map(|field| (field.name().to_uppercase(), field.number()))
        .collect();
    assert_eq!(constants("zoom_s2s_user_field", "ZOOM_S2S_USER_"), fields);

    let counters = Counter::ALL.iter();
    let counters: Vec<_> = counters
        .map(|counter| (counter.name().to_uppercase(), *counter as i32))
        .collect();
    assert_eq!(constants("zoom_s2s_stat", "ZOOM_S2S_STAT_"), counters);
}

/// What a C program says of the numbers' names, and what the SDK does.
#[test]
fn the_names_of_the_numbers_reach_c() {
    let test = "the_names_of_the_numbers_reach_c";
    if !has_tool("cc") {
        return skip(test, "cc");
    }
    let mut prints = String::new();
    let mut expected = String::new();
    for (_, constants) in enumerations() {
        for (name, number) in constants {
            writeln!(prints, "    printf(\"{name} %d\\n\", (int){name});").unwrap();
            writeln!(expected, "{name} {number}").unwrap();
        }
    }
    let statuses = constants("zoom_s2s_status", "ZOOM_S2S_");
    let kinds: BTreeMap<_, _> = constants("zoom_s2s_field_kind", "ZOOM_S2S_KIND_")
        .into_iter()
        .collect();
    for number in [i32::MIN, i32::MAX].into_iter().chain(-3..=120) {
        let status = statuses.iter().find(|(_, known)| *known == number);
        let status = status.map_or("", |(name, _)| name);
        let field = UserField::from_number(number);
        let name = field.map_or("", |field| field.name());
        let kind = field.map_or(0, |field| match field.kind() {
            FieldKind::Text => kinds["TEXT"],
            FieldKind::Number => kinds["NUMBER"],
            FieldKind::List => kinds["LIST"],
            _ => panic!("a kind without a number"),
        });
        let mut counters = Counter::ALL.iter();
        let counter = counters.find(|counter| **counter as i32 == number);
        let counter = counter.map_or("", |counter| counter.name());
        let back = field.map_or(0, UserField::number);
        write!(
            expected,
            "{number} [{status}] [{counter}] [{name}] {back} {kind}"
        )
        .unwrap();
        let keys = field.map_or(&[][..], |field| field.entry_keys());
        for index in 0..4 {
            write!(expected, " [{}]", keys.get(index).unwrap_or(&"")).unwrap();
        }
        expected.push('\n');
    }

    let folder = folder(test);
    let (source, program) = (folder.join("names.c"), folder.join("names"));
    fs::write(&source, NAMES.replace("@PRINTS@", &prints)).expect("the source is written");
    compile(&compiler("c"), &[&source], &[] as &[&str], &program);
    let output = succeed(&mut Command::new(&program));
    let said = text(&output.stdout);
    for (said, expected) in said.lines().zip(expected.lines()) {
        assert_eq!(said, expected);
    }
    assert_eq!(said, expected);
}

const NAMES: &str = r#"
#include <stdio.h>
#include "zoom_s2s.h"

static void show(int32_t number)
{
    const char *name = zoom_s2s_user_field_name(number);
    printf("%d [%s] [%s] [%s] %d %d", (int)number, zoom_s2s_status_name(number),
           zoom_s2s_stat_name(number), name, (int)zoom_s2s_user_field_number(name),
           (int)zoom_s2s_user_field_kind(number));
    for (size_t index = 0; index < 4; index++)
        printf(" [%s]", zoom_s2s_user_field_entry_key(number, index));
    puts("");
}

int main(void)
{
@PRINTS@
    show(INT32_MIN);
    show(INT32_MAX);
    for (int32_t number = -3; number <= 120; number++)
        show(number);
    return 0;
}
"#;
