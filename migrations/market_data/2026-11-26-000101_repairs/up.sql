-- Stretches of the past that a provider was asked about, so that it is asked once. `span` is the length of a candle in minutes.
CREATE TABLE market_data.repairs (
    asset_id text NOT NULL,
    span integer NOT NULL,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL CHECK (to_at > from_at),
    source text NOT NULL,
    -- How many candles the answer made or completed.
    candles integer NOT NULL,
    repaired_at timestamptz NOT NULL,
    PRIMARY KEY (asset_id, span, from_at, to_at)
);
