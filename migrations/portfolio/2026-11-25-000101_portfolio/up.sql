-- One book of a user. A reset closes it and opens the next. Balances are what its journal adds up to.
CREATE TABLE portfolio.portfolios (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    -- Counts the user's books from 1.
    number integer NOT NULL CHECK (number > 0),
    -- Resting limits must be traded through instead of touched.
    is_strict boolean NOT NULL DEFAULT false,
    cash numeric(20, 2) NOT NULL DEFAULT 0 CHECK (cash >= 0),
    reserved numeric(20, 2) NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    net_deposits numeric(20, 2) NOT NULL DEFAULT 0,
    realized numeric(28, 8) NOT NULL DEFAULT 0,
    realized_fifo numeric(28, 8) NOT NULL DEFAULT 0,
    fees numeric(28, 8) NOT NULL DEFAULT 0,
    -- The last entry of its journal.
    journal_seq bigint NOT NULL DEFAULT 0,
    journal_hash bytea NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    UNIQUE (user_id, number)
);
CREATE UNIQUE INDEX portfolios_open ON portfolio.portfolios (user_id) WHERE closed_at IS NULL;

-- Users whose account is gone, by the SHA-256 of their id: no late message opens a book for them again.
CREATE TABLE portfolio.forgotten_users (
    user_hash bytea PRIMARY KEY,
    forgotten_at timestamptz NOT NULL
);

CREATE FUNCTION portfolio.is_balanced(postings jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM jsonb_to_recordset(postings) AS posting (asset text, amount numeric)
        GROUP BY asset HAVING sum(amount) <> 0
    )
$$;

-- The truth: what moved, in a chain of hashes per book. An entry and its postings are one row, so neither is without the other.
CREATE TABLE portfolio.journal (
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    seq bigint NOT NULL CHECK (seq > 0),
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('deposit', 'withdrawal', 'fill', 'reserve', 'release', 'reset')),
    reference uuid NOT NULL,
    postings jsonb NOT NULL CHECK (portfolio.is_balanced(postings)),
    created_at timestamptz NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (portfolio_id, seq)
);

CREATE FUNCTION portfolio.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON portfolio.journal
    FOR EACH ROW EXECUTE FUNCTION portfolio.refuse_change();
CREATE TRIGGER journal_is_never_truncated BEFORE TRUNCATE ON portfolio.journal
    FOR EACH STATEMENT EXECUTE FUNCTION portfolio.refuse_change();

-- One row for each posting, for auditors.
CREATE VIEW portfolio.postings AS
    SELECT entry.portfolio_id, entry.seq, entry.kind, entry.created_at, posting.account, posting.asset, posting.amount
    FROM portfolio.journal AS entry, jsonb_to_recordset(entry.postings) AS posting (account text, asset text, amount numeric);

CREATE TABLE portfolio.holdings (
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    asset_id text NOT NULL,
    quantity numeric(28, 8) NOT NULL CHECK (quantity >= 0),
    reserved numeric(28, 8) NOT NULL CHECK (reserved >= 0),
    cost numeric(28, 8) NOT NULL,
    PRIMARY KEY (portfolio_id, asset_id),
    CHECK (reserved <= quantity)
);

-- What was bought at once and is still there, for first in, first out.
CREATE TABLE portfolio.lots (
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    asset_id text NOT NULL,
    -- The journal entry that bought it.
    seq bigint NOT NULL,
    quantity numeric(28, 8) NOT NULL CHECK (quantity > 0),
    cost numeric(28, 8) NOT NULL,
    PRIMARY KEY (portfolio_id, asset_id, seq)
);

