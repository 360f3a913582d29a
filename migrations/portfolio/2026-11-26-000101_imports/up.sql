-- Fills that were made elsewhere are taken over from a file. Each is an entry of a kind of its own.
ALTER TABLE portfolio.journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE portfolio.journal ADD CONSTRAINT journal_kind_check
    CHECK (kind IN ('deposit', 'withdrawal', 'fill', 'import', 'reserve', 'release', 'reset')) NOT VALID;
ALTER TABLE portfolio.journal VALIDATE CONSTRAINT journal_kind_check;

-- They fill no order of this platform.
ALTER TABLE portfolio.trades ALTER COLUMN order_id DROP NOT NULL;
-- When it happened, where that was earlier than its booking.
ALTER TABLE portfolio.trades ADD COLUMN executed_at timestamptz;
-- Whose file it comes from; its price is then that of the file, not of this platform.
ALTER TABLE portfolio.trades ADD COLUMN imported_from text
    CHECK (imported_from IN ('candlewick', 'binance', 'coinbase', 'kraken'));
-- What the file says and the figures don't.
ALTER TABLE portfolio.trades ADD COLUMN import_note text;
-- Nothing but an import is without an order, and an import says when it happened.
ALTER TABLE portfolio.trades ADD CONSTRAINT trades_import_check
    CHECK ((imported_from IS NULL) = (order_id IS NOT NULL) AND (imported_from IS NULL) = (executed_at IS NULL)) NOT VALID;
ALTER TABLE portfolio.trades VALIDATE CONSTRAINT trades_import_check;

-- Which rows of which files a book has: the same row is never booked again.
CREATE TABLE portfolio.imported_rows (
    portfolio_id uuid NOT NULL REFERENCES portfolio.portfolios (id),
    source text NOT NULL,
    row_key text NOT NULL,
    trade_id uuid NOT NULL REFERENCES portfolio.trades (id),
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (portfolio_id, source, row_key)
);
