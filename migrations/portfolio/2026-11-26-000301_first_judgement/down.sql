ALTER TABLE portfolio.orders DROP COLUMN is_unjudged;