CREATE TABLE portfolio.orders (
    id uuid PRIMARY KEY,
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    client_order_id text,
    -- SHA-256 of what was asked for, to tell a repetition from another order of the same id.
    request_hash bytea,
    asset_id text NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    order_type text NOT NULL CHECK (order_type IN ('market', 'limit', 'stop', 'stop_limit', 'take_profit', 'trailing_stop')),
    status text NOT NULL CHECK (status IN ('accepted', 'triggered', 'filled', 'cancelled', 'expired', 'rejected')),
    quantity numeric(28, 8) NOT NULL CHECK (quantity > 0),
    filled_quantity numeric(28, 8) NOT NULL DEFAULT 0 CHECK (filled_quantity BETWEEN 0 AND quantity),
    limit_price numeric,
    stop_price numeric,
    trail_pct numeric,
    best_price numeric,
    time_in_force text NOT NULL CHECK (time_in_force IN ('gtc', 'ioc', 'fok', 'gtd')),
    expires_at timestamptz,
    -- Cash of a buy, or the asset of a sale, that it holds. Of a pair, one half holds it for both.
    reserved numeric(28, 8) NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    reason text,
    linked_order_id uuid,
    -- It hears the ticks of its asset after this one.
    after_seq bigint NOT NULL DEFAULT 0,
    partition_id integer NOT NULL,
    -- The number of the change that last concerned its partition's owner.
    change_no bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX orders_client_order_id ON portfolio.orders (portfolio_id, client_order_id) WHERE client_order_id IS NOT NULL;
CREATE INDEX orders_portfolio ON portfolio.orders (portfolio_id, id);
CREATE INDEX orders_open ON portfolio.orders (asset_id) WHERE status IN ('accepted', 'triggered');
CREATE INDEX orders_changed ON portfolio.orders (partition_id, change_no) WHERE change_no > 0;

-- Counts what users do to resting orders, per partition of the tick log. Its row lock puts changes in the order of their commits.
CREATE TABLE portfolio.order_changes (
    partition_id integer PRIMARY KEY,
    last bigint NOT NULL
);

CREATE TABLE portfolio.trades (
    id uuid PRIMARY KEY,
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    -- Its journal entry.
    seq bigint NOT NULL,
    order_id uuid NOT NULL REFERENCES portfolio.orders (id),
    asset_id text NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity numeric(28, 8) NOT NULL CHECK (quantity > 0),
    price numeric NOT NULL CHECK (price > 0),
    total numeric(20, 2) NOT NULL CHECK (total > 0),
    fee numeric(28, 8) NOT NULL CHECK (fee >= 0),
    realized_pnl numeric(28, 8),
    realized_pnl_fifo numeric(28, 8),
    -- The price that it was filled at, and what was added to it.
    quote_price numeric NOT NULL CHECK (quote_price > 0),
    quote_source text NOT NULL,
    quote_seq bigint NOT NULL,
    quote_event_at timestamptz NOT NULL,
    quote_age_ms bigint NOT NULL,
    spread_bps numeric NOT NULL,
    slippage_bps numeric NOT NULL,
    fee_bps numeric NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (portfolio_id, seq)
);
CREATE INDEX trades_created_at ON portfolio.trades (created_at, id);

CREATE TABLE portfolio.fundings (
    id uuid PRIMARY KEY,
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    -- Its journal entry.
    seq bigint NOT NULL,
    direction text NOT NULL CHECK (direction IN ('deposit', 'withdraw')),
    amount numeric(20, 2) NOT NULL CHECK (amount > 0),
    balance_after numeric(20, 2) NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (portfolio_id, seq)
);
CREATE INDEX fundings_created_at ON portfolio.fundings (created_at, id);

-- What a book was worth: now and then, and before every deposit and withdrawal.
CREATE TABLE portfolio.snapshots (
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    number bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    -- NULL where a holding had no price.
    equity numeric(28, 8),
    -- What came in at that moment, after the valuation.
    flow numeric(20, 2) NOT NULL DEFAULT 0,
    -- What one bitcoin cost then, for comparison.
    bitcoin_price numeric,
    PRIMARY KEY (portfolio_id, at, number)
);

-- This service's copy of the assets.
CREATE TABLE portfolio.assets (
    asset_id text PRIMARY KEY,
    symbol text NOT NULL,
    name text NOT NULL,
    rank integer,
    enabled boolean NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX assets_symbol ON portfolio.assets (symbol);

CREATE TABLE portfolio.watchlists (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    name text NOT NULL,
    assets text[] NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (user_id, name)
);
