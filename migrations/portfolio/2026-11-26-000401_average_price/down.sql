DROP TRIGGER holdings_keep_bought ON portfolio.holdings;
DROP FUNCTION portfolio.keep_bought();
ALTER TABLE portfolio.holdings DROP COLUMN bought_cost;
ALTER TABLE portfolio.holdings DROP COLUMN bought_quantity;
