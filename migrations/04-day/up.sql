-- Refunds, cash, the reports that close a day, and which model saw what was sold.

ALTER TABLE sales ADD COLUMN model TEXT;

-- A refund is a receipt of its own, of kind 'refund', with amounts above zero that were given back.
CREATE TABLE refunds (
    receipt_number INTEGER PRIMARY KEY NOT NULL REFERENCES sales (receipt_number),
    original       INTEGER NOT NULL REFERENCES sales (receipt_number),
    actor          TEXT NOT NULL,
    reason         TEXT NOT NULL,
    void           INTEGER NOT NULL CHECK (void IN (0, 1))
) STRICT;
CREATE INDEX refunds_by_original ON refunds (original);

-- Which line of the original each line of a refund gives back.
CREATE TABLE refund_lines (
    receipt_number INTEGER NOT NULL REFERENCES refunds (receipt_number),
    line_id        INTEGER NOT NULL,
    original_line  INTEGER NOT NULL,
    PRIMARY KEY (receipt_number, line_id)
) STRICT, WITHOUT ROWID;

-- The drawer: a float begins a count, money goes in and out, and a count ends it. `receipt` is the newest
-- receipt at that moment (`up` is the whole cash-up of a count), because clocks may be set back and receipt numbers may not.
CREATE TABLE cash_entries (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    at             INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('float', 'pay_in', 'pay_out', 'count')),
    currency       TEXT NOT NULL,
    minor          INTEGER NOT NULL CHECK (minor >= 0),
    counted        TEXT,
    expected_minor INTEGER,
    up             TEXT,
    reason         TEXT,
    receipt        INTEGER NOT NULL
) STRICT;

-- A Z report closes all receipts after the one before it. Numbers have no gaps, totals are never reset.
CREATE TABLE z_reports (
    number        INTEGER PRIMARY KEY CHECK (number > 0),
    at            INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    last_receipt  INTEGER NOT NULL,
    last_journal  INTEGER NOT NULL,
    last_cash     INTEGER NOT NULL,
    body          TEXT NOT NULL
) STRICT;

CREATE INDEX sale_lines_by_sku ON sale_lines (sku, receipt_number);
CREATE INDEX sales_by_total ON sales (total_minor);
CREATE INDEX journal_by_kind ON journal (kind, at);

CREATE TRIGGER refunds_no_update BEFORE UPDATE ON refunds BEGIN SELECT RAISE(ABORT, 'a refund is never changed'); END;
CREATE TRIGGER refunds_no_delete BEFORE DELETE ON refunds BEGIN SELECT RAISE(ABORT, 'a refund is never deleted'); END;
CREATE TRIGGER refund_lines_no_update BEFORE UPDATE ON refund_lines BEGIN SELECT RAISE(ABORT, 'a refund is never changed'); END;
CREATE TRIGGER refund_lines_no_delete BEFORE DELETE ON refund_lines BEGIN SELECT RAISE(ABORT, 'a refund is never deleted'); END;
CREATE TRIGGER sale_taxes_no_update BEFORE UPDATE ON sale_taxes BEGIN SELECT RAISE(ABORT, 'a sale is never changed'); END;
CREATE TRIGGER sale_taxes_no_delete BEFORE DELETE ON sale_taxes BEGIN SELECT RAISE(ABORT, 'a sale is never deleted'); END;
CREATE TRIGGER cash_entries_no_update BEFORE UPDATE ON cash_entries BEGIN SELECT RAISE(ABORT, 'cash entries are append-only'); END;
CREATE TRIGGER cash_entries_no_delete BEFORE DELETE ON cash_entries BEGIN SELECT RAISE(ABORT, 'cash entries are append-only'); END;
CREATE TRIGGER z_reports_no_update BEFORE UPDATE ON z_reports BEGIN SELECT RAISE(ABORT, 'a Z report is never changed'); END;
CREATE TRIGGER z_reports_no_delete BEFORE DELETE ON z_reports BEGIN SELECT RAISE(ABORT, 'a Z report is never deleted'); END;
