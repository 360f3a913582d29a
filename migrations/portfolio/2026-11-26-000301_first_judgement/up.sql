-- A limit order that was placed without a fresh price waits for its first one, which judges it as on arrival.
ALTER TABLE portfolio.orders ADD COLUMN is_unjudged boolean NOT NULL DEFAULT false;
