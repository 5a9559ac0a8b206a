-- Photos, their labels, every edit of them, and frozen data sets.

-- A photo lies as a file in the photo folder; `dhash` is 64 bits of a difference hash. Deleting marks it;
-- only a purge takes the row away.
CREATE TABLE photos (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    file_name    TEXT NOT NULL UNIQUE,
    sha256       TEXT NOT NULL UNIQUE,
    dhash        INTEGER NOT NULL,
    width        INTEGER NOT NULL CHECK (width > 0),
    height       INTEGER NOT NULL CHECK (height > 0),
    taken_at     INTEGER NOT NULL,
    source       TEXT NOT NULL CHECK (source IN ('capture', 'import', 'correction')),
    session      TEXT NOT NULL,
    class_hint   INTEGER REFERENCES classes (class_id),
    added_at     INTEGER NOT NULL,
    added_by     TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'labelled', 'checked', 'ignored')),
    nothing_here INTEGER NOT NULL DEFAULT 0 CHECK (nothing_here IN (0, 1)),
    uncertainty  REAL,
    deleted_at   INTEGER
) STRICT;
CREATE INDEX photos_by_state ON photos (state, id) WHERE deleted_at IS NULL;
CREATE INDEX photos_by_uncertainty ON photos (uncertainty DESC, id) WHERE deleted_at IS NULL;
CREATE INDEX photos_by_session ON photos (session);

-- Corners as shares of width and height, 0 to 1.
CREATE TABLE boxes (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    photo_id  INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    class_id  INTEGER NOT NULL REFERENCES classes (class_id),
    x0        REAL NOT NULL CHECK (x0 >= 0),
    y0        REAL NOT NULL CHECK (y0 >= 0),
    x1        REAL NOT NULL CHECK (x1 > x0 AND x1 <= 1),
    y1        REAL NOT NULL CHECK (y1 > y0 AND y1 <= 1),
    source    TEXT NOT NULL CHECK (source IN ('person', 'model', 'cutout', 'correction')),
    actor     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    difficult INTEGER NOT NULL DEFAULT 0 CHECK (difficult IN (0, 1)),
    score     REAL
) STRICT;
CREATE INDEX boxes_by_photo ON boxes (photo_id);
CREATE INDEX boxes_by_class ON boxes (class_id, photo_id);

-- Every edit with the labels before and after it, so that undo never ends.
CREATE TABLE label_edits (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    what     TEXT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    undone   INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;
CREATE INDEX label_edits_by_photo ON label_edits (photo_id, id);

-- A data set once frozen stays as it is; a photo that was purged since is marked.
CREATE TABLE dataset_versions (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    note   TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
CREATE TABLE dataset_photos (
    version      INTEGER NOT NULL REFERENCES dataset_versions (number),
    photo_id     INTEGER NOT NULL,
    file_name    TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    session      TEXT NOT NULL,
    split        TEXT NOT NULL CHECK (split IN ('train', 'val', 'test')),
    nothing_here INTEGER NOT NULL,
    purged_at    INTEGER,
    PRIMARY KEY (version, photo_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE dataset_boxes (
    version   INTEGER NOT NULL REFERENCES dataset_versions (number),
    photo_id  INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    class_id  INTEGER NOT NULL REFERENCES classes (class_id),
    x0        REAL NOT NULL,
    y0        REAL NOT NULL,
    x1        REAL NOT NULL,
    y1        REAL NOT NULL,
    difficult INTEGER NOT NULL,
    PRIMARY KEY (version, photo_id, position)
) STRICT, WITHOUT ROWID;

-- Files of purged photos that are still to be deleted from the disk.
CREATE TABLE files_to_delete (
    file_name TEXT PRIMARY KEY NOT NULL,
    at        INTEGER NOT NULL
) STRICT;

CREATE TRIGGER dataset_versions_no_update BEFORE UPDATE ON dataset_versions BEGIN SELECT RAISE(ABORT, 'a data set is frozen'); END;
CREATE TRIGGER dataset_versions_no_delete BEFORE DELETE ON dataset_versions BEGIN SELECT RAISE(ABORT, 'a data set is frozen'); END;
CREATE TRIGGER dataset_photos_no_update BEFORE UPDATE OF version, photo_id, file_name, sha256, width, height, session, split, nothing_here ON dataset_photos BEGIN SELECT RAISE(ABORT, 'a data set is frozen'); END;
CREATE TRIGGER dataset_photos_no_delete BEFORE DELETE ON dataset_photos BEGIN SELECT RAISE(ABORT, 'a data set is frozen'); END;
CREATE TRIGGER dataset_boxes_no_update BEFORE UPDATE ON dataset_boxes BEGIN SELECT RAISE(ABORT, 'a data set is frozen'); END;
CREATE TRIGGER dataset_boxes_no_delete BEFORE DELETE ON dataset_boxes BEGIN SELECT RAISE(ABORT, 'a data set is frozen'); END;
