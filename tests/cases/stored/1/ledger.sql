BEGIN TRANSACTION;
CREATE TABLE aliases (
	old_id TEXT NOT NULL, 
	live_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	seen_at TEXT NOT NULL, 
	PRIMARY KEY (old_id)
);
CREATE TABLE audit (
	number INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	action TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	sender TEXT NOT NULL, 
	event_key TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	received_at TEXT NOT NULL, 
	occurred_at TEXT NOT NULL, 
	selector TEXT NOT NULL, 
	selected TEXT NOT NULL, 
	source TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	fields TEXT NOT NULL, 
	state TEXT NOT NULL, 
	settled_at TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (sender, event_key, body_hash)
);
INSERT INTO "events" VALUES(1,'shop','msg_1','0000000000000000000000000000000000000000000000000000000000000000','2026-11-24T09:00:00.000000Z','2026-11-24T09:00:00.000000Z','person','ann','','','HasOptedOutOfEmail','accepted',NULL);
CREATE TABLE gone (
	record_id TEXT NOT NULL, 
	since TEXT NOT NULL, 
	read_at TEXT NOT NULL, 
	PRIMARY KEY (record_id)
);
CREATE TABLE handed_over (
	person_id TEXT NOT NULL, 
	since TEXT NOT NULL, 
	PRIMARY KEY (person_id)
);
CREATE TABLE jobs (
	job_id TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	ended_at TEXT, 
	PRIMARY KEY (job_id)
);
CREATE TABLE leases (
	org_id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	expires_at TEXT NOT NULL, 
	PRIMARY KEY (org_id)
);
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT, 
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('format','1');
INSERT INTO "meta" VALUES('org_id','00D000000000001EAA');
INSERT INTO "meta" VALUES('people','people-kept');
CREATE TABLE quarantine (
	id INTEGER NOT NULL, 
	side TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	code TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	since TEXT NOT NULL, 
	tried_at TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	run_id TEXT NOT NULL, 
	acknowledged_until TEXT, 
	acknowledged_by TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (side, "key")
);
CREATE TABLE resubscribe_members (
	resubscribe_id INTEGER NOT NULL, 
	side TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	standing TEXT NOT NULL, 
	opted_out INTEGER NOT NULL, 
	stamp TEXT NOT NULL, 
	cleared_at TEXT, 
	PRIMARY KEY (resubscribe_id, side, "key"), 
	FOREIGN KEY(resubscribe_id) REFERENCES resubscribes (id)
);
CREATE TABLE resubscribes (
	id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	org_at TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	fields TEXT NOT NULL, 
	state TEXT NOT NULL, 
	org_id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	ended_at TEXT, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE runs (
	run_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	fields TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	finished_at TEXT, 
	phase TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	facts TEXT NOT NULL, 
	PRIMARY KEY (run_id)
);
CREATE TABLE targets (
	id INTEGER NOT NULL, 
	event_id INTEGER NOT NULL, 
	side TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at TEXT NOT NULL, 
	code TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	claim TEXT, 
	claimed_until TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (event_id, side, "key"), 
	FOREIGN KEY(event_id) REFERENCES events (id)
);
CREATE TABLE workers (
	name TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	heard_at TEXT NOT NULL, 
	rounds INTEGER NOT NULL, 
	people INTEGER NOT NULL, 
	org INTEGER NOT NULL, 
	PRIMARY KEY (name)
);
CREATE INDEX events_state ON events (state);
CREATE INDEX aliases_live ON aliases (live_id);
CREATE INDEX resubscribes_state ON resubscribes (state);
CREATE INDEX targets_due ON targets (state, next_at);
CREATE INDEX targets_person ON targets (person_id);
CREATE INDEX resubscribe_members_key ON resubscribe_members ("key");
COMMIT;
