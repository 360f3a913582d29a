-- What Candlewick knows of an asset besides its price. The id is the data provider's slug and never changes.
CREATE TABLE market_data.assets (
    asset_id text PRIMARY KEY,
    symbol text NOT NULL,
    name text NOT NULL,
    image_url text,
    rank integer CHECK (rank > 0),
    enabled boolean NOT NULL DEFAULT true,
    -- Counts the changes that other services hear of.
    version bigint NOT NULL DEFAULT 1,
    circulating_supply numeric,
    total_supply numeric,
    max_supply numeric,
    ath numeric,
    ath_at timestamptz,
    atl numeric,
    atl_at timestamptz,
    -- As a metadata provider last said; where none does, both are computed from candles and supply.
    market_cap numeric,
    volume_24h numeric,
    facts_at timestamptz,
    -- An administrator named it: a provider's name or ticker no longer replaces it.
    is_renamed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX assets_symbol ON market_data.assets (symbol);

-- Which kind of prices this database holds. Live and simulated ones never share it.
CREATE TABLE market_data.feed (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    kind text NOT NULL CHECK (kind IN ('live', 'simulator', 'file')),
    seed bigint,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- How many records of a resumable feed each partition of the tick log holds.
CREATE TABLE market_data.feed_positions (
    feed text NOT NULL,
    partition_id integer NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (feed, partition_id)
);

-- By how much a replay's times were moved when it first began.
CREATE TABLE market_data.feed_shifts (
    feed text PRIMARY KEY,
    shift_ms bigint NOT NULL
);

-- What the log has told of each partition as a whole, up to the recorder's position.
CREATE TABLE market_data.partitions (
    partition_id integer PRIMARY KEY,
    epoch bigint NOT NULL,
    up_since timestamptz,
    clock timestamptz
);

-- The newest price and the candles in the making of each asset, up to the recorder's position.
CREATE TABLE market_data.asset_states (
    asset_id text PRIMARY KEY,
    partition_id integer NOT NULL,
    seq bigint NOT NULL,
    newest_at timestamptz NOT NULL,
    price numeric NOT NULL,
    source text NOT NULL,
    event_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    series jsonb NOT NULL
);

-- Every tick, for as long as TICK_DAYS; cut by the day of reception, so that old days are dropped whole.
CREATE TABLE market_data.ticks (
    asset_id text NOT NULL,
    seq bigint NOT NULL,
    event_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    price numeric NOT NULL,
    quantity numeric,
    low numeric,
    high numeric,
    source text NOT NULL,
    is_late boolean NOT NULL
) PARTITION BY RANGE (received_at);
CREATE INDEX ticks_asset_event ON market_data.ticks (asset_id, event_at, seq);
CREATE TABLE market_data.ticks_other PARTITION OF market_data.ticks DEFAULT;

-- Closed candles. `span` is the length of the bucket in minutes.
CREATE TABLE market_data.candles (
    asset_id text NOT NULL,
    span integer NOT NULL,
    start_at timestamptz NOT NULL,
    open numeric NOT NULL,
    high numeric NOT NULL,
    low numeric NOT NULL,
    close numeric NOT NULL,
    volume numeric,
    samples bigint NOT NULL,
    filled boolean NOT NULL,
    partial boolean NOT NULL,
    repaired boolean NOT NULL,
    first_at timestamptz,
    first_seq bigint,
    last_at timestamptz,
    last_seq bigint,
    PRIMARY KEY (asset_id, span, start_at)
) PARTITION BY LIST (span);
CREATE TABLE market_data.candles_minutes PARTITION OF market_data.candles FOR VALUES IN (1);
CREATE INDEX candles_minutes_start ON market_data.candles_minutes (start_at);
CREATE TABLE market_data.candles_longer PARTITION OF market_data.candles DEFAULT;

-- The providers and what an administrator has set for them.
CREATE TABLE market_data.sources (
    name text PRIMARY KEY,
    enabled boolean NOT NULL DEFAULT true,
    poll_seconds integer CHECK (poll_seconds BETWEEN 1 AND 86400),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Makes the partition of a day. It runs with its owner's rights, so that the service needs none to change tables.
CREATE FUNCTION market_data.keep_tick_day(day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = market_data, pg_temp AS $$
DECLARE
    part text := 'ticks_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass('market_data.' || part) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE market_data.%I PARTITION OF market_data.ticks FOR VALUES FROM (%L) TO (%L)',
            part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
END $$;

-- Drops the partitions of the days before `day`, and what lies in none of them.
CREATE FUNCTION market_data.drop_tick_days(day date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = market_data, pg_temp AS $$
DECLARE
    part text;
    dropped integer := 0;
BEGIN
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'market_data.ticks'::regclass AND c.relname ~ '^ticks_[0-9]{8}$'
          AND right(c.relname, 8) < to_char(day, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE market_data.%I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM market_data.ticks_other WHERE received_at < day::timestamp AT TIME ZONE 'UTC';
    RETURN dropped;
END $$;
