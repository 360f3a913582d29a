//! What this service does with the facts of others.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{
    AnyEvent,
    events::{AssetDisabled, AssetListed, AssetUpdated, UserDeleted, UserRegistered},
};
use diesel_async::AsyncPgConnection;
use domain::UserId;
use messaging::{Failure, Handler, Reception};
use uuid::Uuid;

use crate::{
    error::Error,
    http::close_book,
    state::State,
    store::{assets, booking::LockedBook, execution::Desk, forgotten, portfolios, watchlists},
};

/// Keeps the copy of the assets, opens books for new users and forgets deleted ones.
pub struct Facts(pub Arc<State>);

#[async_trait]
impl Handler for Facts {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        if event.is::<AssetListed>() {
            assets::upsert(conn, &[(&event.read::<AssetListed>()?.0).into()]).await?;
        } else if event.is::<AssetUpdated>() {
            assets::upsert(conn, &[(&event.read::<AssetUpdated>()?.0).into()]).await?;
        } else if event.is::<AssetDisabled>() {
            let fact: AssetDisabled = event.read()?;
            assets::disable(conn, &fact.asset_id, i64::try_from(fact.version).unwrap_or(i64::MAX)).await?;
        } else if event.is::<UserRegistered>() {
            let fact: UserRegistered = event.read()?;
            self.open(conn, fact.0.user_id).await?;
        } else if event.is::<UserDeleted>() {
            let fact: UserDeleted = event.read()?;
            self.forget(conn, fact.user_id, event.correlation_id).await?;
        } else if matches!(event.context(), "user" | "asset") && !is_from_the_future(event) {
            return Ok(Reception::Ignored);
        } else {
            return Ok(Reception::Unknown);
        }
        Ok(Reception::Done)
    }

    async fn committed(&self, event: &AnyEvent) {
        self.0.outbox.wake();
        if event.context() == "asset"
            && let Err(error) = self.0.reload_assets().await
        {
            tracing::warn!(%error, "the assets could not be read again, the next refresh will");
        }
    }
}

// Names that this release knows and does not need, in the version that it knows.
fn is_from_the_future(event: &AnyEvent) -> bool {
    const NOT_NEEDED: [&str; 5] = [
        "user.updated",
        "user.disabled",
        "user.enabled",
        "user.warned",
        "user.mail_requested",
    ];
    event.version != 1 || !NOT_NEEDED.contains(&event.name.as_str())
}

impl Facts {
    async fn open(&self, conn: &mut AsyncPgConnection, user: UserId) -> Result<(), Failure> {
        match self.0.book(conn, user, self.0.now()).await {
            // A user who was deleted before the news of the registration came needs no book.
            Ok(_) | Err(Error::Forgotten) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }

    /// The ledger stays; whose it was does not.
    async fn forget(&self, conn: &mut AsyncPgConnection, user: UserId, correlation_id: Uuid) -> Result<(), Failure> {
        let state = &self.0;
        let now = state.now();
        let desk = Desk {
            outbox: &state.outbox,
            now,
            correlation_id,
        };
        forgotten::insert(conn, user, now.into()).await?;
        if let Some(row) = portfolios::lock_open_of(conn, user).await? {
            let mut book = LockedBook::new(row);
            close_book(state, &desk, conn, &mut book, Uuid::nil())
                .await
                .map_err(failure)?;
        }
        portfolios::pseudonymise(conn, user, Uuid::new_v4()).await?;
        watchlists::delete_all(conn, user).await?;
        service_kit::idempotency::forget_user(conn, user).await?;
        Ok(())
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Database(error) => error.into(),
        other => Failure::retry(other),
    }
}
