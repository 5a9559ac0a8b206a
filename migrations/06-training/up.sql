-- Training runs, models and what went live when; backups; and which program has the database open.

CREATE TABLE training_runs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'stopped', 'done', 'failed')),
    settings   TEXT NOT NULL,
    dataset    INTEGER REFERENCES dataset_versions (number),
    progress   TEXT NOT NULL DEFAULT '{}',
    message    TEXT,
    actor      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at   INTEGER
) STRICT;
CREATE INDEX training_runs_by_state ON training_runs (state);

CREATE TABLE models (
    name       TEXT PRIMARY KEY NOT NULL,
    digest     TEXT NOT NULL,
    run        INTEGER REFERENCES training_runs (id),
    dataset    INTEGER REFERENCES dataset_versions (number),
    figures    TEXT NOT NULL DEFAULT '{}',
    added_at   INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;

-- The newest row is the model in use.
CREATE TABLE model_promotions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    model      TEXT NOT NULL REFERENCES models (name),
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    overridden INTEGER NOT NULL CHECK (overridden IN (0, 1)),
    rollback   INTEGER NOT NULL CHECK (rollback IN (0, 1)),
    figures    TEXT NOT NULL
) STRICT;
CREATE TRIGGER model_promotions_no_update BEFORE UPDATE ON model_promotions BEGIN SELECT RAISE(ABORT, 'what went live stays written'); END;
CREATE TRIGGER model_promotions_no_delete BEFORE DELETE ON model_promotions BEGIN SELECT RAISE(ABORT, 'what went live stays written'); END;

CREATE TABLE backups (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    path   TEXT NOT NULL,
    bytes  INTEGER,
    failed TEXT
) STRICT;

-- One program at a time works on a database: it writes its heart beat here.
CREATE TABLE instance (
    slot       INTEGER PRIMARY KEY CHECK (slot = 1),
    token      TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    beat_at    INTEGER NOT NULL
) STRICT;
