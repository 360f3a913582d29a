-- The journal is append-only: where something was imported, its entries cannot be taken back, and this fails.
DROP TABLE portfolio.imported_rows;
ALTER TABLE portfolio.trades DROP CONSTRAINT trades_import_check;
ALTER TABLE portfolio.trades DROP COLUMN import_note;
ALTER TABLE portfolio.trades DROP COLUMN imported_from;
ALTER TABLE portfolio.trades DROP COLUMN executed_at;
ALTER TABLE portfolio.trades ALTER COLUMN order_id SET NOT NULL;
ALTER TABLE portfolio.journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE portfolio.journal ADD CONSTRAINT journal_kind_check
    CHECK (kind IN ('deposit', 'withdrawal', 'fill', 'reserve', 'release', 'reset'));
