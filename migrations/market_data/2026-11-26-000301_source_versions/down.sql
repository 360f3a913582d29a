ALTER TABLE market_data.sources DROP COLUMN version;
