-- What a fee is in this book, in basis points; NULL where the configuration's counts.
ALTER TABLE portfolio.portfolios ADD COLUMN maker_fee_bps numeric(8, 4) CHECK (maker_fee_bps BETWEEN 0 AND 1000);
ALTER TABLE portfolio.portfolios ADD COLUMN taker_fee_bps numeric(8, 4) CHECK (taker_fee_bps BETWEEN 0 AND 1000);
