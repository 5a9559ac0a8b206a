-- Prices that were planned and taken back, edits that can be undone, pictures, and what a pack holds.

-- The price history only grows: a price that is taken back before it holds gets a row here.
CREATE TABLE price_cancellations (
    price_id INTEGER PRIMARY KEY NOT NULL REFERENCES prices (id),
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    reason   TEXT NOT NULL
) STRICT;
CREATE TRIGGER price_cancellations_no_update BEFORE UPDATE ON price_cancellations BEGIN SELECT RAISE(ABORT, 'the price history is append-only'); END;
CREATE TRIGGER price_cancellations_no_delete BEFORE DELETE ON price_cancellations BEGIN SELECT RAISE(ABORT, 'the price history is append-only'); END;
CREATE INDEX prices_by_time ON prices (effective_from);
CREATE INDEX products_by_plu ON products (plu) WHERE plu IS NOT NULL;

-- The last edits of products, to be undone and redone. What is in force is in the other tables.
CREATE TABLE edits (
    edit   INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    what   TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;
CREATE TABLE product_edits (
    edit     INTEGER NOT NULL REFERENCES edits (edit) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    before   TEXT,
    after    TEXT NOT NULL,
    PRIMARY KEY (edit, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE product_pictures (
    sku        TEXT PRIMARY KEY NOT NULL REFERENCES products (sku),
    jpeg       BLOB NOT NULL CHECK (length(jpeg) <= 524288),
    width      INTEGER NOT NULL CHECK (width > 0),
    height     INTEGER NOT NULL CHECK (height > 0),
    changed_at INTEGER NOT NULL
) STRICT;

-- For the price per kilogram or litre on the shelf label of something sold by the piece.
CREATE TABLE product_contents (
    sku    TEXT PRIMARY KEY NOT NULL REFERENCES products (sku),
    amount INTEGER NOT NULL CHECK (amount > 0),
    unit   TEXT NOT NULL CHECK (unit IN ('g', 'ml'))
) STRICT;
