ALTER TABLE portfolio.trades ALTER CONSTRAINT trades_order_id_fkey NOT DEFERRABLE;
