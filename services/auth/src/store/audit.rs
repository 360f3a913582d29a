use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods, QueryDsl, QueryResult,
    Queryable, Selectable, SelectableHelper, insert_into, pg::Pg, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use uuid::Uuid;

use super::{
    Origin,
    schema::{audit_entries, audit_head, audit_origins},
};
use crate::domain::{
    audit::{AuditAction, AuditLine, FIRST_HASH, origin_hash},
    keyring::random_bytes,
};

/// A line to be written.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// When it happens.
    pub at: Timestamp,
    /// Who does it.
    pub actor: Option<Uuid>,
    /// What.
    pub action: AuditAction,
    /// To whom.
    pub target: Option<Uuid>,
    /// In which request.
    pub request_id: Option<Uuid>,
    /// Particulars without personal data.
    pub detail: &'a str,
}

/// A line of the log.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entries, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct AuditRow {
    /// Its number.
    pub seq: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// What.
    pub action: String,
    /// To whom.
    pub target_id: Option<Uuid>,
    /// In which request.
    pub request_id: Option<Uuid>,
    /// Particulars.
    pub detail: String,
    /// The salted hash of where from.
    pub origin_hash: Vec<u8>,
    /// The hash of this line behind the one before.
    pub hash: Vec<u8>,
}

impl AuditRow {
    /// A UUIDv7 that is the same each time: of the line's time and, for its random part, its hash.
    pub fn id(&self) -> Uuid {
        let mut random = [0; 10];
        let length = self.hash.len().min(random.len());
        random[..length].copy_from_slice(&self.hash[..length]);
        let millis = u64::try_from(self.at.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    fn line(&self) -> AuditLine<'_> {
        AuditLine {
            seq: self.seq,
            at: self.at.into(),
            actor: self.actor_id,
            action: &self.action,
            target: self.target_id,
            request_id: self.request_id,
            detail: &self.detail,
            origin_hash: &self.origin_hash,
        }
    }
}

/// Writes a line. Writers wait for each other until they commit; that is what makes it one chain.
pub async fn append(conn: &mut AsyncPgConnection, new: NewEntry<'_>, origin: &Origin) -> QueryResult<()> {
    let (last, previous): (i64, Vec<u8>) = audit_head::table
        .select((audit_head::seq, audit_head::hash))
        .for_update()
        .first(conn)
        .await?;
    let salt: [u8; 16] = random_bytes();
    let mut row = AuditRow {
        seq: last + 1,
        at: new.at.into(),
        actor_id: new.actor,
        action: new.action.as_str().to_owned(),
        target_id: new.target,
        request_id: new.request_id,
        detail: new.detail.to_owned(),
        origin_hash: origin_hash(&salt, &origin.address, &origin.user_agent).to_vec(),
        hash: Vec::new(),
    };
    row.hash = row.line().chained(&previous).to_vec();
    insert_into(audit_entries::table).values(&row).execute(conn).await?;
    update(audit_head::table)
        .set((audit_head::seq.eq(row.seq), audit_head::hash.eq(&row.hash)))
        .execute(conn)
        .await?;
    insert_into(audit_origins::table)
        .values((
            audit_origins::seq.eq(row.seq),
            audit_origins::user_id.eq(new.actor.or(new.target)),
            audit_origins::address.eq(&origin.address),
            audit_origins::user_agent.eq(&origin.user_agent),
            audit_origins::salt.eq(salt.as_slice()),
        ))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Forgets from where a person came; the lines stay.
pub async fn forget_origins(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    diesel::delete(audit_origins::table.filter(audit_origins::user_id.eq(user_id)))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Older than this number.
    pub before: Option<i64>,
    /// About this person, as the one who did it or the one to whom it was done.
    pub person: Option<Uuid>,
    /// This action alone.
    pub action: Option<String>,
}

/// Where somebody came from: address and program; none once that is forgotten.
pub type KnownOrigin = (Option<String>, Option<String>);

/// Lines of the log, newest first.
pub async fn page(
    conn: &mut AsyncPgConnection,
    wanted: Wanted,
    limit: i64,
) -> QueryResult<Vec<(AuditRow, KnownOrigin)>> {
    let mut query = audit_entries::table
        .left_join(audit_origins::table.on(audit_origins::seq.eq(audit_entries::seq)))
        .order(audit_entries::seq.desc())
        .limit(limit)
        .select((
            AuditRow::as_select(),
            (audit_origins::address.nullable(), audit_origins::user_agent.nullable()),
        ))
        .into_boxed();
    if let Some(before) = wanted.before {
        query = query.filter(audit_entries::seq.lt(before));
    }
    if let Some(person) = wanted.person {
        query = query.filter(
            audit_entries::actor_id
                .eq(person)
                .or(audit_entries::target_id.eq(person)),
        );
    }
    if let Some(action) = wanted.action {
        query = query.filter(audit_entries::action.eq(action));
    }
    query.load(conn).await
}

/// Walks along the chain and names the first line that was altered; `None` while it is whole.
pub async fn first_altered(conn: &mut AsyncPgConnection) -> QueryResult<Option<i64>> {
    let (head_seq, head_hash): (i64, Vec<u8>) = audit_head::table
        .select((audit_head::seq, audit_head::hash))
        .first(conn)
        .await?;
    let (mut seq, mut previous) = (0, FIRST_HASH.to_vec());
    loop {
        let rows: Vec<AuditRow> = audit_entries::table
            .filter(audit_entries::seq.gt(seq))
            .filter(audit_entries::seq.le(head_seq))
            .order(audit_entries::seq)
            .limit(1000)
            .select(AuditRow::as_select())
            .load(conn)
            .await?;
        if rows.is_empty() {
            let is_whole = seq == head_seq && previous == head_hash;
            return Ok((!is_whole).then_some(seq + 1));
        }
        for row in rows {
            if row.seq != seq + 1 || row.line().chained(&previous).as_slice() != row.hash {
                return Ok(Some(seq + 1));
            }
            (seq, previous) = (row.seq, row.hash);
        }
    }
}
