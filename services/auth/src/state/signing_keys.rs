use std::sync::{Arc, RwLock};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::Timestamp;

use crate::{
    domain::{
        Keyring,
        access_token::{PublicJwk, SealedKey, SigningKey},
    },
    error::Error,
    store::signing_keys::{self, SigningKeyRow},
};

/// The keys of access tokens, as this process knows them. They are read again every few seconds.
#[derive(Default)]
pub struct SigningKeys(RwLock<Arc<Vec<KnownKey>>>);

struct KnownKey {
    key: SigningKey,
    signs_from: Timestamp,
    trusted_until: Option<Timestamp>,
}

impl KnownKey {
    fn is_trusted(&self, now: Timestamp) -> bool {
        self.trusted_until.is_none_or(|until| now < until)
    }
}

impl SigningKeys {
    /// Reads the keys; makes the first one where there is none.
    pub async fn reload(&self, conn: &mut AsyncPgConnection, keyring: &Keyring, now: Timestamp) -> Result<(), Error> {
        let mut rows = signing_keys::trusted(conn, now).await?;
        if rows.is_empty() {
            rows = make_first(conn, keyring, now).await?;
        }
        let mut known = Vec::with_capacity(rows.len());
        for row in rows {
            let (signs_from, trusted_until) = (row.signs_from.into(), row.trusted_until.map(Timestamp::from));
            known.push(KnownKey {
                key: row.sealed().open(keyring)?,
                signs_from,
                trusted_until,
            });
        }
        match self.0.write() {
            Ok(mut slot) => *slot = Arc::new(known),
            Err(poisoned) => *poisoned.into_inner() = Arc::new(known),
        }
        Ok(())
    }

    fn known(&self) -> Arc<Vec<KnownKey>> {
        match self.0.read() {
            Ok(slot) => slot.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// The key that signs at `now`: the youngest that was published for long enough.
    pub fn signer(&self, now: Timestamp) -> Result<SigningKey, Error> {
        let known = self.known();
        let in_force = known.iter().filter(|key| key.is_trusted(now) && key.signs_from <= now);
        in_force
            .max_by_key(|key| key.signs_from)
            .map(|key| key.key.clone())
            .ok_or(Error::NoSigningKey)
    }

    /// The public keys that count at `now`, also those that do not sign yet.
    pub fn published(&self, now: Timestamp) -> Vec<PublicJwk> {
        self.known()
            .iter()
            .filter(|key| key.is_trusted(now))
            .map(|key| key.key.public_jwk())
            .collect()
    }
}

async fn make_first(
    conn: &mut AsyncPgConnection,
    keyring: &Keyring,
    now: Timestamp,
) -> Result<Vec<SigningKeyRow>, Error> {
    conn.transaction(async |conn| {
        // Of several processes that start at once, one makes the key and the others find it.
        signing_keys::lock_all(conn).await?;
        let rows = signing_keys::trusted(conn, now).await?;
        if !rows.is_empty() {
            return Ok(rows);
        }
        let row = SigningKeyRow::new(SealedKey::generate(keyring)?, now, now);
        signing_keys::insert(conn, &row).await?;
        Ok(vec![row])
    })
    .await
}
