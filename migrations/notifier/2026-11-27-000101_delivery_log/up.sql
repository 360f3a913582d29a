-- The log of deliveries, as its owner pages through it.
CREATE INDEX deliveries_log ON notifier.deliveries (user_id, created_at DESC, id DESC);
