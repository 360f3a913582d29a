use chrono::{DateTime, Utc};
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// What the list of users is sorted by. Rows without a value come last, whichever way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// When the account was made.
    CreatedAt,
    /// The name, without regard to case.
    Name,
    /// The address.
    Email,
    /// When the user was last there.
    LastSeenAt,
}

/// Which users are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Part of a name or address.
    pub search: Option<String>,
    /// Only those who may sign in, or only those who may not.
    pub is_active: Option<bool>,
    /// Only this role.
    pub role: Option<&'static str>,
}

/// Where a page lies among those that are wanted.
#[derive(Debug, Clone)]
pub struct Place {
    /// Sorted by this.
    pub sort: SortKey,
    /// The largest first.
    pub is_descending: bool,
    /// Behind this place.
    pub after: Option<(String, Uuid)>,
}

/// A user as administrators see one.
#[derive(Debug, Clone, QueryableByName)]
pub struct ListedUser {
    /// The user.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Proved.
    #[diesel(sql_type = Bool)]
    pub email_verified: bool,
    /// The name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// May sign in.
    #[diesel(sql_type = Bool)]
    pub is_active: bool,
    /// Why not.
    #[diesel(sql_type = Nullable<Text>)]
    pub disabled_reason: Option<String>,
    /// Has a second factor.
    #[diesel(sql_type = Bool)]
    pub mfa_enabled: bool,
    /// The version, for edits.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    /// When the user was last there.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When the account was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// The place in the order, for the cursor.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

const COLUMNS: &str = "u.id, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.name, u.role, u.is_active, u.disabled_reason, \
    EXISTS (SELECT FROM auth.authenticators a WHERE a.user_id = u.id AND a.confirmed_at IS NOT NULL) AS mfa_enabled, \
    u.version, u.last_seen_at, u.created_at";

impl SortKey {
    /// As a text that sorts by bytes; what it holds comes from this file alone.
    fn expression(self, is_descending: bool) -> String {
        let moment = |column: &str, absent: &str| {
            format!("coalesce(to_char({column} AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'), '{absent}')")
        };
        match self {
            Self::CreatedAt => moment("u.created_at", ""),
            Self::LastSeenAt => moment("u.last_seen_at", if is_descending { "" } else { "~" }),
            Self::Name => "lower(u.name)".to_owned(),
            Self::Email => "u.email".to_owned(),
        }
    }
}

/// Who is wanted: `$1` a pattern, `$2` whether active, `$3` the role.
const WANTED: &str = "($1 IS NULL OR u.email ILIKE $1 OR u.name ILIKE $1) \
    AND ($2 IS NULL OR u.is_active = $2) AND ($3 IS NULL OR u.role = $3)";

/// One page of users.
pub async fn page(
    conn: &mut AsyncPgConnection,
    wanted: &Wanted,
    place: Place,
    limit: i64,
) -> QueryResult<Vec<ListedUser>> {
    let key = place.sort.expression(place.is_descending);
    let (direction, beyond) = if place.is_descending {
        ("DESC", "<")
    } else {
        ("ASC", ">")
    };
    let query = format!(
        "SELECT {COLUMNS}, {key} AS sort_key FROM auth.users u \
         WHERE {WANTED} AND ($4 IS NULL OR ({key} COLLATE \"C\", u.id) {beyond} ($4, $5)) \
         ORDER BY {key} COLLATE \"C\" {direction}, u.id {direction} LIMIT $6"
    );
    let (after_key, after_id) = place.after.unzip();
    sql_query(query)
        .bind::<Nullable<Text>, _>(wanted.search.as_deref().map(containing))
        .bind::<Nullable<Bool>, _>(wanted.is_active)
        .bind::<Nullable<Text>, _>(wanted.role)
        .bind::<Nullable<Text>, _>(after_key)
        .bind::<Nullable<SqlUuid>, _>(after_id)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await
}

#[derive(QueryableByName)]
struct Identified {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The ids of those who are wanted, in their order.
pub async fn ids(conn: &mut AsyncPgConnection, wanted: &Wanted, limit: i64) -> QueryResult<Vec<Uuid>> {
    let query = format!("SELECT u.id FROM auth.users u WHERE {WANTED} ORDER BY u.id LIMIT $4");
    let rows: Vec<Identified> = sql_query(query)
        .bind::<Nullable<Text>, _>(wanted.search.as_deref().map(containing))
        .bind::<Nullable<Bool>, _>(wanted.is_active)
        .bind::<Nullable<Text>, _>(wanted.role)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// One user.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<ListedUser>> {
    Ok(of_ids(conn, &[id]).await?.into_iter().next())
}

/// Users by their ids, in no order.
pub async fn of_ids(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<ListedUser>> {
    let query = format!("SELECT {COLUMNS}, '' AS sort_key FROM auth.users u WHERE u.id = ANY($1)");
    sql_query(query).bind::<Array<SqlUuid>, _>(ids).load(conn).await
}

/// A pattern of what holds `part`, with its wildcards taken literally.
fn containing(part: &str) -> String {
    let literal = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
}
