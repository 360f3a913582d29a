//! The password doors: login, admin login, and whatever else asks for the password or a code again.
//!
//! All doors of an account share one counter of failures, and all hashing shares one small pool.

use diesel_async::AsyncConnection;
use domain::{Timestamp, UserId};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    domain::{audit::AuditAction, password_hash::Verified},
    error::Error,
    state::{State, Turn},
    store::{
        Origin, lockouts,
        users::{self, UserRow},
    },
};
use contracts::events::Warning;

/// A try at an account's door that may be looked at.
pub struct Attempt<'a> {
    state: &'a State,
    origin: &'a Origin,
    turn: Turn,
    subject: [u8; 32],
    tried_at: Timestamp,
    is_last: bool,
}

impl<'a> Attempt<'a> {
    /// Waits for a turn at hashing, then counts the try: a refused turn is no try.
    pub async fn begin(state: &'a State, origin: &'a Origin, email: &str) -> Result<Self, Error> {
        let turn = state.hasher.turn().await?;
        let subject = state.keyring.lockout_subject(email);
        let tried_at = state.now();
        let mut conn = state.conn().await?;
        match lockouts::admit(&mut conn, &subject, tried_at, state.config.lockout_policy()).await? {
            Ok(admitted) => Ok(Self {
                state,
                origin,
                turn,
                subject,
                tried_at,
                is_last: admitted.is_last,
            }),
            Err(locked) => {
                state.metrics.logins.with_label_values(&["locked"]).inc();
                Err(Error::LockedOut {
                    retry_after: locked.retry_after,
                })
            }
        }
    }

    /// Under which name the account's failures are counted.
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// Compares the password; without an account it takes as long and says no.
    pub async fn verify(&self, password: SecretString, user: Option<&UserRow>) -> Result<Verified, Error> {
        self.state
            .hasher
            .verify(&self.turn, password, user.map(|user| user.password_hash.clone()))
            .await
    }

    /// Hashes another password in the same turn.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        self.state.hasher.hash(&self.turn, password).await
    }

    /// The try was a failure: it stays counted and leaves a trace.
    ///
    /// Without an account the same statements run, and what they did is taken back.
    pub async fn fail(self, user: Option<Uuid>) -> Result<(), Error> {
        self.state.metrics.logins.with_label_values(&["wrong"]).inc();
        let scribe = self.state.scribe(self.origin);
        let mut conn = self.state.conn().await?;
        let noted = conn
            .transaction(async |conn| {
                let target = user.unwrap_or_else(Uuid::now_v7);
                if self.is_last {
                    scribe.warn(conn, target, Warning::LockedOut).await?;
                }
                scribe
                    .audit_act(conn, AuditAction::LoginFailed, None, Some(target), "")
                    .await?;
                if self.is_last {
                    scribe
                        .audit_act(conn, AuditAction::LockedOut, None, Some(target), "")
                        .await?;
                }
                if user.is_some() {
                    Ok(())
                } else {
                    Err(diesel::result::Error::RollbackTransaction)
                }
            })
            .await;
        match noted {
            Ok(()) => self.state.outbox.wake(),
            Err(diesel::result::Error::RollbackTransaction) if user.is_none() => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The try was no failure, but proved less than signing in does: it is taken back, earlier ones stay counted.
    pub async fn take_back(self) -> Result<(), Error> {
        let mut conn = self.state.conn().await?;
        lockouts::take_back(
            &mut conn,
            &self.subject,
            self.tried_at,
            self.state.config.lockout_policy(),
        )
        .await?;
        Ok(())
    }
}

/// Has the password of a signed-in user given again; a wrong one is told on `field`.
pub async fn confirm_password(
    state: &State,
    origin: &Origin,
    user: UserId,
    (field, password): (&'static str, SecretString),
) -> Result<UserRow, Error> {
    let (attempt, user) = check_password(state, origin, user, (field, password)).await?;
    attempt.take_back().await?;
    Ok(user)
}

/// As [`confirm_password`], and keeps the turn for more hashing.
pub async fn check_password<'a>(
    state: &'a State,
    origin: &'a Origin,
    user: UserId,
    (field, password): (&'static str, SecretString),
) -> Result<(Attempt<'a>, UserRow), Error> {
    let user = find_active(state, user).await?;
    let attempt = Attempt::begin(state, origin, &user.email).await?;
    if attempt.verify(password, Some(&user)).await? == Verified::No {
        attempt.fail(Some(user.id)).await?;
        return Err(Error::WrongPassword { field });
    }
    Ok((attempt, user))
}

/// The account behind a token, as long as it may sign in.
pub async fn find_active(state: &State, user: UserId) -> Result<UserRow, Error> {
    let mut conn = state.conn().await?;
    let user = users::find(&mut conn, user.uuid()).await?;
    user.filter(|user| user.is_active).ok_or(Error::SessionEnded)
}
