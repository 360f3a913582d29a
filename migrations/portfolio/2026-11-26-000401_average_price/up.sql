-- Quantity and cost behind the last buy. The average price is their quotient, so that no sale moves its last digits.
ALTER TABLE portfolio.holdings ADD COLUMN bought_quantity numeric(28, 8) NOT NULL DEFAULT 0;
ALTER TABLE portfolio.holdings ADD COLUMN bought_cost numeric(28, 8) NOT NULL DEFAULT 0;

-- What is held, and what was sold of it behind the last buy. A sale's proceeds less its profit are the cost that it took.
WITH last_buys AS (
    SELECT portfolio_id, asset_id, max(seq) AS seq
    FROM portfolio.trades WHERE side = 'buy' GROUP BY portfolio_id, asset_id
), sold AS (
    SELECT trades.portfolio_id, trades.asset_id, sum(quantity) AS quantity, sum(total - realized_pnl) AS cost
    FROM portfolio.trades JOIN last_buys USING (portfolio_id, asset_id)
    WHERE trades.seq > last_buys.seq AND side = 'sell'
    GROUP BY trades.portfolio_id, trades.asset_id
)
UPDATE portfolio.holdings SET
    bought_quantity = holdings.quantity + coalesce(sold.quantity, 0),
    bought_cost = holdings.cost + coalesce(sold.cost, 0)
FROM portfolio.holdings AS held LEFT JOIN sold USING (portfolio_id, asset_id)
WHERE held.portfolio_id = holdings.portfolio_id AND held.asset_id = holdings.asset_id AND holdings.quantity > 0;

-- For the release before, which does not know the columns: what it buys must not leave them behind. What this release
-- writes is the same. It can go once that release is gone.
CREATE FUNCTION portfolio.keep_bought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.bought_quantity = 0 THEN
            NEW.bought_quantity := NEW.quantity;
            NEW.bought_cost := NEW.cost;
        END IF;
    ELSIF NEW.quantity > OLD.quantity AND NEW.bought_quantity = OLD.bought_quantity AND NEW.bought_cost = OLD.bought_cost THEN
        NEW.bought_quantity := NEW.quantity;
        NEW.bought_cost := NEW.cost;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER holdings_keep_bought BEFORE INSERT OR UPDATE ON portfolio.holdings
    FOR EACH ROW EXECUTE FUNCTION portfolio.keep_bought();
