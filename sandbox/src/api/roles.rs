//! `GET /v2/roles`: the roles of the account's users.

use super::Done;
use crate::account::{Role, UserStatus};
use crate::answer::Answer;
use crate::zoom::Zoom;
use serde_json::{Value, json};

pub(super) fn list(zoom: &Zoom) -> Done {
    let roster = zoom.account.now();
    let roles: Vec<Value> = Role::ALL
        .into_iter()
        .map(|role| {
            let members = UserStatus::ALL.map(|s| roster.list(s).slice(Some(role), 0, 0).1);
            json!({
                "id": role.id(),
                "name": format!("{role:?}"),
                "description": "",
                "total_members": members.iter().sum::<u32>(),
            })
        })
        .collect();
    let body = json!({"total_records": roles.len(), "roles": roles});
    Ok(Answer::json(200, &body))
}
