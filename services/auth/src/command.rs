//! What an operator does on the command line, without a running service.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::{Role, events::UserRegistered};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use domain::{Clock, SystemClock, UserId};
use messaging::Outbox;
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    SCHEMA, SERVICE,
    domain::{
        EmailAddress, InvalidEmail, Keyring, NewPassword, UnfitPassword,
        access_token::{SealedKey, SigningFailed},
        audit::AuditAction,
        keyring::{CannotOpen, random_bytes},
        password_hash::{HashCost, HashingFailed},
        profile::{InvalidProfile, Locale, Name},
    },
    store::{
        Origin, Scribe, audit,
        signing_keys::{self, SigningKeyRow},
        users::{self, NewUserRow},
    },
};

/// How long the database may take to answer.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a new key is published before it signs, so that every gateway has it by then.
const PUBLISHED_FIRST: Duration = Duration::from_secs(60);
/// How long a token that an old key signed may still count: the life of an access token, as clocks go.
const TOKENS_LIVE: Duration = Duration::from_secs(20 * 60);

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The database does not answer.
    #[error("the database cannot be reached: {0}")]
    Connect(#[from] diesel::ConnectionError),
    /// It refused.
    #[error("the database refused: {0}")]
    Database(#[from] diesel::result::Error),
    /// The address is none.
    #[error("--email {0}")]
    Email(#[from] InvalidEmail),
    /// The name is none.
    #[error("--name {0}")]
    Name(InvalidProfile),
    /// The password is unfit.
    #[error("the password {0}")]
    Password(#[from] UnfitPassword),
    /// It could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// The address has an account.
    #[error("{0} has an account already; an administrator can change its role")]
    Taken(String),
    /// The data secret is not the one of this database.
    #[error(transparent)]
    Secret(#[from] CannotOpen),
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] SigningFailed),
}

/// An administrator to be made.
pub struct NewAdmin {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The password; without one, one is made up.
    pub password: Option<SecretString>,
}

/// An administrator that was made.
pub struct AdminCreated {
    /// The user's id.
    pub user_id: UserId,
    /// The password that was made up, to be shown once.
    pub password: Option<SecretString>,
}

/// Makes an administrator whose address counts as proved. There is no default account.
pub async fn create_admin(
    database_url: &str,
    data_secret: &SecretString,
    admin: NewAdmin,
) -> Result<AdminCreated, CommandError> {
    let email = EmailAddress::parse(&admin.email)?;
    let name = Name::parse(&admin.name).map_err(CommandError::Name)?;
    let made_up = admin
        .password
        .is_none()
        .then(|| SecretString::from(URL_SAFE_NO_PAD.encode(random_bytes::<18>())));
    let wanted = admin.password.or_else(|| made_up.clone()).unwrap_or_default();
    let hash = HashCost::default().hash(&NewPassword::parse(wanted, name.as_str(), &email)?.into_secret())?;
    let keyring = Keyring::new(data_secret)?;
    let mut conn = connect(database_url).await?;
    let (outbox, origin) = (Outbox::new(SERVICE), here());
    let scribe = scribe(&outbox, &keyring, &origin);
    let created = conn
        .transaction::<_, CommandError, _>(async |conn| {
            let locale = Locale::default();
            let new = NewUserRow {
                id: UserId::new().uuid(),
                email: email.as_str(),
                email_verified_at: Some(scribe.now.into()),
                name: name.as_str(),
                locale: locale.as_str(),
                role: Role::Admin.as_str(),
                password_hash: &hash,
                created_at: scribe.now.into(),
            };
            let Some(user) = users::insert(conn, &new).await? else {
                return Ok(None);
            };
            scribe.tell(conn, &UserRegistered(user.facts())).await?;
            scribe
                .audit_act(conn, AuditAction::AdminCreated, None, Some(user.id), "")
                .await?;
            Ok(Some(user.id))
        })
        .await?;
    match created {
        Some(id) => Ok(AdminCreated {
            user_id: id.into(),
            password: made_up,
        }),
        None => Err(CommandError::Taken(admin.email)),
    }
}

/// How keys of access tokens are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRotation {
    /// The new key is published first and signs a minute later; tokens of the old one count until they expire.
    Overlapping,
    /// The old keys leaked: their tokens count no more, and everybody refreshes.
    Emergency,
}

/// Makes a new signing key and names it. Running services take it up by themselves.
pub async fn rotate_keys(
    database_url: &str,
    data_secret: &SecretString,
    rotation: KeyRotation,
) -> Result<String, CommandError> {
    let keyring = Keyring::new(data_secret)?;
    let mut conn = connect(database_url).await?;
    let (outbox, origin) = (Outbox::new(SERVICE), here());
    let scribe = scribe(&outbox, &keyring, &origin);
    conn.transaction::<_, CommandError, _>(async |conn| {
        signing_keys::lock_all(conn).await?;
        for key in signing_keys::trusted(conn, scribe.now).await? {
            // A wrong data secret would make a key that no service can open.
            key.sealed().open(&keyring)?;
        }
        let (signs_from, trusted_until) = match rotation {
            KeyRotation::Overlapping => (
                scribe.now.plus(PUBLISHED_FIRST),
                scribe.now.plus(PUBLISHED_FIRST + TOKENS_LIVE),
            ),
            KeyRotation::Emergency => (scribe.now, scribe.now),
        };
        signing_keys::trust_until(conn, trusted_until).await?;
        let row = SigningKeyRow::new(SealedKey::generate(&keyring)?, scribe.now, signs_from);
        signing_keys::insert(conn, &row).await?;
        let detail = if rotation == KeyRotation::Emergency {
            "emergency"
        } else {
            "overlapping"
        };
        scribe
            .audit_act(conn, AuditAction::KeysRotated, None, None, detail)
            .await?;
        Ok(row.id)
    })
    .await
}

/// Checks the audit log's chain and names the first line that was altered; `None` while it is whole.
pub async fn verify_audit(database_url: &str) -> Result<Option<i64>, CommandError> {
    Ok(audit::first_altered(&mut connect(database_url).await?).await?)
}

async fn connect(database_url: &str) -> Result<AsyncPgConnection, CommandError> {
    let opening = AsyncPgConnection::establish(database_url);
    let no_answer = |_| {
        Err(diesel::ConnectionError::BadConnection(format!(
            "no answer within {CONNECT:?}"
        )))
    };
    let mut conn = tokio::time::timeout(CONNECT, opening).await.unwrap_or_else(no_answer)?;
    conn.batch_execute(&format!("SET search_path = {SCHEMA}")).await?;
    Ok(conn)
}

/// Writes down what a command's change leaves behind.
fn scribe<'a>(outbox: &'a Outbox, keyring: &'a Keyring, origin: &'a Origin) -> Scribe<'a> {
    Scribe {
        outbox,
        keyring,
        now: SystemClock.now(),
        request_id: Uuid::now_v7(),
        origin,
        access_lifetime: TOKENS_LIVE,
    }
}

fn here() -> Origin {
    Origin {
        address: "command line".to_owned(),
        user_agent: String::new(),
    }
}
