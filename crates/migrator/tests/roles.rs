//! Each service's user of the database may use its own schema, and nothing of anybody else's.

use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use migrator::{Password, grant, role_name, schemas};
use test_kit::{Database, database_url};

const FIRST: &str = "the first password 0123456789";
const SECOND: &str = "another password 9876543210";

/// Removes the users of one database, which the server keeps when the database goes. Has to be dropped after it.
#[derive(Default)]
struct Roles(Vec<String>);

impl Drop for Roles {
    fn drop(&mut self) {
        let roles = std::mem::take(&mut self.0);
        let cleaner = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                let Ok(mut conn) = AsyncPgConnection::establish(&database_url()).await else {
                    return;
                };
                for role in roles {
                    // What can't be removed stays behind under a name that nobody will use again.
                    drop(conn.batch_execute(&format!("DROP ROLE IF EXISTS \"{role}\"")).await);
                }
            });
        });
        drop(cleaner.join());
    }
}

/// Gives every service its user, with one password for all.
async fn grant_all(database: &Database, password: &str) -> Vec<String> {
    let passwords: Vec<Password<'_>> = schemas().map(|schema| Password { schema, password }).collect();
    grant(&database.url(), &passwords)
        .await
        .expect("users with their rights")
}

/// A connection as a service's user.
async fn sign_in(database: &Database, schema: &str) -> AsyncPgConnection {
    let url = database.url();
    let (_, rest) = url.split_once("://").expect("a URL");
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let name = place.rsplit('/').next().and_then(|name| name.split('?').next());
    let role = role_name(name.expect("a name"), schema);
    let secret = FIRST.replace(' ', "%20");
    AsyncPgConnection::establish(&format!("postgres://{role}:{secret}@{place}"))
        .await
        .expect("the service signs in")
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = sql_types::Text)]
    schema: String,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
}

async fn tables(database: &Database) -> Vec<Table> {
    sql_query("SELECT schemaname::text AS schema, tablename::text AS name FROM pg_tables WHERE schemaname <> ALL ('{pg_catalog,information_schema,public}') ORDER BY 1, 2")
        .load(&mut database.connect().await)
        .await
        .expect("all tables")
}

async fn refused(conn: &mut AsyncPgConnection, statement: &str) {
    let error = conn.batch_execute(statement).await.expect_err(statement).to_string();
    assert!(
        error.starts_with("permission denied") || error.starts_with("must be owner"),
        "{statement}: {error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_82_no_service_s_user_can_touch_another_s_tables() {
    let mut roles = Roles::default();
    let database = Database::create().await;
    roles.0 = grant_all(&database, FIRST).await;
    let tables = tables(&database).await;
    assert!(tables.len() > 60, "{} tables", tables.len());
    for schema in schemas() {
        let mut conn = sign_in(&database, schema).await;
        for Table { schema: owner, name } in &tables {
            let read = format!("SELECT FROM {owner}.{name} LIMIT 0");
            if owner == schema {
                conn.batch_execute(&read).await.expect("its own rows can be read");
            } else {
                refused(&mut conn, &read).await;
                refused(&mut conn, &format!("DELETE FROM {owner}.{name}")).await;
            }
            refused(&mut conn, &format!("TRUNCATE {owner}.{name} CASCADE")).await;
            refused(&mut conn, &format!("DROP TABLE {owner}.{name} CASCADE")).await;
        }
        refused(&mut conn, &format!("CREATE TABLE {schema}.more ()")).await;
        refused(&mut conn, "CREATE SCHEMA more").await;
        refused(&mut conn, "CREATE ROLE more").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_23_the_books_and_the_audit_log_are_append_only_by_grant() {
    let mut roles = Roles::default();
    let database = Database::create().await;
    roles.0 = grant_all(&database, FIRST).await;
    for (schema, table, column) in [("portfolio", "journal", "kind"), ("auth", "audit_entries", "action")] {
        let mut conn = sign_in(&database, schema).await;
        refused(&mut conn, &format!("UPDATE {schema}.{table} SET {column} = 'deposit'")).await;
        refused(&mut conn, &format!("DELETE FROM {schema}.{table}")).await;
        refused(&mut conn, &format!("DELETE FROM {schema}.__diesel_schema_migrations")).await;
        refused(&mut conn, "SET session_replication_role = replica").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_comes_later_and_a_day_s_partition_are_its_service_s() {
    let mut roles = Roles::default();
    let database = Database::create().await;
    roles.0 = grant_all(&database, FIRST).await;
    let mut owner = database.connect().await;
    owner
        .batch_execute("CREATE TABLE alerts.later (id bigint GENERATED ALWAYS AS IDENTITY, note text)")
        .await
        .expect("a table of a later migration");
    let mut alerts = sign_in(&database, "alerts").await;
    alerts
        .batch_execute("INSERT INTO alerts.later (note) VALUES ('one'); UPDATE alerts.later SET note = 'two'; DELETE FROM alerts.later")
        .await
        .expect("its own table");
    refused(&mut sign_in(&database, "notifier").await, "SELECT FROM alerts.later").await;
    let mut market = sign_in(&database, "market_data").await;
    market
        .batch_execute("SELECT market_data.keep_tick_day('2030-01-01'); SELECT FROM market_data.ticks_20300101; SELECT market_data.drop_tick_days('2031-01-01')")
        .await
        .expect("its own partitions");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_exchanged_while_its_service_works() {
    let mut roles = Roles::default();
    let database = Database::create().await;
    roles.0 = grant_all(&database, FIRST).await;
    let mut open = sign_in(&database, "alerts").await;
    let proofs = "SELECT sum(hashtext(rolpassword)) FROM pg_authid WHERE rolname LIKE current_database() || '\\_%'";
    let before = database.number(proofs).await;
    grant_all(&database, SECOND).await;
    assert_ne!(database.number(proofs).await, before, "the server knows the new ones");
    open.batch_execute("SELECT FROM alerts.alerts")
        .await
        .expect("who was in stays in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_nobody_owns_gets_no_user() {
    let database = Database::create().await;
    let password = Password {
        schema: "public",
        password: FIRST,
    };
    let error = grant(&database.url(), &[password])
        .await
        .expect_err("refused")
        .to_string();
    assert!(error.contains("no service has such a schema"), "{error}");
}
