BEGIN TRANSACTION;
CREATE TABLE boards (
	id TEXT NOT NULL, 
	info TEXT NOT NULL, 
	enabled BOOLEAN, 
	evidence TEXT, 
	decided_at DATETIME, 
	PRIMARY KEY (id)
);
INSERT INTO "boards" VALUES('alpha','{"id":"alpha","name":"Alpha","homepage":"https://board.example","shape":"json_api","terms":{"attribution":"from alpha","min_interval_s":60,"channels":{"page":"full","api":"full","feed":"full","mail":"full","jsonld":"full"},"duties":[],"barred":[],"evidence":[{"what":"https://board.example/terms","read":"2026-11-01","says":"may be shown"}],"max_age_s":null,"off":null},"sample":false,"country":null,"absence_closes":true}',NULL,NULL,NULL);
INSERT INTO "boards" VALUES('beta','{"id":"beta","name":"Beta","homepage":"https://board.example","shape":"json_api","terms":{"attribution":"from beta","min_interval_s":60,"channels":{"page":"full","api":"full","feed":"full","mail":"full","jsonld":"full"},"duties":[],"barred":[],"evidence":[{"what":"https://board.example/terms","read":"2026-11-01","says":"may be shown"}],"max_age_s":null,"off":null},"sample":false,"country":null,"absence_closes":true}',NULL,NULL,NULL);
INSERT INTO "boards" VALUES('delta','{"id":"delta","name":"Delta","homepage":"https://board.example","shape":"json_api","terms":{"attribution":"from delta","min_interval_s":60,"channels":{"page":"none","api":"none","feed":"none","mail":"none","jsonld":"none"},"duties":[],"barred":[],"evidence":[{"what":"https://board.example/terms","read":"2026-11-01","says":"may be shown"}],"max_age_s":null,"off":null},"sample":false,"country":null,"absence_closes":true}',1,'asked by mail on 2026-11-02','2026-11-23 22:28:33.796078');
CREATE TABLE counters (
	name TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('revision',5);
INSERT INTO "counters" VALUES('seq',3);
CREATE TABLE gigs (
	seq BIGINT NOT NULL, 
	id TEXT NOT NULL, 
	revision BIGINT NOT NULL, 
	status TEXT NOT NULL, 
	moved_to BIGINT, 
	views_hash TEXT NOT NULL, 
	first_seen DATETIME NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id), 
	UNIQUE (revision)
);
INSERT INTO "gigs" VALUES(1,'u3xqxse372uxzbwz',4,'open',NULL,'b44e607b64a0465a743ca43ab01a8e52','2026-11-23 22:28:33.811146');
INSERT INTO "gigs" VALUES(2,'smqicq6y3uryyfue',2,'open',NULL,'90ac4af4a975b2149c2addbeace61421','2026-11-23 22:28:33.811146');
INSERT INTO "gigs" VALUES(3,'anehdev7pqvcfvma',5,'closed',NULL,'89f9561c39abe9c28413d049eb17b5a2','2026-11-23 22:28:33.811146');
CREATE TABLE links (
	link TEXT NOT NULL, 
	board TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	PRIMARY KEY (link, board, external_id)
);
INSERT INTO "links" VALUES('jobs.example/7','alpha','1');
INSERT INTO "links" VALUES('alpha.example/2','alpha','2');
INSERT INTO "links" VALUES('jobs.example/7','beta','1');
INSERT INTO "links" VALUES('beta.example/2','beta','2');
INSERT INTO "links" VALUES('alpha.example/3','alpha','3');
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('terms:alpha','full full full full full False from alpha');
INSERT INTO "meta" VALUES('terms:beta','full full full full full False from beta');
INSERT INTO "meta" VALUES('terms:delta','none none none none none False from delta');
CREATE TABLE postings (
	board TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	content TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	pay_day DATE NOT NULL, 
	gig BIGINT, 
	status TEXT NOT NULL, 
	closed_reason TEXT, 
	closed_at DATETIME, 
	expires_at DATETIME, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	last_run TEXT, 
	PRIMARY KEY (board, external_id)
);
INSERT INTO "postings" VALUES('alpha','1','{"board":"alpha","external_id":"1","url":"https://jobs.example/7","title":"Walk my dog, $20 an hour","description":"Two walks a day in the park.","tags":[],"extra":{}}','960fa39baba86b3edd405c18c5dd1a44','offer','2026-11-23',1,'open',NULL,NULL,NULL,'2026-11-23 22:28:33.811146','2026-11-23 22:28:34.276211','dca3c330d4c24b16968667925542c9fd');
INSERT INTO "postings" VALUES('alpha','2','{"board":"alpha","external_id":"2","url":"https://alpha.example/2","title":"Paint a fence, $90","description":"Two walks a day in the park.","tags":[],"extra":{}}','f035cd5ab268d09f5ae3b3939b39c778','offer','2026-11-23',2,'open',NULL,NULL,NULL,'2026-11-23 22:28:33.811146','2026-11-23 22:28:34.276211','dca3c330d4c24b16968667925542c9fd');
INSERT INTO "postings" VALUES('alpha','3','{"board":"alpha","external_id":"3","url":"https://alpha.example/3","title":"Type a list, $12 an hour","description":"Two walks a day in the park.","tags":[],"extra":{}}','d6b6c306167abeea474bd173f4e70dc6','offer','2026-11-23',3,'closed','gone','2026-11-21 12:00:00.000000',NULL,'2026-11-23 22:28:33.811146','2026-11-23 22:28:33.811146','9df720ec42e44024bccb3aadbcd00d25');
INSERT INTO "postings" VALUES('beta','1','{"board":"beta","external_id":"1","url":"https://jobs.example/7","title":"Walk my dog, $20 an hour","description":"Two walks a day in the park.","tags":[],"extra":{}}','6b5f084e263b64d8b0fece1a84de9eb5','offer','2026-11-23',1,'open',NULL,NULL,NULL,'2026-11-23 22:28:34.087041','2026-11-23 22:28:34.375323','9519f149318b45baa08c0885dc47999d');
INSERT INTO "postings" VALUES('beta','2','{"board":"beta","external_id":"2","url":"https://beta.example/2","title":"SEEKING WORK: nanny","description":"I am looking for work.","tags":[],"extra":{}}','3564e101dca62469f117f1d1ec54992e','seeking_work','2026-11-23',NULL,'open',NULL,NULL,NULL,'2026-11-23 22:28:34.087041','2026-11-23 22:28:34.375323','9519f149318b45baa08c0885dc47999d');
CREATE TABLE runs (
	id TEXT NOT NULL, 
	board TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME NOT NULL, 
	complete BOOLEAN NOT NULL, 
	outcome TEXT NOT NULL, 
	healthy BOOLEAN NOT NULL, 
	seen INTEGER NOT NULL, 
	counts JSON NOT NULL, 
	error TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES('9df720ec42e44024bccb3aadbcd00d25','alpha','2026-11-23 22:28:33.801978','2026-11-23 22:28:33.819860',1,'finished',1,3,'{"pages": 1, "new": 3, "gone": 0}',NULL);
INSERT INTO "runs" VALUES('7cdb67cf4eda414bb09eb7f8d66a74dc','beta','2026-11-23 22:28:34.063513','2026-11-23 22:28:34.097672',1,'finished',1,2,'{"pages": 1, "new": 2, "not_an_offer_seeking_work": 1, "gone": 0}',NULL);
INSERT INTO "runs" VALUES('dca3c330d4c24b16968667925542c9fd','alpha','2026-11-23 22:28:34.272241','2026-11-23 22:28:34.288108',1,'finished',1,2,'{"pages": 1, "unchanged": 2, "gone": 1}',NULL);
INSERT INTO "runs" VALUES('9519f149318b45baa08c0885dc47999d','beta','2026-11-23 22:28:34.368573','2026-11-23 22:28:34.377621',1,'finished',1,2,'{"pages": 1, "unchanged": 2, "not_an_offer_seeking_work": 1, "gone": 0}',NULL);
CREATE TABLE version_store (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT version_store_pkc PRIMARY KEY (version_num)
);
INSERT INTO "version_store" VALUES('0001');
CREATE TABLE views (
	gig BIGINT NOT NULL, 
	"view" INTEGER NOT NULL, 
	channels TEXT NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (gig, "view")
);
INSERT INTO "views" VALUES(2,0,'operator page api feed mail jsonld','{"id":"smqicq6y3uryyfue","schema_version":1,"normalizer_version":1,"sample":false,"kind":"offer","title":"Paint a fence, $90","description":"Two walks a day in the park.","description_html":"<p>Two walks a day in the park.</p>","category":"handyman","categories":["handyman"],"work_mode":"in_person","places":[],"eligible":{"countries":[]},"pay":{"status":"stated","unit":"task","min":90.0,"max":90.0,"currency":"USD","usd_min":90.0,"usd_max":90.0,"rate_date":"2026-10-30","media":[]},"terms":{"equipment":"unknown"},"risk":{"level":"none","score":0.0,"signals":[]},"evidence":{"category":[{"source":"title","text":"Paint","start":0,"end":5},{"source":"title","text":"fence","start":8,"end":13}],"pay":[{"source":"title","text":"$90","start":15,"end":18}]},"sources":[{"board":"alpha","external_id":"2","url":"https://alpha.example/2","pay":{"status":"stated","unit":"task","min":90.0,"max":90.0,"currency":"USD","usd_min":90.0,"usd_max":90.0,"rate_date":"2026-10-30","media":[]},"first_seen":"2026-11-23T22:28:33.811146Z","status":"open","attribution":"from alpha"}],"status":"open","first_seen":"2026-11-23T22:28:33.811146Z"}');
INSERT INTO "views" VALUES(1,0,'operator page api feed mail jsonld','{"id":"u3xqxse372uxzbwz","schema_version":1,"normalizer_version":1,"sample":false,"kind":"offer","title":"Walk my dog, $20 an hour","description":"Two walks a day in the park.","description_html":"<p>Two walks a day in the park.</p>","language":"en","category":"pet_care","categories":["pet_care"],"work_mode":"in_person","places":[],"eligible":{"countries":[]},"pay":{"status":"stated","unit":"hour","min":20.0,"max":20.0,"currency":"USD","usd_min":20.0,"usd_max":20.0,"rate_date":"2026-10-30","usd_per_hour_min":20.0,"usd_per_hour_max":20.0,"basis":"stated","media":[]},"terms":{"equipment":"unknown"},"risk":{"level":"none","score":0.0,"signals":[]},"evidence":{"category":[{"source":"title","text":"Walk my dog","start":0,"end":11}],"pay":[{"source":"title","text":"$20 an hour","start":13,"end":24}]},"sources":[{"board":"alpha","external_id":"1","url":"https://jobs.example/7","pay":{"status":"stated","unit":"hour","min":20.0,"max":20.0,"currency":"USD","usd_min":20.0,"usd_max":20.0,"rate_date":"2026-10-30","usd_per_hour_min":20.0,"usd_per_hour_max":20.0,"basis":"stated","media":[]},"first_seen":"2026-11-23T22:28:33.811146Z","status":"open","attribution":"from alpha"},{"board":"beta","external_id":"1","url":"https://jobs.example/7","pay":{"status":"stated","unit":"hour","min":20.0,"max":20.0,"currency":"USD","usd_min":20.0,"usd_max":20.0,"rate_date":"2026-10-30","usd_per_hour_min":20.0,"usd_per_hour_max":20.0,"basis":"stated","media":[]},"first_seen":"2026-11-23T22:28:34.087041Z","status":"open","attribution":"from beta"}],"status":"open","first_seen":"2026-11-23T22:28:33.811146Z"}');
INSERT INTO "views" VALUES(3,0,'operator page api feed mail jsonld','{"id":"anehdev7pqvcfvma","schema_version":1,"normalizer_version":1,"sample":false,"kind":"offer","title":"Type a list, $12 an hour","description":"Two walks a day in the park.","description_html":"<p>Two walks a day in the park.</p>","category":"other","categories":["other"],"work_mode":"unknown","places":[],"eligible":{"countries":[]},"pay":{"status":"stated","unit":"hour","min":12.0,"max":12.0,"currency":"USD","usd_min":12.0,"usd_max":12.0,"rate_date":"2026-10-30","usd_per_hour_min":12.0,"usd_per_hour_max":12.0,"basis":"stated","media":[]},"terms":{"equipment":"unknown"},"risk":{"level":"none","score":0.0,"signals":[]},"evidence":{"pay":[{"source":"title","text":"$12 an hour","start":13,"end":24}]},"sources":[{"board":"alpha","external_id":"3","url":"https://alpha.example/3","pay":{"status":"stated","unit":"hour","min":12.0,"max":12.0,"currency":"USD","usd_min":12.0,"usd_max":12.0,"rate_date":"2026-10-30","usd_per_hour_min":12.0,"usd_per_hour_max":12.0,"basis":"stated","media":[]},"first_seen":"2026-11-23T22:28:33.811146Z","status":"closed","attribution":"from alpha"}],"status":"closed","closed_reason":"gone","first_seen":"2026-11-23T22:28:33.811146Z","closed_at":"2026-11-21T12:00:00Z"}');
CREATE INDEX links_posting ON links (board, external_id);
CREATE INDEX postings_expiry ON postings (status, expires_at);
CREATE INDEX postings_gig ON postings (gig);
CREATE INDEX postings_open ON postings (board, status, last_run);
CREATE INDEX runs_board ON runs (board, started_at);
COMMIT;
