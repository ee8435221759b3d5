use super::{APART, grants};

/// What is held, what that grants, what it does not.
const TABLE: &[(&str, &str, &str)] = &[
    // The very scope, whatever it is. Part of a name is not the name, and case counts.
    ("a b  c scim2", "a b c scim2", "d ab"),
    ("", "", "user:read:admin a"),
    (
        "user:read:list_users:admin",
        "user:read:list_users:admin",
        "user:read:list_users",
    ),
    (
        "user:read:list_users",
        "user:read:list_users",
        "user:read:list_users:admin",
    ),
    (
        "User:read:admin",
        "User:read:admin",
        "user:read:admin user:read:user:admin",
    ),
    // Reading. Levels are apart, in both directions; so are classic scopes.
    (
        "meeting:read:admin user:read:admin",
        "user:read:list_users:admin user:read:settings:admin meeting:read:list_meetings:admin",
        "group:read:list_groups:admin user:read:list_users user:read:list_users:master \
         user:Read:list_users:admin user:write:user:admin user:update:user:admin \
         user:delete:user:admin user:read user:read:master:admin",
    ),
    (
        "user:read",
        "user:read:list_users",
        "user:read:list_users:admin user:read:admin user:read:master user:read:admin:admin",
    ),
    (
        "user:read:master",
        "user:read:list_users:master",
        "user:write:user:master",
    ),
    // Writing is writing, updating and deleting, not reading.
    (
        "user:write:admin",
        "user:write:user:admin user:update:status:admin user:delete:user:admin",
        "user:read:user:admin user:read:admin user:check:user:admin",
    ),
    (
        "user:write",
        "user:update:settings",
        "user:update:settings:admin",
    ),
    (
        "user:write:master",
        "user:delete:user:master",
        "user:delete:user:admin",
    ),
    (
        "tasks:delete",
        "tasks:delete:task",
        "tasks:update:task tasks:write:task",
    ),
    // The short form for sub accounts stands for every action.
    (
        "user:master",
        "user:read:list_users:master user:delete:user:master",
        "group:read:list_groups:master user:read:list_users:admin user:read:list_users",
    ),
    ("user", "user", "user:read:list_users"),
    ("user:admin", "user:admin", "user:read:list_users:admin"),
    // A granular scope covers nothing but itself.
    (
        "user:read:list_users:admin",
        "",
        "user:read:admin user:read:user:admin",
    ),
    (
        "user:read:x:y:admin",
        "",
        "user:read:x:admin user:read:y:admin",
    ),
    ("user:read:admin", "", "user:read:list_users:extra:admin"),
    // Renamed resources.
    (
        "recording:read:admin",
        "cloud_recording:read:list_user_recordings:admin",
        "zoom_rooms:read:list_rooms:admin cloud_recording:delete:recording_file:admin",
    ),
    (
        "recording:write",
        "cloud_recording:delete:recording_file",
        "",
    ),
    ("room:read:admin", "zoom_rooms:read:list_rooms:admin", ""),
    (
        "room:write:admin",
        "zoom_rooms:update:room_control:admin",
        "",
    ),
    ("cloud_recording:read:admin", "", "recording:read:x:admin"),
    (
        "chat_message:read:admin",
        "",
        "team_chat:read:list_user_channels:admin",
    ),
    // Kept apart from the classic scope of their resource.
    (
        "meeting:read:admin",
        "",
        "meeting:read:local_recording_token:admin",
    ),
    (
        "webinar:write",
        "webinar:write:webinar",
        "webinar:write:sip_dialing",
    ),
    (
        "webinar:write:sip_dialing",
        "webinar:write:sip_dialing",
        "webinar:write:webinar",
    ),
];

#[test]
fn scopes_grant_what_they_name_and_what_classic_ones_cover() {
    for (held, granted, denied) in TABLE {
        for wanted in granted.split_whitespace() {
            assert!(
                grants(held.split_whitespace(), wanted),
                "{held:?}: {wanted}"
            );
        }
        for wanted in denied.split_whitespace() {
            assert!(
                !grants(held.split_whitespace(), wanted),
                "{held:?}: {wanted}"
            );
        }
    }
}

#[test]
fn no_name_is_no_scope() {
    assert!(!grants([""], ""));
    assert!(!grants(["user:read"], ""));
    assert!(!grants(&[String::new()], "user:read:admin"));
    assert!(grants(&[String::from("user:read")], "user:read:user"));
}

#[test]
fn what_is_apart_is_apart_at_every_level() {
    for (resource, detail) in APART {
        for action in ["read", "write"] {
            for level in ["", ":admin", ":master"] {
                let held = format!("{resource}:{action}{level}");
                let apart = format!("{resource}:{action}:{detail}{level}");
                let other = format!("{resource}:{action}:other{level}");
                assert!(!grants([&held], &apart), "{apart}");
                assert!(grants([&held], &other), "{other}");
            }
        }
    }
}
