//! Users' settings.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, query_dsl::methods::FilterDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use serde_json::Value;

use super::schema::preferences;
use crate::{
    domain::{
        Preferences, StoredSecrets, StoredSettings,
        seal::{Sealer, Unsealable},
    },
    error::Error,
};

type Row = (Value, Option<Vec<u8>>, i64);

/// A user's settings; the defaults for who has set nothing.
pub async fn find(conn: &mut AsyncPgConnection, sealer: &Sealer, user: UserId) -> Result<Preferences, Error> {
    let row: Option<Row> = preferences::table
        .find(user.uuid())
        .select((preferences::settings, preferences::secrets, preferences::version))
        .first(conn)
        .await
        .optional()?;
    let Some((settings, sealed, version)) = row else {
        return Ok(Preferences::default());
    };
    let settings: StoredSettings = serde_json::from_value(settings).map_err(Error::Stored)?;
    let secrets: StoredSecrets = match sealed {
        Some(sealed) => serde_json::from_slice(&sealer.open(user, &sealed)?).map_err(Error::Stored)?,
        None => StoredSecrets::default(),
    };
    Ok(Preferences::from_stored(settings, secrets, version))
}

/// Stores settings under the next version. `false` if somebody else was faster.
pub async fn save(
    conn: &mut AsyncPgConnection,
    sealer: &Sealer,
    user: UserId,
    next: &Preferences,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let (settings, secrets) = next.to_stored();
    let settings = serde_json::to_value(settings).map_err(Error::Stored)?;
    let sealed = sealed(sealer, user, &secrets)?;
    let version = next.version + 1;
    let values = (
        preferences::settings.eq(&settings),
        preferences::secrets.eq(&sealed),
        preferences::version.eq(version),
        preferences::updated_at.eq(now),
    );
    let saved = diesel::insert_into(preferences::table)
        .values((preferences::user_id.eq(user.uuid()), values))
        .on_conflict(preferences::user_id)
        .do_update()
        .set((
            preferences::settings.eq(&settings),
            preferences::secrets.eq(&sealed),
            preferences::version.eq(version),
            preferences::updated_at.eq(now),
        ));
    let changed = FilterDsl::filter(saved, preferences::version.eq(next.version))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Changes settings whatever others change at the same time; `change` tells whether it changed anything.
pub async fn adjust(
    conn: &mut AsyncPgConnection,
    sealer: &Sealer,
    user: UserId,
    now: DateTime<Utc>,
    change: impl Fn(&mut Preferences) -> bool,
) -> Result<(), Error> {
    for _ in 0..5 {
        let mut current = find(conn, sealer, user).await?;
        if !change(&mut current) || save(conn, sealer, user, &current, now).await? {
            return Ok(());
        }
    }
    Err(Error::Contended)
}

fn sealed(sealer: &Sealer, user: UserId, secrets: &StoredSecrets) -> Result<Option<Vec<u8>>, Error> {
    if secrets.is_empty() {
        return Ok(None);
    }
    let plain = serde_json::to_vec(secrets).map_err(Error::Stored)?;
    let sealed: Result<Vec<u8>, Unsealable> = sealer.seal(user, plain);
    Ok(Some(sealed?))
}
