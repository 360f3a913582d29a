//! Has what administrators do outside of auth written down, before it is done.

use actix_web::http::{Method, header::HeaderMap};
use contracts::internal::{AuditNote, OperatorAct};
use domain::UserId;
use service_kit::{ApiResult, identity::Caller};

use super::front::Visitor;
use crate::state::State;

/// The most of a body that is written down.
const MAX_BODY: usize = 300;

/// What an administrator orders.
pub(super) struct Order<'a> {
    /// The kind of act.
    pub(super) act: OperatorAct,
    /// On what, and how.
    pub(super) detail: &'a str,
}

/// The kind of act that a request to another service is, if it is one.
pub(super) fn act_of(method: &Method, path: &str) -> Option<OperatorAct> {
    if *method != Method::PATCH {
        return None;
    }
    if path.starts_with("/api/admin/sources/") {
        Some(OperatorAct::ChangeSource)
    } else if path.starts_with("/api/admin/assets/") {
        Some(OperatorAct::ChangeAsset)
    } else {
        None
    }
}

/// What was ordered, in words: the path and the beginning of the body.
pub(super) fn detail(path: &str, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    // Control characters say nothing, and some can't be stored.
    let printable = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    let body: String = printable.take(MAX_BODY).collect();
    format!("{path} {body}")
}

/// Writes an order down. Without that it must not be carried out.
pub(super) async fn note(state: &State, visitor: &Visitor, headers: &HeaderMap, order: Order<'_>) -> ApiResult<()> {
    let Some(actor) = administrator(&visitor.caller) else {
        // The service will refuse it, and nothing happens that could be noted.
        return Ok(());
    };
    let user_agent = headers.get("user-agent").and_then(|value| value.to_str().ok());
    let note = AuditNote {
        actor,
        act: order.act,
        detail: order.detail.to_owned(),
        address: visitor.address.to_string(),
        user_agent: user_agent.unwrap_or_default().to_owned(),
    };
    let () = state
        .context
        .client
        .post("auth", "/internal/audit", &note)
        .send()
        .await?;
    Ok(())
}

fn administrator(caller: &Caller) -> Option<UserId> {
    match caller {
        Caller::User(user) if user.role == contracts::Role::Admin && user.scopes.is_none() => Some(user.id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_of_sources_and_assets_are_acts_of_operators() {
        assert_eq!(
            act_of(&Method::PATCH, "/api/admin/sources/kraken/"),
            Some(OperatorAct::ChangeSource)
        );
        assert_eq!(
            act_of(&Method::PATCH, "/api/admin/assets/bitcoin"),
            Some(OperatorAct::ChangeAsset)
        );
        assert_eq!(act_of(&Method::GET, "/api/admin/sources/"), None);
        assert_eq!(act_of(&Method::PATCH, "/api/alerts/x/"), None);
    }

    #[test]
    fn of_a_long_body_only_the_beginning_is_written_down() {
        let text = detail("/api/admin/assets/bitcoin/", &[b'x'; 10_000]);
        assert!(text.starts_with("/api/admin/assets/bitcoin/ xxx"));
        assert!(text.len() < 400);
        assert_eq!(detail("/a/", b"\0{\n}"), "/a/  { }");
    }
}
