use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    AnyEvent, Event,
    events::{AssetDisabled, AssetListed, AssetUpdated, NotificationCreated, NotificationSent, UserDeleted},
};
use diesel_async::AsyncPgConnection;
use domain::Timestamp;
use messaging::{Failure, Handler, Reception};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    state::State,
    store::{assets, assets::AssetRow, firings, forgotten},
};

/// Keeps the copy of assets, forgets users, and notes when owners were told.
pub struct Facts {
    /// What the service shares.
    pub state: Arc<State>,
}

#[async_trait]
impl Handler for Facts {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        match event.name.as_str() {
            AssetListed::NAME if event.is::<AssetListed>() => {
                assets::upsert(conn, &[AssetRow::from(&event.read::<AssetListed>()?.0)]).await?;
            }
            AssetUpdated::NAME if event.is::<AssetUpdated>() => {
                assets::upsert(conn, &[AssetRow::from(&event.read::<AssetUpdated>()?.0)]).await?;
            }
            AssetDisabled::NAME if event.is::<AssetDisabled>() => {
                let disabled: AssetDisabled = event.read()?;
                assets::disable(conn, disabled.asset_id.as_str(), disabled.version).await?;
            }
            UserDeleted::NAME if event.is::<UserDeleted>() => {
                let deleted: UserDeleted = event.read()?;
                forgotten::forget(conn, deleted.user_id, self.state.now()).await?;
                service_kit::idempotency::forget_user(conn, deleted.user_id).await?;
            }
            NotificationCreated::NAME if event.is::<NotificationCreated>() => {
                let created: NotificationCreated = event.read()?;
                return note_told(conn, &created.data, created.created_at).await;
            }
            NotificationSent::NAME if event.is::<NotificationSent>() => {
                let sent: NotificationSent = event.read()?;
                return note_told(conn, &sent.data, sent.sent_at).await;
            }
            name => {
                return Ok(if is_of_no_concern(name) {
                    Reception::Ignored
                } else {
                    Reception::Unknown
                });
            }
        }
        Ok(Reception::Done)
    }
}

/// Notes when the owner of a firing was told.
async fn note_told(conn: &mut AsyncPgConnection, data: &Value, at: Timestamp) -> Result<Reception, Failure> {
    let id = data.get("firing_id").and_then(Value::as_str);
    let Some(id) = id.and_then(|id| Uuid::parse_str(id).ok()) else {
        return Ok(Reception::Ignored);
    };
    firings::set_notified(conn, id, at).await?;
    Ok(Reception::Done)
}

/// Facts that this release knows and does not need.
fn is_of_no_concern(name: &str) -> bool {
    const KNOWN: [&str; 6] = [
        "user.registered",
        "user.updated",
        "user.disabled",
        "user.enabled",
        "user.warned",
        "user.mail_requested",
    ];
    KNOWN.contains(&name)
}
