BEGIN TRANSACTION;
CREATE TABLE people (
	person_id TEXT NOT NULL, 
	email TEXT NOT NULL, 
	email_key TEXT NOT NULL, 
	unsubscribed INTEGER NOT NULL, 
	unsubscribed_at TEXT, 
	source TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (person_id)
);
INSERT INTO "people" VALUES('ann','ann@example.com','ann@example.com',1,'2026-11-24T09:00:00.000000Z','','');
CREATE TABLE people_history (
	id INTEGER NOT NULL, 
	person_id TEXT NOT NULL, 
	at TEXT NOT NULL, 
	action TEXT NOT NULL, 
	source TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	done_by TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "people_history" VALUES(1,'ann','2026-11-24T09:00:00.000000Z','created','','','');
INSERT INTO "people_history" VALUES(2,'ann','2026-11-24T09:00:00.000000Z','unsubscribed','','','');
CREATE TABLE people_ids (
	person_id TEXT NOT NULL, 
	salesforce_id TEXT NOT NULL, 
	PRIMARY KEY (person_id, salesforce_id)
);
INSERT INTO "people_ids" VALUES('ann','003000000000001AAA');
CREATE TABLE people_meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "people_meta" VALUES('format','1');
INSERT INTO "people_meta" VALUES('store','people-kept');
CREATE INDEX people_history_person ON people_history (person_id);
CREATE INDEX ix_people_email_key ON people (email_key);
CREATE INDEX ix_people_unsubscribed ON people (unsubscribed);
CREATE INDEX ix_people_ids_salesforce_id ON people_ids (salesforce_id);
COMMIT;
