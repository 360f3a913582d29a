-- Copy of market-data's assets, kept by its facts.
CREATE TABLE alerts.assets (
    asset_id text PRIMARY KEY,
    symbol text NOT NULL,
    name text NOT NULL,
    rank integer,
    enabled boolean NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX assets_symbol ON alerts.assets (symbol);

-- What users watch for. Definition, standing and the evaluator's memory are one row, so that no edit and no decision
-- can pass each other unseen.
CREATE TABLE alerts.alerts (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    asset_id text NOT NULL,
    -- Of the tick log; follows from the asset.
    partition_id integer NOT NULL,
    -- Counts changes of asset, condition and trigger.
    version integer NOT NULL DEFAULT 1,
    condition jsonb NOT NULL,
    trigger jsonb NOT NULL,
    cooldown_seconds integer NOT NULL CHECK (cooldown_seconds BETWEEN 0 AND 604800),
    expires_at timestamptz,
    channels jsonb NOT NULL,
    note text,
    status text NOT NULL CHECK (status IN ('draft', 'armed', 'triggered', 'cooling', 'no_data', 'paused', 'expired')),
    -- What the evaluator remembers of it, as of the partition's position.
    memory jsonb NOT NULL,
    -- The newest tick when it was armed.
    base_seq bigint,
    base_price numeric,
    base_event_at timestamptz,
    already_true boolean NOT NULL DEFAULT false,
    -- The partition's change that armed it last.
    armed_no bigint NOT NULL,
    fired_count bigint NOT NULL DEFAULT 0,
    triggered_at timestamptz,
    -- Since when its asset gives no prices; the owner was told.
    silent_since timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX alerts_user ON alerts.alerts (user_id, created_at DESC, id DESC);
CREATE INDEX alerts_partition ON alerts.alerts (partition_id) WHERE status IN ('armed', 'cooling', 'no_data');
CREATE INDEX alerts_expiry ON alerts.alerts (expires_at) WHERE status IN ('armed', 'cooling', 'no_data') AND expires_at IS NOT NULL;
CREATE INDEX alerts_asset ON alerts.alerts (asset_id) WHERE status IN ('armed', 'cooling', 'no_data');
CREATE INDEX alerts_silent ON alerts.alerts (asset_id) WHERE silent_since IS NOT NULL;

-- Every occasion on which a condition was met. Outlives its alert, but not its user.
CREATE TABLE alerts.firings (
    id uuid PRIMARY KEY,
    alert_id uuid NOT NULL,
    alert_version integer NOT NULL,
    trigger_key text NOT NULL,
    user_id uuid NOT NULL,
    asset_id text NOT NULL,
    asset_symbol text NOT NULL,
    condition jsonb NOT NULL,
    previous_price numeric,
    price numeric NOT NULL,
    -- The indicator's values, where the condition is about one.
    previous_value double precision,
    value double precision,
    source text NOT NULL,
    event_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    evaluated_at timestamptz NOT NULL,
    notified_at timestamptz,
    late boolean NOT NULL,
    from_candle_range boolean NOT NULL,
    suppressed boolean NOT NULL,
    UNIQUE (alert_id, alert_version, trigger_key)
);
CREATE INDEX firings_user ON alerts.firings (user_id, evaluated_at DESC, id DESC);
CREATE INDEX firings_evaluated_at ON alerts.firings (evaluated_at);

-- One row for each partition of the tick log. How far it was decided stands in log_positions, who decides in leases.
CREATE TABLE alerts.partitions (
    partition_id integer PRIMARY KEY,
    -- Counts what users changed; its row lock puts those changes in the order of their commits.
    changes bigint NOT NULL DEFAULT 0,
    -- The changes that the evaluator knew when it saved its position.
    seen_changes bigint NOT NULL DEFAULT 0,
    -- The writer's term that the evaluator has heard.
    writer_epoch bigint NOT NULL DEFAULT 0,
    -- The market as the evaluator saw it before this offset.
    snapshot_offset bigint,
    snapshot bytea
);

-- Which alerts users changed, for the evaluator that has them in memory.
CREATE TABLE alerts.changes (
    partition_id integer NOT NULL,
    change_no bigint NOT NULL,
    alert_id uuid NOT NULL,
    PRIMARY KEY (partition_id, change_no, alert_id)
);

-- Users whose account is gone, by the SHA-256 of their id: no late request makes an alert for them again.
CREATE TABLE alerts.forgotten_users (
    user_hash bytea PRIMARY KEY,
    forgotten_at timestamptz NOT NULL
);
