//! What the scopes of a token allow.
//!
//! Zoom has two vocabularies. An app made before 2024 holds classic scopes, which are wide:
//! `user:read:admin`. A newer one holds granular scopes, one for a kind of data:
//! `user:read:list_users:admin`. Error messages and documents ask for either.

/// Resources that were renamed as a whole. The chat and dashboard scopes are not here: there
/// several classic resources went into one granular resource, so the name alone says too little.
const RENAMED: [(&str, &str); 2] = [("recording", "cloud_recording"), ("room", "zoom_rooms")];

/// What the classic scope of the resource never covered: it had classic scopes of its own, such
/// as `meeting_token:read:admin:local_recording` or `webinar:write:sip_dialing`.
const APART: [(&str, &str); 9] = [
    ("chat_channel", "member"),
    ("meeting", "live_streaming_token"),
    ("meeting", "local_archiving_token"),
    ("meeting", "local_recording_token"),
    ("meeting", "sip_dialing"),
    ("webinar", "live_streaming_token"),
    ("webinar", "local_archiving_token"),
    ("webinar", "local_recording_token"),
    ("webinar", "sip_dialing"),
];

/// Whether a token with the scopes `held` may do what `wanted` names: it lists that scope, or a
/// classic one that covers it. Where Zoom's documents leave doubt the answer is no.
pub(crate) fn grants(held: impl IntoIterator<Item = impl AsRef<str>>, wanted: &str) -> bool {
    let granular = Granular::parse(wanted);
    held.into_iter().any(|held| {
        let held = held.as_ref();
        let covers = |granular| Classic::parse(held).is_some_and(|it| it.covers(granular));
        (held == wanted && !held.is_empty()) || granular.as_ref().is_some_and(covers)
    })
}

/// Whose data: one's own, the account's, or the sub accounts'.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Own,
    Admin,
    Master,
}

impl Level {
    /// Splits the level off the end; without a word for it the scope is about one's own data.
    fn split<'a, 'b>(parts: &'b [&'a str]) -> (&'b [&'a str], Level) {
        match parts {
            [rest @ .., "admin"] => (rest, Level::Admin),
            [rest @ .., "master"] => (rest, Level::Master),
            all => (all, Level::Own),
        }
    }
}

/// `user:read:admin`, or `user:master`, which stands for every action.
struct Classic<'a> {
    resource: &'a str,
    action: Option<&'a str>,
    level: Level,
}

impl<'a> Classic<'a> {
    fn parse(text: &'a str) -> Option<Classic<'a>> {
        let parts: Vec<&str> = text.split(':').collect();
        let (parts, level) = Level::split(&parts);
        let (resource, action) = match *parts {
            [resource] if level == Level::Master => (resource, None),
            [resource, action] => (resource, Some(action)),
            _ => return None,
        };
        Some(Classic {
            resource,
            action,
            level,
        })
    }

    fn covers(&self, wanted: &Granular<'_>) -> bool {
        let apart = APART.contains(&(wanted.resource, wanted.detail));
        let renamed = RENAMED.contains(&(self.resource, wanted.resource));
        let action = match self.action {
            None => true,
            // Granular scopes split what "write" was. Reading is not in it: for most resources
            // Zoom lists no reading call under the classic write scope.
            Some("write") => matches!(wanted.action, "write" | "update" | "delete"),
            Some(action) => action == wanted.action,
        };
        let resource = self.resource == wanted.resource || renamed;
        self.level == wanted.level && resource && action && !apart
    }
}

/// `user:read:list_users:admin`.
struct Granular<'a> {
    resource: &'a str,
    action: &'a str,
    detail: &'a str,
    level: Level,
}

impl<'a> Granular<'a> {
    fn parse(text: &'a str) -> Option<Granular<'a>> {
        let parts: Vec<&str> = text.split(':').collect();
        let (parts, level) = Level::split(&parts);
        match *parts {
            [resource, action, detail] if detail != "admin" && detail != "master" => {
                Some(Granular {
                    resource,
                    action,
                    detail,
                    level,
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
