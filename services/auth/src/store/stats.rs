use contracts::internal::{MonthCount, UserStats};
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;

/// How many there are.
#[derive(Debug, QueryableByName)]
pub struct Counts {
    /// Accounts.
    #[diesel(sql_type = BigInt)]
    pub users: i64,
    /// Those that are not shut.
    #[diesel(sql_type = BigInt)]
    pub active_users: i64,
    /// Those with a proved address.
    #[diesel(sql_type = BigInt)]
    pub verified_users: i64,
    /// Administrators.
    #[diesel(sql_type = BigInt)]
    pub admins: i64,
    /// Sessions that have not run out.
    #[diesel(sql_type = BigInt)]
    pub active_sessions: i64,
}

#[derive(QueryableByName)]
struct Month {
    #[diesel(sql_type = Text)]
    month: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

const COUNTS: &str = "\
SELECT count(*) AS users,
       count(*) FILTER (WHERE is_active) AS active_users,
       count(*) FILTER (WHERE email_verified_at IS NOT NULL) AS verified_users,
       count(*) FILTER (WHERE role = 'admin') AS admins,
       (SELECT count(*) FROM auth.sessions WHERE expires_at > $1) AS active_sessions
FROM auth.users";

// From the log, so that a month stays as it was when one of its users leaves.
const MONTHS: &str = "\
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS count
FROM auth.audit_entries WHERE action IN ('registered', 'admin_created')
GROUP BY 1 ORDER BY 1 DESC LIMIT 120";

const ACTIVE_MONTHS: &str = "\
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(DISTINCT actor_id) AS count
FROM auth.audit_entries WHERE action IN ('logged_in', 'registered') AND actor_id IS NOT NULL
GROUP BY 1 ORDER BY 1 DESC LIMIT 120";

/// Counts accounts and sessions.
pub async fn count(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<Counts> {
    let now: chrono::DateTime<chrono::Utc> = now.into();
    sql_query(COUNTS).bind::<Timestamptz, _>(now).get_result(conn).await
}

/// Counts accounts and sessions, and those of each month, for which the whole audit log is read.
pub async fn read(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<UserStats> {
    let counts = count(conn, now).await?;
    let months: Vec<Month> = sql_query(MONTHS).load(conn).await?;
    Ok(UserStats {
        users: counts.users,
        active_users: counts.active_users,
        verified_users: counts.verified_users,
        admins: counts.admins,
        active_sessions: counts.active_sessions,
        registered_by_month: oldest_first(months),
        active_by_month: oldest_first(sql_query(ACTIVE_MONTHS).load(conn).await?),
    })
}

fn oldest_first(months: Vec<Month>) -> Vec<MonthCount> {
    let count = |row: Month| MonthCount {
        month: row.month,
        count: row.count,
    };
    months.into_iter().rev().map(count).collect()
}
