//! A user of the database for each service, with the rights that it needs on its own schema and none anywhere else.

use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use postgres_protocol::password::scram_sha_256;

use crate::{ADVISORY_LOCK, MigrateError, SCHEMAS, connect};

/// Tables whose rows are written once: even their owner's service can neither change nor delete them.
const APPEND_ONLY: &[(&str, &str)] = &[("auth", "audit_entries"), ("portfolio", "journal")];
/// PostgreSQL cuts longer names off.
const LONGEST_NAME: usize = 63;

/// The password of the service that owns a schema.
#[derive(Clone, Copy)]
pub struct Password<'a> {
    /// The schema.
    pub schema: &'a str,
    /// What its service signs in with.
    pub password: &'a str,
}

/// The schemas, each of which belongs to one service.
pub fn schemas() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|schema| schema.name)
}

/// The user of a schema's service in a database of this name.
pub fn role_name(database: &str, schema: &str) -> String {
    format!("{database}_{schema}")
}

/// Gives each of these schemas a user of its own, made if it is missing, with this password and no more rights than its
/// service needs; says their names. The caller has to own the schemas and may make roles. Safe to call again: it is how
/// a password is exchanged, and open connections go on.
pub async fn grant(database_url: &str, passwords: &[Password<'_>]) -> Result<Vec<String>, MigrateError> {
    let mut conn = connect(database_url).await?;
    let database = name_of_database(&mut conn).await?;
    let mut roles = Vec::new();
    for Password { schema, password } in passwords {
        let unknown = || MigrateError::Role {
            schema: (*schema).to_owned(),
            reason: "no service has such a schema".to_owned(),
        };
        let schema = schemas().find(|known| known == schema).ok_or_else(unknown)?;
        let role = role_name(&database, schema);
        if role.len() > LONGEST_NAME {
            let reason =
                format!("the name {role} is longer than {LONGEST_NAME} bytes: take a shorter one for the database");
            let schema = schema.to_owned();
            return Err(MigrateError::Role { schema, reason });
        }
        conn.batch_execute(&statements(&role, schema, password))
            .await
            .map_err(|error| MigrateError::Role {
                schema: schema.to_owned(),
                reason: error.to_string(),
            })?;
        roles.push(role);
    }
    Ok(roles)
}

async fn name_of_database(conn: &mut AsyncPgConnection) -> Result<String, MigrateError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = sql_types::Text)]
        name: String,
    }
    let found: Found = sql_query("SELECT current_database()::text AS name")
        .get_result(conn)
        .await
        .map_err(|error| MigrateError::Role {
            schema: "any".to_owned(),
            reason: error.to_string(),
        })?;
    Ok(found.name)
}

/// Everything for one user. The statements are one transaction, so nobody sees rights that are taken back at its end.
fn statements(role: &str, schema: &str, password: &str) -> String {
    // Only what proves the password goes to the server, and so into no log of it.
    let proof = scram_sha_256(password.as_bytes());
    let (name, quoted) = (identifier(role), role.replace('\'', "''"));
    let mut statements = format!(
        "BEGIN;
        SELECT pg_advisory_xact_lock({ADVISORY_LOCK});
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{quoted}') THEN CREATE ROLE {name}; END IF;
        END $$;
        ALTER ROLE {name} LOGIN PASSWORD '{proof}';
        GRANT USAGE ON SCHEMA {schema} TO {name};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name};
        ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name};
        REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {name};
        REVOKE INSERT, UPDATE, DELETE ON {schema}.__diesel_schema_migrations FROM {name};"
    );
    for (_, table) in APPEND_ONLY.iter().filter(|(owner, _)| *owner == schema) {
        statements.push_str(&format!("REVOKE UPDATE, DELETE ON {schema}.{table} FROM {name};"));
    }
    statements.push_str("COMMIT;");
    statements
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_sent_as_its_proof_and_names_are_quoted() {
        let sent = statements("odd\"name's_auth", "auth", "correct horse battery staple");
        assert!(!sent.contains("horse"), "{sent}");
        assert!(sent.contains("SCRAM-SHA-256$"), "{sent}");
        assert!(sent.contains("CREATE ROLE \"odd\"\"name's_auth\""), "{sent}");
        assert!(sent.contains("rolname = 'odd\"name''s_auth'"), "{sent}");
    }

    #[test]
    fn what_is_append_only_is_so_for_its_service_too() {
        assert!(statements("x", "portfolio", "p").contains("REVOKE UPDATE, DELETE ON portfolio.journal"));
        assert!(!statements("x", "alerts", "p").contains("journal"));
    }
}
