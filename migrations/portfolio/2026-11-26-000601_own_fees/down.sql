ALTER TABLE portfolio.portfolios DROP COLUMN taker_fee_bps;
ALTER TABLE portfolio.portfolios DROP COLUMN maker_fee_bps;
