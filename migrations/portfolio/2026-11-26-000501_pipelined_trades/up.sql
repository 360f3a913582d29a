-- A trade and its order are sent without waiting for each other: whether the order is there is looked at on commit.
ALTER TABLE portfolio.trades ALTER CONSTRAINT trades_order_id_fkey DEFERRABLE INITIALLY DEFERRED;
