-- Staff with three roles, the pad on which only a PIN is typed, and an audit that says before, after and why.

-- A name may change and a person may be disabled; the id stays. Who was an attendant is a clerk now.
CREATE TABLE staff (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL UNIQUE,
    role         TEXT NOT NULL CHECK (role IN ('clerk', 'teacher', 'manager')),
    hash         TEXT NOT NULL,
    active       INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    failed_tries INTEGER NOT NULL DEFAULT 0 CHECK (failed_tries >= 0),
    locked_until INTEGER
) STRICT;
INSERT INTO staff (name, role, hash, failed_tries, locked_until)
    SELECT name, CASE role WHEN 'attendant' THEN 'clerk' ELSE role END, hash, failed_tries, locked_until
    FROM staff_pins ORDER BY rowid;
DROP TABLE staff_pins;

-- Wrong PINs typed without a name: they count for the pad.
CREATE TABLE pin_pad (
    slot         INTEGER PRIMARY KEY CHECK (slot = 1),
    failed_tries INTEGER NOT NULL DEFAULT 0 CHECK (failed_tries >= 0),
    locked_until INTEGER
) STRICT;
INSERT INTO pin_pad (slot) VALUES (1);

ALTER TABLE audit ADD COLUMN before TEXT;
ALTER TABLE audit ADD COLUMN after TEXT;
ALTER TABLE audit ADD COLUMN reason TEXT;
CREATE INDEX audit_by_subject ON audit (action, subject);
CREATE INDEX audit_by_time ON audit (at);
