use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, dsl::count_star, insert_into,
    sql_query, sql_types,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AlertId, AssetId, Price, Timestamp, UserId};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::{partitions, schema::alerts};
use crate::{
    domain::{Alert, Base, Condition, FieldError, Memory, Trigger},
    error::{Cause, Error},
};

/// An alert with all that is stored of it.
#[derive(
    Debug,
    Clone,
    PartialEq,
    diesel::Queryable,
    diesel::Selectable,
    diesel::Insertable,
    diesel::AsChangeset,
    diesel::Identifiable,
)]
#[diesel(table_name = alerts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AlertRow {
    /// The alert.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// The asset.
    pub asset_id: String,
    /// The asset's partition of the tick log.
    pub partition_id: i32,
    /// Counts changes of asset, condition and trigger.
    pub version: i32,
    /// What to watch for, in the API's form.
    pub condition: Value,
    /// How often it may fire, in the API's form.
    pub trigger: Value,
    /// The least time between two notifications.
    pub cooldown_seconds: i32,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Where its owner is told.
    pub channels: Value,
    /// The owner's own words.
    pub note: Option<String>,
    /// How it stands.
    pub status: String,
    /// What the evaluator remembers.
    pub memory: Value,
    /// The newest tick when it was armed.
    pub base_seq: Option<i64>,
    /// That tick's price.
    pub base_price: Option<Decimal>,
    /// That tick's time.
    pub base_event_at: Option<DateTime<Utc>>,
    /// Whether its condition was true when it was armed.
    pub already_true: bool,
    /// The partition's change that armed it last.
    pub armed_no: i64,
    /// How often it fired.
    pub fired_count: i64,
    /// When it fired last, in event time.
    pub triggered_at: Option<DateTime<Utc>>,
    /// Since when its asset gives no prices.
    pub silent_since: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl AlertRow {
    /// Its id.
    pub fn alert_id(&self) -> AlertId {
        self.id.into()
    }

    /// Its owner.
    pub fn owner(&self) -> UserId {
        self.user_id.into()
    }

    /// Its condition.
    pub fn condition(&self) -> Result<Condition, Error> {
        Condition::from_json(&self.condition).map_err(|errors| self.corrupt("condition", FieldError::list(&errors)))
    }

    /// Its trigger.
    pub fn trigger(&self) -> Result<Trigger, Error> {
        Trigger::parse(&self.trigger.to_string()).map_err(|why| self.corrupt("trigger", why))
    }

    /// Its memory.
    pub fn memory(&self) -> Result<Memory, Error> {
        serde_json::from_value(self.memory.clone()).map_err(|error| self.corrupt("memory", error))
    }

    /// What the evaluator watches.
    pub fn watched(&self) -> Result<Alert, Error> {
        let base = self.base_seq.zip(self.base_price).zip(self.base_event_at);
        let base = base.and_then(|((seq, price), at)| {
            Some(Base {
                seq: seq.unsigned_abs(),
                price: Price::new(price).ok()?,
                event_at: at.into(),
            })
        });
        Ok(Alert {
            id: self.alert_id(),
            version: self.version.unsigned_abs(),
            asset: AssetId::parse(&self.asset_id).map_err(|error| self.corrupt("asset", error))?,
            condition: self.condition()?,
            trigger: self.trigger()?,
            cooldown_ms: i64::from(self.cooldown_seconds) * 1_000,
            expires_at: self.expires_at.map(Timestamp::from),
            base,
            memory: self.memory()?,
        })
    }

    /// Sets what the newest price was when it was armed.
    pub fn set_base(&mut self, base: Option<Base>) {
        self.base_seq = base.map(|base| i64::try_from(base.seq).unwrap_or(i64::MAX));
        self.base_price = base.map(|base| base.price.value());
        self.base_event_at = base.map(|base| base.event_at.into());
    }

    /// How it stands, as its owner is told.
    pub fn standing(&self) -> &str {
        let is_watched = matches!(self.status.as_str(), "armed" | "cooling");
        if is_watched && self.silent_since.is_some() {
            "no_data"
        } else {
            &self.status
        }
    }

    /// A part of it that can't be read, or written, and why.
    pub fn corrupt(&self, part: &'static str, cause: impl Into<Cause>) -> Error {
        Error::Corrupt {
            alert: self.alert_id(),
            part,
            cause: cause.into(),
        }
    }
}

/// Whose alerts, and which of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// How they stand.
    pub status: Option<String>,
    /// The asset.
    pub asset_id: Option<String>,
    /// Only what comes behind this place.
    pub after: Option<(Timestamp, AlertId)>,
}

