-- The first schema. Never edited after release: a change is a new folder with the next number.
-- Times are milliseconds since 1970 UTC, amounts are minor units of the currency beside them.

-- What is sold. A product is never deleted, because old receipts name it; it is taken off sale.
CREATE TABLE products (
    sku         TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    names       TEXT NOT NULL DEFAULT '{}',
    department  TEXT NOT NULL,
    unit        TEXT NOT NULL CHECK (unit IN ('each', 'kg')),
    tax_id      TEXT NOT NULL,
    tax_bp      INTEGER NOT NULL CHECK (tax_bp BETWEEN 0 AND 10000),
    plu         INTEGER CHECK (plu BETWEEN 1 AND 99999),
    tare_grams  INTEGER NOT NULL DEFAULT 0 CHECK (tare_grams >= 0),
    age_limit   INTEGER CHECK (age_limit BETWEEN 1 AND 255),
    active      INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    changed_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE barcodes (
    barcode TEXT PRIMARY KEY NOT NULL,
    sku     TEXT NOT NULL REFERENCES products (sku)
) STRICT;
CREATE INDEX barcodes_by_sku ON barcodes (sku);

-- Prices with the time from which they hold: the price at a time is the newest row not after it.
CREATE TABLE prices (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    sku            TEXT NOT NULL REFERENCES products (sku),
    minor          INTEGER NOT NULL CHECK (minor >= 0),
    currency       TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX prices_by_sku ON prices (sku, effective_from, id);

-- Classes of the detector. An id belongs to its class for ever, whatever happens to products.
CREATE TABLE classes (
    class_id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (class_id BETWEEN 1 AND 65535),
    name     TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE class_sku (
    class_id INTEGER PRIMARY KEY NOT NULL REFERENCES classes (class_id),
    sku      TEXT NOT NULL UNIQUE REFERENCES products (sku)
) STRICT;

-- A sale counts once: its key is unique. Receipt numbers have no gaps.
CREATE TABLE sales (
    receipt_number INTEGER PRIMARY KEY AUTOINCREMENT,
    sale_key       TEXT NOT NULL UNIQUE,
    kind           TEXT NOT NULL DEFAULT 'sale' CHECK (kind IN ('sale', 'refund')),
    started_at     INTEGER NOT NULL,
    completed_at   INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    price_mode     TEXT NOT NULL CHECK (price_mode IN ('tax_inclusive', 'tax_exclusive')),
    goods_minor    INTEGER NOT NULL,
    tax_minor      INTEGER NOT NULL,
    total_minor    INTEGER NOT NULL CHECK (total_minor >= 0),
    age_checked    INTEGER,
    digest         TEXT NOT NULL
) STRICT;
CREATE INDEX sales_by_time ON sales (completed_at);

CREATE TABLE sale_lines (
    receipt_number   INTEGER NOT NULL REFERENCES sales (receipt_number),
    line_id          INTEGER NOT NULL,
    sku              TEXT NOT NULL,
    name             TEXT NOT NULL,
    unit             TEXT NOT NULL CHECK (unit IN ('each', 'kg')),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    tax_id           TEXT NOT NULL,
    tax_bp           INTEGER NOT NULL,
    age_limit        INTEGER,
    quantity         INTEGER NOT NULL CHECK (quantity > 0),
    tare_grams       INTEGER NOT NULL,
    amount_minor     INTEGER NOT NULL CHECK (amount_minor >= 0),
    origin           TEXT NOT NULL CHECK (origin IN ('camera', 'search', 'plu', 'barcode')),
    origin_track     INTEGER,
    voided           INTEGER NOT NULL CHECK (voided IN (0, 1)),
    changed_at       INTEGER NOT NULL,
    PRIMARY KEY (receipt_number, line_id)
) STRICT;

-- A track is charged at most once in a sale, down to this key.
CREATE TABLE sale_tracks (
    receipt_number INTEGER NOT NULL REFERENCES sales (receipt_number),
    track          INTEGER NOT NULL,
    line_id        INTEGER NOT NULL,
    position       INTEGER NOT NULL,
    PRIMARY KEY (receipt_number, track)
) STRICT;

CREATE TABLE sale_taxes (
    receipt_number INTEGER NOT NULL REFERENCES sales (receipt_number),
    position       INTEGER NOT NULL,
    tax_id         TEXT NOT NULL,
    tax_bp         INTEGER NOT NULL,
    net_minor      INTEGER NOT NULL,
    tax_minor      INTEGER NOT NULL,
    gross_minor    INTEGER NOT NULL,
    PRIMARY KEY (receipt_number, position)
) STRICT;

CREATE TABLE tenders (
    receipt_number INTEGER NOT NULL REFERENCES sales (receipt_number),
    position       INTEGER NOT NULL,
    method         TEXT NOT NULL CHECK (method IN ('card', 'attendant')),
    amount_minor   INTEGER NOT NULL,
    reference      TEXT NOT NULL,
    PRIMARY KEY (receipt_number, position)
) STRICT;

-- Everything that happened, each record sealed with the hash of the one before.
CREATE TABLE journal (
    seq          INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    sale_key     TEXT,
    amount_minor INTEGER,
    body         TEXT NOT NULL,
    previous     TEXT NOT NULL,
    hash         TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX journal_by_time ON journal (at, kind);

-- The basket of the visit that is going on, offered again after a power cut.
CREATE TABLE saved_basket (
    slot     INTEGER PRIMARY KEY CHECK (slot = 1),
    sale_key TEXT NOT NULL,
    body     TEXT NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_pins (
    name         TEXT PRIMARY KEY NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('attendant', 'manager')),
    hash         TEXT NOT NULL,
    failed_tries INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER
) STRICT;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;

-- What is written down stays as it was written: corrections are new records.
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER sales_no_update BEFORE UPDATE ON sales BEGIN SELECT RAISE(ABORT, 'a sale is never changed'); END;
CREATE TRIGGER sales_no_delete BEFORE DELETE ON sales BEGIN SELECT RAISE(ABORT, 'a sale is never deleted'); END;
CREATE TRIGGER sale_lines_no_update BEFORE UPDATE ON sale_lines BEGIN SELECT RAISE(ABORT, 'a sale is never changed'); END;
CREATE TRIGGER sale_lines_no_delete BEFORE DELETE ON sale_lines BEGIN SELECT RAISE(ABORT, 'a sale is never deleted'); END;
CREATE TRIGGER tenders_no_update BEFORE UPDATE ON tenders BEGIN SELECT RAISE(ABORT, 'a sale is never changed'); END;
CREATE TRIGGER tenders_no_delete BEFORE DELETE ON tenders BEGIN SELECT RAISE(ABORT, 'a sale is never deleted'); END;
CREATE TRIGGER prices_no_update BEFORE UPDATE ON prices BEGIN SELECT RAISE(ABORT, 'the price history is append-only'); END;
CREATE TRIGGER prices_no_delete BEFORE DELETE ON prices BEGIN SELECT RAISE(ABORT, 'the price history is append-only'); END;
CREATE TRIGGER classes_no_update BEFORE UPDATE ON classes BEGIN SELECT RAISE(ABORT, 'a class keeps its id and name'); END;
CREATE TRIGGER classes_no_delete BEFORE DELETE ON classes BEGIN SELECT RAISE(ABORT, 'a class keeps its id and name'); END;
