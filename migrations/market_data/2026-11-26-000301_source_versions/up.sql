-- An administrator says which version of a source was seen. What the old release sets meanwhile keeps its version.
ALTER TABLE market_data.sources ADD COLUMN version bigint NOT NULL DEFAULT 1;
