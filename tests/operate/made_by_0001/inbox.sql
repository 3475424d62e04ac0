BEGIN TRANSACTION;
CREATE TABLE inbox_postings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	run TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	content TEXT NOT NULL
);
INSERT INTO "inbox_postings" VALUES(10,'fb413c3ef45c4771ab3b79d8912590f2','2026-11-23 22:28:34.435096','{"board":"delta","external_id":"1","url":"https://delta.example/1","title":"Wash a car, $30","description":"Two walks a day in the park.","tags":[],"extra":{}}');
CREATE TABLE inbox_runs (
	id TEXT NOT NULL, 
	board TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	complete BOOLEAN NOT NULL, 
	outcome TEXT NOT NULL, 
	seen INTEGER NOT NULL, 
	counts JSON NOT NULL, 
	error TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "inbox_runs" VALUES('fb413c3ef45c4771ab3b79d8912590f2','delta','2026-11-23 22:28:34.427264',NULL,0,'running',1,'{}',NULL);
CREATE TABLE version_inbox (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT version_inbox_pkc PRIMARY KEY (version_num)
);
INSERT INTO "version_inbox" VALUES('0001');
CREATE INDEX inbox_postings_run ON inbox_postings (run);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('inbox_postings',10);
COMMIT;
