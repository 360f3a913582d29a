use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    path::Path,
};

use diesel::{OptionalExtension, QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::{database_url, eventually};

const HINT: &str = "PostgreSQL must answer at DATABASE_URL or on 127.0.0.1:5432; `cargo xtask test` starts one";
/// Tests that make the template at once wait for each other under this number.
const LOCK: i64 = 0x7465_6d70_6c61_7465;

/// A migrated database of one test. Dropping it drops the database.
#[derive(Debug)]
pub struct Database {
    name: String,
}

impl Database {
    /// A fresh copy of the template, which the first test of a set of migrations makes.
    ///
    /// Needs a multi-threaded runtime.
    pub async fn create() -> Self {
        let template = template().await;
        let name = format!("cw_{}", Uuid::new_v4().simple());
        let mut conn = admin().await;
        // A template can be copied only while nobody is connected to it; tests do it one after another.
        let statements = format!("SELECT pg_advisory_lock({LOCK}); CREATE DATABASE {name} TEMPLATE {template};");
        for statement in statements.split_inclusive(';') {
            conn.batch_execute(statement)
                .await
                .expect("a database from the template");
        }
        Self { name }
    }

    /// An empty database, without any table.
    pub async fn create_empty() -> Self {
        let name = format!("cw_{}", Uuid::new_v4().simple());
        admin()
            .await
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .expect("an empty database");
        Self { name }
    }

    /// Its address.
    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    /// A connection to it.
    pub async fn connect(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(&self.url()).await.expect(HINT)
    }

    /// Carries out statements.
    pub async fn execute(&self, statements: &str) {
        self.connect()
            .await
            .batch_execute(statements)
            .await
            .expect("the statements are carried out");
    }

    /// The first column of the first row of a query that gives a whole number, such as a count.
    pub async fn number(&self, query: &str) -> i64 {
        number(&self.url(), query).await
    }

    /// Waits until so many statements wait for what other transactions hold.
    pub async fn until_waiting(&self, count: i64) {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        eventually(&format!("{count} statements wait"), async || {
            (self.number(waiting).await >= count).then_some(())
        })
        .await;
    }
}

/// The first column of the first row of a query of this database that gives a whole number, such as a count.
///
/// # Panics
/// When the database can't be asked.
pub async fn number(url: &str, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = sql_types::BigInt)]
        number: i64,
    }
    let mut conn = AsyncPgConnection::establish(url).await.expect(HINT);
    let row: Number = sql_query(format!("SELECT ({query})::bigint AS number"))
        .get_result(&mut conn)
        .await
        .expect("a number");
    row.number
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        // A test may end in a panic, and its runtime with it: the clean-up has a thread and a runtime of its own.
        let cleaner = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                if let Ok(mut conn) = AsyncPgConnection::establish(&database_url()).await {
                    let dropped = conn
                        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                        .await;
                    drop(dropped);
                }
            });
        });
        drop(cleaner.join());
    }
}

fn url_of(name: &str) -> String {
    let server = database_url();
    let (before_query, query) = server
        .split_once('?')
        .map_or((server.as_str(), String::new()), |(url, query)| {
            (url, format!("?{query}"))
        });
    let base = before_query.rsplit_once('/').map_or(before_query, |(base, _)| base);
    format!("{base}/{name}{query}")
}

async fn admin() -> AsyncPgConnection {
    AsyncPgConnection::establish(&database_url()).await.expect(HINT)
}

/// The name of the database that all tests of this set of migrations copy, made if it is not there.
async fn template() -> String {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = sql_types::Integer)]
        #[allow(dead_code, reason = "its presence is what counts")]
        found: i32,
    }
    let name = format!("cw_template_{:016x}", fingerprint());
    let mut conn = admin().await;
    conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))
        .await
        .expect("lock");
    let is_there: Option<Found> = sql_query(format!("SELECT 1 AS found FROM pg_database WHERE datname = '{name}'"))
        .get_result(&mut conn)
        .await
        .optional()
        .expect("look-up");
    if is_there.is_none() {
        // Made under another name: an interrupted migration must not look like a template.
        let draft = format!("cw_draft_{}", Uuid::new_v4().simple());
        conn.batch_execute(&format!("CREATE DATABASE {draft}"))
            .await
            .expect("a draft of the template");
        migrator::migrate(&url_of(&draft)).await.expect("the migrations run");
        conn.batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {name}"))
            .await
            .expect("the template");
    }
    name
}

/// Changes whenever a migration does.
fn fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_folder(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations"),
        &mut hasher,
    );
    hasher.finish()
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .expect("the migrations")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        path.file_name().hash(hasher);
        if path.is_dir() {
            hash_folder(&path, hasher);
        } else {
            std::fs::read(&path).expect("a migration").hash(hasher);
        }
    }
}
