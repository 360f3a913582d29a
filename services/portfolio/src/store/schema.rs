//! The tables of migrations/portfolio.

#![allow(missing_docs, reason = "diesel's macros write items without documentation")]

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    portfolio.portfolios (id) {
        id -> Uuid,
        user_id -> Uuid,
        number -> Integer,
        is_strict -> Bool,
        maker_fee_bps -> Nullable<Numeric>,
        taker_fee_bps -> Nullable<Numeric>,
        cash -> Numeric,
        reserved -> Numeric,
        net_deposits -> Numeric,
        realized -> Numeric,
        realized_fifo -> Numeric,
        fees -> Numeric,
        journal_seq -> BigInt,
        journal_hash -> Bytea,
        opened_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
    }
}

table! {
    portfolio.forgotten_users (user_hash) {
        user_hash -> Bytea,
        forgotten_at -> Timestamptz,
    }
}

table! {
    portfolio.journal (portfolio_id, seq) {
        portfolio_id -> Uuid,
        seq -> BigInt,
        id -> Uuid,
        kind -> Text,
        reference -> Uuid,
        postings -> Jsonb,
        created_at -> Timestamptz,
        prev_hash -> Bytea,
        hash -> Bytea,
    }
}

table! {
    portfolio.holdings (portfolio_id, asset_id) {
        portfolio_id -> Uuid,
        asset_id -> Text,
        quantity -> Numeric,
        reserved -> Numeric,
        cost -> Numeric,
        bought_quantity -> Numeric,
        bought_cost -> Numeric,
    }
}

table! {
    portfolio.lots (portfolio_id, asset_id, seq) {
        portfolio_id -> Uuid,
        asset_id -> Text,
        seq -> BigInt,
        quantity -> Numeric,
        cost -> Numeric,
    }
}

table! {
    portfolio.orders (id) {
        id -> Uuid,
        portfolio_id -> Uuid,
        client_order_id -> Nullable<Text>,
        request_hash -> Nullable<Bytea>,
        asset_id -> Text,
        side -> Text,
        order_type -> Text,
        status -> Text,
        quantity -> Numeric,
        filled_quantity -> Numeric,
        limit_price -> Nullable<Numeric>,
        stop_price -> Nullable<Numeric>,
        trail_pct -> Nullable<Numeric>,
        best_price -> Nullable<Numeric>,
        time_in_force -> Text,
        expires_at -> Nullable<Timestamptz>,
        reserved -> Numeric,
        reason -> Nullable<Text>,
        linked_order_id -> Nullable<Uuid>,
        after_seq -> BigInt,
        is_unjudged -> Bool,
        partition_id -> Integer,
        change_no -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    portfolio.order_changes (partition_id) {
        partition_id -> Integer,
        last -> BigInt,
    }
}

table! {
    portfolio.heard (partition_id) {
        partition_id -> Integer,
        writer_epoch -> BigInt,
        last_seq -> Jsonb,
    }
}

table! {
    portfolio.trades (id) {
        id -> Uuid,
        portfolio_id -> Uuid,
        seq -> BigInt,
        order_id -> Nullable<Uuid>,
        asset_id -> Text,
        side -> Text,
        quantity -> Numeric,
        price -> Numeric,
        total -> Numeric,
        fee -> Numeric,
        realized_pnl -> Nullable<Numeric>,
        realized_pnl_fifo -> Nullable<Numeric>,
        quote_price -> Numeric,
        quote_source -> Text,
        quote_seq -> BigInt,
        quote_event_at -> Timestamptz,
        quote_age_ms -> BigInt,
        spread_bps -> Numeric,
        slippage_bps -> Numeric,
        fee_bps -> Numeric,
        created_at -> Timestamptz,
        executed_at -> Nullable<Timestamptz>,
        imported_from -> Nullable<Text>,
        import_note -> Nullable<Text>,
    }
}

table! {
    portfolio.fundings (id) {
        id -> Uuid,
        portfolio_id -> Uuid,
        seq -> BigInt,
        direction -> Text,
        amount -> Numeric,
        balance_after -> Numeric,
        created_at -> Timestamptz,
    }
}

table! {
    portfolio.snapshots (portfolio_id, at, number) {
        portfolio_id -> Uuid,
        number -> BigInt,
        at -> Timestamptz,
        equity -> Nullable<Numeric>,
        flow -> Numeric,
        bitcoin_price -> Nullable<Numeric>,
    }
}

table! {
    portfolio.imported_rows (portfolio_id, source, row_key) {
        portfolio_id -> Uuid,
        source -> Text,
        row_key -> Text,
        trade_id -> Uuid,
        imported_at -> Timestamptz,
    }
}

table! {
    portfolio.assets (asset_id) {
        asset_id -> Text,
        symbol -> Text,
        name -> Text,
        rank -> Nullable<Integer>,
        enabled -> Bool,
        version -> BigInt,
    }
}

table! {
    portfolio.watchlists (id) {
        id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        assets -> Array<Text>,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

joinable!(trades -> portfolios (portfolio_id));
joinable!(fundings -> portfolios (portfolio_id));
allow_tables_to_appear_in_same_query!(
    portfolios,
    trades,
    imported_rows,
    orders,
    fundings,
    holdings,
    lots,
    journal,
    assets,
    snapshots
);
