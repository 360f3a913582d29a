-- What the owner of a partition had heard of the tick log at its saved position, so that the next one takes neither a
-- displaced writer nor a repeated tick for news.
CREATE TABLE portfolio.heard (
    partition_id integer PRIMARY KEY,
    -- The writer's term.
    writer_epoch bigint NOT NULL,
    -- The number of each asset's last tick, by asset id.
    last_seq jsonb NOT NULL
);
