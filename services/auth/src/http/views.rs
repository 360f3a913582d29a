//! What is shown of accounts.

use chrono::{DateTime, Utc};
use contracts::{Role, Scope};
use domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::{api_tokens::ApiTokenRow, sessions::SessionRow, users::UserRow};

/// The signed-in user.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// The user's id.
    id: Uuid,
    /// The address.
    email: String,
    /// Whether its owner proved to read it.
    email_verified: bool,
    /// An address that will take its place once proved.
    #[schema(required)]
    pending_email: Option<String>,
    /// The name.
    name: String,
    /// The telephone number.
    #[schema(required)]
    phone: Option<String>,
    /// The country's two letters.
    #[schema(required)]
    country: Option<String>,
    /// What the account may do.
    #[schema(value_type = String, example = "user")]
    role: Role,
    /// Whether signing in needs a second factor.
    mfa_enabled: bool,
    /// The language of mails.
    locale: String,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl MeView {
    /// From the account's row.
    pub fn new(user: UserRow, mfa_enabled: bool) -> Self {
        Self {
            id: user.id,
            email_verified: user.email_verified_at.is_some(),
            role: user.role(),
            email: user.email,
            pending_email: user.pending_email,
            name: user.name,
            phone: user.phone,
            country: user.country,
            mfa_enabled,
            locale: user.locale,
            created_at: user.created_at.into(),
        }
    }
}

/// Where the user is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The session's id.
    id: Uuid,
    /// Whether this request belongs to it.
    current: bool,
    /// Where it was last used from.
    address: String,
    /// With which program.
    user_agent: String,
    /// When the password was given.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last used, to within the life of an access token.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// When it ends if it is not used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl SessionView {
    /// From the session's row.
    pub fn new(row: SessionRow, current: Uuid) -> Self {
        Self {
            id: row.id,
            current: row.id == current,
            address: row.address,
            user_agent: row.user_agent,
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.into(),
            expires_at: row.expires_at.into(),
        }
    }
}

/// A personal API token, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiTokenView {
    /// The token's id.
    pub id: Uuid,
    /// What its owner calls it.
    name: String,
    /// Its last characters.
    hint: String,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ends.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl From<ApiTokenRow> for ApiTokenView {
    fn from(row: ApiTokenRow) -> Self {
        Self {
            id: row.id,
            scopes: row.scopes(),
            name: row.name,
            hint: row.hint,
            created_at: row.created_at.into(),
            expires_at: moment(row.expires_at),
            last_used_at: moment(row.last_used_at),
        }
    }
}

/// As the wire writes it.
pub fn moment(at: Option<DateTime<Utc>>) -> Option<Timestamp> {
    at.map(Timestamp::from)
}
