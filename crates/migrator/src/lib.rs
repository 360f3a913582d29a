//! Brings the database up to date: a schema for each service, with the tables that all share and its own.
//!
//! Services never migrate by themselves; an operator, a job or the standalone start does, once.

mod roles;

use std::time::Duration;

use diesel::{
    migration::{Migration, MigrationSource},
    pg::Pg,
};
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

pub use roles::{Password, grant, role_name, schemas};

const MESSAGING: EmbeddedMigrations = embed_migrations!("../../migrations/messaging");

/// A service's schema and what is in it.
struct Schema {
    name: &'static str,
    own: EmbeddedMigrations,
}

const SCHEMAS: [Schema; 5] = [
    Schema {
        name: "auth",
        own: embed_migrations!("../../migrations/auth"),
    },
    Schema {
        name: "market_data",
        own: embed_migrations!("../../migrations/market_data"),
    },
    Schema {
        name: "alerts",
        own: embed_migrations!("../../migrations/alerts"),
    },
    Schema {
        name: "portfolio",
        own: embed_migrations!("../../migrations/portfolio"),
    },
    Schema {
        name: "notifier",
        own: embed_migrations!("../../migrations/notifier"),
    },
];

/// How long the database may take to answer.
const CONNECT: Duration = Duration::from_secs(10);
/// Migrators wait for each other under this number.
const ADVISORY_LOCK: i64 = 0x0063_616e_646c_6577;

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// It does not answer.
    #[error("the database cannot be reached: {0}")]
    Connect(#[from] diesel::ConnectionError),
    /// It refused a statement.
    #[error("the database refused to prepare schema {schema}: {source}")]
    Prepare {
        /// The schema.
        schema: &'static str,
        /// What it said.
        source: diesel::result::Error,
    },
    /// A migration failed; those before it are in place.
    #[error("a migration of schema {schema} failed: {reason}")]
    Migration {
        /// The schema.
        schema: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// A service could not be given a user of its own.
    #[error("the user of schema {schema} cannot be given its rights: {reason}")]
    Role {
        /// The schema.
        schema: String,
        /// What went wrong.
        reason: String,
    },
}

/// A migration that was run: the schema and the migration's name.
pub type Applied = (&'static str, String);

/// Runs every migration that has not been run yet, and says which. Safe to call from several processes at once.
///
/// Needs a multi-threaded runtime.
pub async fn migrate(database_url: &str) -> Result<Vec<Applied>, MigrateError> {
    each_schema(database_url, |harness, both| {
        harness
            .run_pending_migrations(both)
            .map(|versions| versions.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Takes every migration back, newest first, and says which. All data is lost.
pub async fn revert(database_url: &str) -> Result<Vec<Applied>, MigrateError> {
    each_schema(database_url, |harness, both| {
        harness
            .revert_all_migrations(both)
            .map(|versions| versions.iter().map(ToString::to_string).collect())
    })
    .await
}

async fn connect(database_url: &str) -> Result<AsyncPgConnection, diesel::ConnectionError> {
    let opening = AsyncPgConnection::establish(database_url);
    let no_answer = |_| {
        Err(diesel::ConnectionError::BadConnection(format!(
            "no answer within {CONNECT:?}"
        )))
    };
    tokio::time::timeout(CONNECT, opening).await.unwrap_or_else(no_answer)
}

type Step = fn(&mut AsyncMigrationHarness<AsyncPgConnection>, Both) -> diesel::migration::Result<Vec<String>>;

async fn each_schema(database_url: &str, step: Step) -> Result<Vec<Applied>, MigrateError> {
    let mut applied = Vec::new();
    for Schema { name, own } in &SCHEMAS {
        let mut conn = connect(database_url).await?;
        let prepare = format!(
            "SELECT pg_advisory_lock({ADVISORY_LOCK}); SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS {name}; SET search_path = {name};"
        );
        conn.batch_execute(&prepare)
            .await
            .map_err(|source| MigrateError::Prepare { schema: name, source })?;
        let mut harness = AsyncMigrationHarness::new(conn);
        let done = step(&mut harness, Both(own)).map_err(|error| MigrateError::Migration {
            schema: name,
            reason: error.to_string(),
        })?;
        applied.extend(done.into_iter().map(|version| (*name, version)));
    }
    Ok(applied)
}

/// The shared tables and a service's own, as one history.
struct Both(&'static EmbeddedMigrations);

impl MigrationSource<Pg> for Both {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        let mut all = MigrationSource::<Pg>::migrations(&MESSAGING)?;
        all.extend(MigrationSource::<Pg>::migrations(self.0)?);
        Ok(all)
    }
}
