#![allow(missing_docs, reason = "column names say what they are; the migrations say the rest")]

diesel::table! {
    market_data.assets (asset_id) {
        asset_id -> Text,
        symbol -> Text,
        name -> Text,
        image_url -> Nullable<Text>,
        rank -> Nullable<Integer>,
        enabled -> Bool,
        version -> BigInt,
        circulating_supply -> Nullable<Numeric>,
        total_supply -> Nullable<Numeric>,
        max_supply -> Nullable<Numeric>,
        ath -> Nullable<Numeric>,
        ath_at -> Nullable<Timestamptz>,
        atl -> Nullable<Numeric>,
        atl_at -> Nullable<Timestamptz>,
        market_cap -> Nullable<Numeric>,
        volume_24h -> Nullable<Numeric>,
        facts_at -> Nullable<Timestamptz>,
        is_renamed -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    market_data.feed (id) {
        id -> Bool,
        kind -> Text,
        seed -> Nullable<BigInt>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    market_data.feed_positions (feed, partition_id) {
        feed -> Text,
        partition_id -> Integer,
        position -> BigInt,
    }
}

diesel::table! {
    market_data.feed_shifts (feed) {
        feed -> Text,
        shift_ms -> BigInt,
    }
}

diesel::table! {
    market_data.partitions (partition_id) {
        partition_id -> Integer,
        epoch -> BigInt,
        up_since -> Nullable<Timestamptz>,
        clock -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    market_data.asset_states (asset_id) {
        asset_id -> Text,
        partition_id -> Integer,
        seq -> BigInt,
        newest_at -> Timestamptz,
        price -> Numeric,
        source -> Text,
        event_at -> Timestamptz,
        received_at -> Timestamptz,
        series -> Jsonb,
    }
}

diesel::table! {
    market_data.ticks (asset_id, seq) {
        asset_id -> Text,
        seq -> BigInt,
        event_at -> Timestamptz,
        received_at -> Timestamptz,
        price -> Numeric,
        quantity -> Nullable<Numeric>,
        low -> Nullable<Numeric>,
        high -> Nullable<Numeric>,
        source -> Text,
        is_late -> Bool,
    }
}

diesel::table! {
    market_data.candles (asset_id, span, start_at) {
        asset_id -> Text,
        span -> Integer,
        start_at -> Timestamptz,
        open -> Numeric,
        high -> Numeric,
        low -> Numeric,
        close -> Numeric,
        volume -> Nullable<Numeric>,
        samples -> BigInt,
        filled -> Bool,
        partial -> Bool,
        repaired -> Bool,
        first_at -> Nullable<Timestamptz>,
        first_seq -> Nullable<BigInt>,
        last_at -> Nullable<Timestamptz>,
        last_seq -> Nullable<BigInt>,
    }
}

diesel::table! {
    market_data.sources (name) {
        name -> Text,
        enabled -> Bool,
        poll_seconds -> Nullable<Integer>,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    market_data.repairs (asset_id, span, from_at, to_at) {
        asset_id -> Text,
        span -> Integer,
        from_at -> Timestamptz,
        to_at -> Timestamptz,
        source -> Text,
        candles -> Integer,
        repaired_at -> Timestamptz,
    }
}