/// A user's alerts, newest first.
pub async fn list(
    conn: &mut AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    rows: i64,
) -> QueryResult<Vec<AlertRow>> {
    let mut query = alerts::table.filter(alerts::user_id.eq(user.uuid())).into_boxed();
    // A silent asset makes its alerts stand at no_data, whatever the evaluator says of them.
    query = match filter.status.as_deref() {
        None => query,
        Some("no_data") => query.filter(
            alerts::status.eq("no_data").or(alerts::status
                .eq_any(["armed", "cooling"])
                .and(alerts::silent_since.is_not_null())),
        ),
        Some(status @ ("armed" | "cooling")) => query
            .filter(alerts::status.eq(status))
            .filter(alerts::silent_since.is_null()),
        Some(status) => query.filter(alerts::status.eq(status)),
    };
    if let Some(asset_id) = &filter.asset_id {
        query = query.filter(alerts::asset_id.eq(asset_id));
    }
    if let Some((at, id)) = filter.after {
        let at = DateTime::<Utc>::from(at);
        query = query.filter(
            alerts::created_at
                .lt(at)
                .or(alerts::created_at.eq(at).and(alerts::id.lt(id.uuid()))),
        );
    }
    query
        .order((alerts::created_at.desc(), alerts::id.desc()))
        .limit(rows)
        .load(conn)
        .await
}

/// One alert of a user.
pub async fn find(conn: &mut AsyncPgConnection, user: UserId, id: AlertId) -> QueryResult<Option<AlertRow>> {
    alerts::table
        .find(id.uuid())
        .filter(alerts::user_id.eq(user.uuid()))
        .first(conn)
        .await
        .optional()
}

/// One alert of a user, which nobody else changes until the transaction ends.
pub async fn lock(conn: &mut AsyncPgConnection, user: UserId, id: AlertId) -> QueryResult<Option<AlertRow>> {
    alerts::table
        .find(id.uuid())
        .filter(alerts::user_id.eq(user.uuid()))
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Lets what is made for a user, and what forgets the user, wait for each other until the transaction ends.
pub async fn take_turn(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))")
        .bind::<sql_types::Text, _>(format!("alerts of {}", user.uuid()))
        .execute(conn)
        .await?;
    Ok(())
}

/// How many alerts a user has.
pub async fn count_of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    alerts::table
        .filter(alerts::user_id.eq(user.uuid()))
        .select(count_star())
        .first(conn)
        .await
}

/// Writes a new alert down.
pub async fn insert(conn: &mut AsyncPgConnection, mut row: AlertRow) -> QueryResult<AlertRow> {
    row.armed_no = partitions::note_change(conn, row.partition_id, row.id).await?;
    insert_into(alerts::table).values(&row).execute(conn).await?;
    Ok(row)
}

/// Writes a changed alert down: which partition it was in before, and whether the change arms it.
pub async fn update(
    conn: &mut AsyncPgConnection,
    mut row: AlertRow,
    was: i32,
    is_armed: bool,
) -> QueryResult<AlertRow> {
    // Partitions are locked in their order.
    if was < row.partition_id {
        partitions::note_change(conn, was, row.id).await?;
    }
    let change_no = partitions::note_change(conn, row.partition_id, row.id).await?;
    if was > row.partition_id {
        partitions::note_change(conn, was, row.id).await?;
    }
    if is_armed {
        row.armed_no = change_no;
    }
    diesel::update(&row).set(&row).execute(conn).await?;
    Ok(row)
}

/// Deletes an alert. Once this is committed it is silent.
pub async fn delete(conn: &mut AsyncPgConnection, row: &AlertRow) -> QueryResult<()> {
    diesel::delete(alerts::table.find(row.id)).execute(conn).await?;
    partitions::note_change(conn, row.partition_id, row.id).await?;
    Ok(())
}

/// Those of these alerts that exist.
pub async fn existing(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<Uuid>> {
    alerts::table
        .filter(alerts::id.eq_any(ids))
        .order(alerts::id)
        .select(alerts::id)
        .load(conn)
        .await
}

/// Everything of a user, in pages by id.
pub async fn of_user(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: Option<Uuid>,
    rows: i64,
) -> QueryResult<Vec<AlertRow>> {
    alerts::table
        .filter(alerts::user_id.eq(user.uuid()))
        .filter(alerts::id.gt(after.unwrap_or_default()))
        .order(alerts::id.asc())
        .limit(rows)
        .load(conn)
        .await
}

/// How many alerts there are, and how many of them are watched.
pub async fn counts(conn: &mut AsyncPgConnection) -> QueryResult<(i64, i64)> {
    let all = alerts::table.select(count_star()).first(conn).await?;
    let active = alerts::table
        .filter(alerts::status.eq_any(partitions::ACTIVE))
        .select(count_star())
        .first(conn)
        .await?;
    Ok((all, active))
}

/// How many alerts each of these users has.
pub async fn counts_of(conn: &mut AsyncPgConnection, users: &[Uuid]) -> QueryResult<Vec<(Uuid, i64)>> {
    alerts::table
        .filter(alerts::user_id.eq_any(users))
        .group_by(alerts::user_id)
        .select((alerts::user_id, count_star()))
        .load(conn)
        .await
}
