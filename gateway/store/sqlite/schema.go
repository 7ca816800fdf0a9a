package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks a database file as ours: "DRAG".
const applicationID = 0x44524147

// migrations bring a database from version i to i+1. They are never changed once
// released; a new one is added at the end. The version is in user_version.
//
// Times are microseconds since 1970, 0 for none. Bodies and payloads are
// compressed where packed is 1.
var migrations = []string{`
-- Highest handle ever given, so that handles grow also when events are purged.
CREATE TABLE source (
	name   TEXT PRIMARY KEY,
	handle INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE event (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	source   TEXT NOT NULL,
	handle   INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	key      TEXT NOT NULL,              -- delivery id, '' for none
	dialect  TEXT NOT NULL,
	name     TEXT NOT NULL,
	verdict  TEXT NOT NULL,
	decider  TEXT NOT NULL,
	summary  TEXT NOT NULL,
	header   TEXT NOT NULL,              -- as a URL's query, which keeps any bytes
	stripped INTEGER NOT NULL DEFAULT 0, -- 1: body and parts have been purged
	packed   INTEGER NOT NULL,
	body     BLOB
);
CREATE UNIQUE INDEX event_handle ON event (source, handle);
CREATE INDEX event_age ON event (stripped, at);

-- Outlives its event (gone is 1) while a repeat must be recognised.
CREATE TABLE seen (
	source TEXT NOT NULL,
	key    TEXT NOT NULL,
	event  INTEGER NOT NULL,
	handle INTEGER NOT NULL,
	at     INTEGER NOT NULL,
	gone   INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE INDEX seen_gone ON seen (at) WHERE gone = 1;

-- What deliveries have in common. hash is over route, dest and body.
CREATE TABLE plan (
	id    INTEGER PRIMARY KEY,
	hash  BLOB NOT NULL UNIQUE,
	route TEXT NOT NULL,
	dest  TEXT NOT NULL,
	body  BLOB NOT NULL
);

CREATE TABLE lane (
	id      INTEGER PRIMARY KEY,
	name    TEXT NOT NULL UNIQUE,
	gate    TEXT NOT NULL DEFAULT '{}',
	rev     INTEGER NOT NULL DEFAULT 0, -- times that a person set the gate
	owner   TEXT NOT NULL DEFAULT '',
	epoch   INTEGER NOT NULL DEFAULT 0,
	until   INTEGER NOT NULL DEFAULT 0, -- end of the lease
	pending INTEGER NOT NULL DEFAULT 0  -- deliveries, counted in the transactions that change them
);
CREATE INDEX lane_waiting ON lane (until) WHERE pending > 0;
CREATE INDEX lane_owner ON lane (owner) WHERE owner <> '';

CREATE TABLE delivery (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	event  INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
	lane   INTEGER NOT NULL REFERENCES lane (id),
	plan   INTEGER NOT NULL REFERENCES plan (id),
	state  TEXT NOT NULL CHECK (state IN ('pending', 'held', 'done', 'partial', 'dead', 'cancelled')),
	reason TEXT NOT NULL,
	tries  INTEGER NOT NULL DEFAULT 0,
	rung   INTEGER NOT NULL DEFAULT 0,
	born   INTEGER NOT NULL,
	ended  INTEGER NOT NULL DEFAULT 0,
	parts  INTEGER NOT NULL DEFAULT 0, -- how many are frozen
	notes  TEXT                        -- JSON
);
CREATE INDEX delivery_event ON delivery (event);
CREATE INDEX delivery_queue ON delivery (lane) WHERE state = 'pending';
CREATE INDEX delivery_failed ON delivery (id) WHERE state IN ('partial', 'dead');
CREATE INDEX delivery_held ON delivery (id) WHERE state = 'held';

CREATE TABLE part (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	delivery INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
	n        INTEGER NOT NULL,
	dest     TEXT NOT NULL,
	format   TEXT NOT NULL,
	remote   TEXT NOT NULL,
	sent     INTEGER NOT NULL,
	packed   INTEGER NOT NULL,
	payload  BLOB NOT NULL,
	UNIQUE (delivery, n)
);
CREATE INDEX part_inbox ON part (dest) WHERE sent <> 0;

CREATE TABLE attempt (
	id       INTEGER PRIMARY KEY,
	delivery INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
	at       INTEGER NOT NULL,
	part     INTEGER NOT NULL,
	status   INTEGER NOT NULL,
	verdict  TEXT NOT NULL,
	code     TEXT NOT NULL,
	took     INTEGER NOT NULL -- nanoseconds
);
CREATE INDEX attempt_delivery ON attempt (delivery);
`, `
-- What is done to a message: '' posts it, 'edit' and 'delete' name the event that
-- posted it. For a post, message is the one it answers, 0 for none.
ALTER TABLE event ADD COLUMN op TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN message INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN thread TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN files TEXT; -- JSON, NULL for none; their bytes are in upload
CREATE INDEX event_change ON event (message) WHERE op <> '';
DROP INDEX event_age;
CREATE INDEX event_age ON event (stripped, at) WHERE op = ''; -- edits go with their message

CREATE TABLE upload (
	event  INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
	n      INTEGER NOT NULL,
	packed INTEGER NOT NULL,
	data   BLOB NOT NULL,
	PRIMARY KEY (event, n)
);

ALTER TABLE delivery ADD COLUMN op TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN of INTEGER NOT NULL DEFAULT 0; -- the delivery it replays
ALTER TABLE delivery ADD COLUMN related INTEGER NOT NULL DEFAULT 0; -- 1: it or its event has more than a plain post has

ALTER TABLE part ADD COLUMN op TEXT NOT NULL DEFAULT '';
ALTER TABLE part ADD COLUMN ref TEXT NOT NULL DEFAULT '';
ALTER TABLE part ADD COLUMN thread TEXT NOT NULL DEFAULT '';
ALTER TABLE part ADD COLUMN files TEXT; -- JSON, NULL for none; bytes of those made for it are in made
CREATE TABLE made (
	part   INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
	n      INTEGER NOT NULL, -- place in files
	packed INTEGER NOT NULL,
	data   BLOB NOT NULL,
	PRIMARY KEY (part, n)
);

CREATE TABLE claim (
	key   TEXT PRIMARY KEY,
	event INTEGER NOT NULL, -- of the delivery that has it
	until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX claim_event ON claim (event);
CREATE INDEX claim_until ON claim (until);

CREATE TABLE entry (
	space TEXT NOT NULL,
	key   TEXT NOT NULL,
	value BLOB NOT NULL,
	until INTEGER NOT NULL, -- 0: for good
	PRIMARY KEY (space, key)
) WITHOUT ROWID;
CREATE INDEX entry_until ON entry (until) WHERE until <> 0;

CREATE TABLE probe (id INTEGER PRIMARY KEY, data BLOB NOT NULL);

-- The words of events up to the mark, which have been cut already. Nothing is
-- kept but which word is where.
CREATE VIRTUAL TABLE word USING fts5 (list, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
CREATE TABLE mark (event INTEGER NOT NULL);
INSERT INTO mark VALUES (0);
`}

// migrate brings the database to the version which this program knows. It goes
// only forward.
func migrate(ctx context.Context, c *sql.Conn, path string) error {
	var app, version, objects int
	for query, dest := range map[string]*int{
		"PRAGMA application_id": &app, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &objects,
	} {
		if err := c.QueryRowContext(ctx, query).Scan(dest); err != nil {
			return err
		}
	}
	if objects > 0 && app != applicationID {
		return fmt.Errorf("sqlite: %s is a database of another program: use another data directory, or move it away", path)
	}
	if version > len(migrations) {
		return fmt.Errorf("sqlite: %s has schema version %d and this program knows only up to %d: use the newer program, or restore a backup from before it",
			path, version, len(migrations))
	}
	for ; version < len(migrations); version++ {
		script := fmt.Sprintf("BEGIN IMMEDIATE; %s; PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
			migrations[version], applicationID, version+1)
		if _, err := c.ExecContext(ctx, script); err != nil {
			c.ExecContext(ctx, "ROLLBACK") // it may have been rolled back already
			return fmt.Errorf("sqlite: %s: migrate to version %d: %w", path, version+1, err)
		}
	}
	return nil
}
