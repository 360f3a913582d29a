use chrono::{DateTime, Utc};
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Jsonb, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A table that holds something about users.
pub struct PersonalTable {
    /// Its name in the export.
    pub name: &'static str,
    /// Which rows are the user's, `$1`.
    rows: &'static str,
    /// Secrets, which help nobody and harm where they leak.
    hidden: &'static [&'static str],
}

const fn table(name: &'static str, rows: &'static str, hidden: &'static [&'static str]) -> PersonalTable {
    PersonalTable { name, rows, hidden }
}

/// Every table that holds something about users.
pub const PERSONAL_TABLES: &[PersonalTable] = &[
    table("users", "t.id = $1", &["password_hash", "credential_epoch"]),
    table("sessions", "t.user_id = $1", &["salt"]),
    table("authenticators", "t.user_id = $1", &["secret", "last_step"]),
    table("recovery_codes", "t.user_id = $1", &["code_hash"]),
    table("api_tokens", "t.user_id = $1", &["token_hash"]),
    table("mails", "t.user_id = $1", &["token_hash"]),
    table("revocations", "t.user_id = $1", &[]),
    table("idempotency_keys", "t.user_id = $1", &["body_hash"]),
    table("audit_origins", "t.user_id = $1", &["salt"]),
    table(
        "audit_entries",
        "(t.actor_id = $1 OR t.target_id = $1)",
        &["hash", "origin_hash"],
    ),
];

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = Jsonb)]
    rows: Value,
}

/// Everything stored about a user, table by table.
pub async fn export(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<Map<String, Value>> {
    let mut export = Map::new();
    for table in PERSONAL_TABLES {
        let hidden: Vec<String> = table.hidden.iter().map(|column| format!("'{column}'")).collect();
        // Names come from the list above alone.
        let query = format!(
            "SELECT coalesce(jsonb_agg(to_jsonb(t) - ARRAY[{}]::text[]), '[]'::jsonb) AS rows FROM auth.{} t WHERE {}",
            hidden.join(", "),
            table.name,
            table.rows
        );
        let found: Rows = sql_query(query).bind::<SqlUuid, _>(user_id).get_result(conn).await?;
        export.insert(table.name.to_owned(), with_api_times(found.rows));
    }
    Ok(export)
}

/// PostgreSQL's way to write a moment, replaced by that of the API.
fn with_api_times(value: Value) -> Value {
    match value {
        Value::String(text) => match DateTime::parse_from_rfc3339(&text) {
            Ok(moment) => Value::String(Timestamp::from(moment.with_timezone(&Utc)).to_string()),
            Err(_) => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(with_api_times).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| (name, with_api_times(member)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn moments_are_written_as_everywhere_and_other_texts_stay() {
        let row = json!([{"at": "2026-11-26T10:59:26.92+00:00", "name": "2026", "count": 3, "none": null}]);
        assert_eq!(
            with_api_times(row),
            json!([{"at": "2026-11-26T10:59:26.920Z", "name": "2026", "count": 3, "none": null}])
        );
    }
}
