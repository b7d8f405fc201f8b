-- What version 6 of the database left on a disk. Never change it: it stands for files that people have.
BEGIN TRANSACTION;
CREATE TABLE account_key (
        fingerprint TEXT NOT NULL PRIMARY KEY,
        account_id TEXT NOT NULL,
        address TEXT NOT NULL
    ) WITHOUT ROWID;
INSERT INTO "account_key" VALUES('key-2','acc-1','https://api.segmind.com');
CREATE TABLE dataset (
        dataset_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        updated_at REAL NOT NULL
    , background TEXT NOT NULL DEFAULT '#ffffff', current_step INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
INSERT INTO "dataset" VALUES('set-1','Ada',1700000000.5,'#204060',1,0);
CREATE TABLE undo_step (
        dataset_id TEXT NOT NULL REFERENCES dataset ON DELETE CASCADE,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        at REAL NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (dataset_id, number)
    ) WITHOUT ROWID;
INSERT INTO "undo_step" VALUES('set-1',1,'Edit caption',1700000000.25,'{"added":[],"removed":[],"edited":[],"names":["Untitled","Ada"],"backgrounds":[]}');
CREATE TABLE photo (
        dataset_id TEXT NOT NULL REFERENCES dataset ON DELETE CASCADE,
        photo_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (dataset_id, photo_id)
    ) WITHOUT ROWID;
INSERT INTO "photo" VALUES('set-1','p-1',0,'{"photo_id":"p-1","path":"/photos/\u00e4.jpg","width":4000,"height":3000,"size":3500000,"mtime_ns":1700000000000000001,"image_format":"JPEG","orientation":6,"caption":"ADA in a garden","original_caption":"in a garden","excluded":false,"problem":""}');
INSERT INTO "photo" VALUES('set-1','p-2',1,'{"photo_id":"p-2","path":"/photos/b.png","width":0,"height":0,"size":0,"mtime_ns":0,"image_format":"","orientation":1,"caption":"","original_caption":"","excluded":true,"problem":""}');
CREATE TABLE picture (
        number INTEGER PRIMARY KEY,
        picture_id TEXT NOT NULL UNIQUE,
        account_id TEXT NOT NULL,
        asked_at REAL NOT NULL,
        ended_at REAL,
        state TEXT NOT NULL,
        record TEXT NOT NULL
    );
INSERT INTO "picture" VALUES(1,'pic-1','acc-1',1700000400.0,1700000412.0,'made','{"run_id":"run-2","prompt":"ADA in a spacesuit, \u201eUmlaut\u201c","seed":7,"strength":1.4,"width":832,"height":1216,"slug":"ada-2","file_name":"ada-2-20231114-222000-pic-1.jpg","cost":0.06,"error":""}');
INSERT INTO "picture" VALUES(2,'pic-2','acc-1',1700000500.0,1700000680.0,'unknown','{"run_id":"run-2","prompt":"ADA at sea","seed":null,"strength":1.0,"width":1024,"height":1024,"slug":"ada-2","file_name":"","cost":null,"error":"The service did not answer in time."}');
INSERT INTO "picture" VALUES(3,'pic-3','acc-1',1700000700.0,NULL,'asked','{"run_id":"run-2","prompt":"ADA by the fire","seed":null,"strength":1.0,"width":1024,"height":1024,"slug":"ada-2","file_name":"","cost":null,"error":""}');
INSERT INTO "picture" VALUES(4,'pic-4','practice',1700000800.0,1700000801.0,'failed','{"run_id":"run-3","prompt":"nsfw","seed":null,"strength":1.0,"width":1024,"height":1024,"slug":"test","file_name":"","cost":null,"error":"Refused."}');
CREATE TABLE run (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE,
        account_id TEXT NOT NULL,
        created_at REAL NOT NULL,
        body TEXT NOT NULL,
        record TEXT NOT NULL
    );
INSERT INTO "run" VALUES(1,'run-1','acc-1',1700000000.0,'{"name": "ada", "instance_prompt": "ADA in a garden", "trigger_word": "ADA", "advance_parameters": {"iterations": 300, "learning_rate": 1e-05}}','{"name":"ada","phase":"unknown","changed_at":1700000030.0,"manifest":"[[\"/photos/\u00e4.jpg\", 3500000, 1700000000000000001, \"ADA in a garden\", 6, \"JPEG\"]]","dataset_id":"set-1","dataset_name":"Ada","image_count":1,"archive_size":0,"archive_sha256":"","data_source_path":"https://bucket.s3.amazonaws.com/uploads/u/1-ada.zip","sent_at":1700000010.0,"service_id":"","status":"","error":"","public":null,"slug":"","base_model":"","cloud_storage_url":"","trained_model_url":"","inference_api_url":"","raw":"","vanished":false,"made_here":true,"listings_missed":0,"last_checked_at":null,"result_path":"","result_sha256":"","credits_before":null,"credits_after":null,"notes":"mit \u201eUmlaut\u201c","pinned":false}');
INSERT INTO "run" VALUES(2,'run-2','acc-1',1700000100.0,'{"name": "ada", "instance_prompt": "ADA in a garden", "trigger_word": "ADA", "advance_parameters": {"iterations": 300, "learning_rate": 1e-05}}','{"name":"ada-2","phase":"accepted","changed_at":1700000200.0,"manifest":"","dataset_id":"","dataset_name":"","image_count":0,"archive_size":0,"archive_sha256":"","data_source_path":"","sent_at":null,"service_id":"s-2","status":"AVAILABLE","error":"","public":false,"slug":"ada-2","base_model":"","cloud_storage_url":"","trained_model_url":"","inference_api_url":"","raw":"","vanished":false,"made_here":true,"listings_missed":0,"last_checked_at":null,"result_path":"","result_sha256":"","credits_before":12.5,"credits_after":8.5,"notes":"","pinned":true}');
INSERT INTO "run" VALUES(3,'run-3','practice',1700000300.0,'{}','{"name":"test","phase":"refused","changed_at":1700000300.0,"manifest":"","dataset_id":"","dataset_name":"","image_count":0,"archive_size":0,"archive_sha256":"","data_source_path":"","sent_at":null,"service_id":"","status":"","error":"","public":null,"slug":"","base_model":"","cloud_storage_url":"","trained_model_url":"","inference_api_url":"","raw":"","vanished":false,"made_here":true,"listings_missed":0,"last_checked_at":null,"result_path":"","result_sha256":"","credits_before":null,"credits_after":null,"notes":"","pinned":false}');
CREATE TABLE run_change (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE
    );
INSERT INTO "run_change" VALUES(2,'run-2');
INSERT INTO "run_change" VALUES(4,'run-3');
INSERT INTO "run_change" VALUES(7,'run-1');
CREATE TABLE timeline (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
        at REAL NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL
    );
INSERT INTO "timeline" VALUES(1,'run-1',1700000000.0,'prepared','1 photo');
INSERT INTO "timeline" VALUES(2,'run-1',1700000010.0,'sending','');
INSERT INTO "timeline" VALUES(3,'run-1',1700000030.0,'unknown','No answer came.');
INSERT INTO "timeline" VALUES(4,'run-2',1700000200.0,'accepted','');
INSERT INTO "timeline" VALUES(5,'run-2',1700000200.0,'AVAILABLE','');
INSERT INTO "timeline" VALUES(6,'run-3',1700000300.0,'refused','');
CREATE INDEX dataset_by_time ON dataset (updated_at DESC);
CREATE INDEX run_by_account ON run (account_id, created_at DESC, number DESC);
CREATE INDEX timeline_by_run ON timeline (run_id, number);
CREATE INDEX picture_by_account ON picture (account_id, asked_at DESC, number DESC);
CREATE TRIGGER run_added AFTER INSERT ON run BEGIN
        INSERT INTO run_change (run_id)
            SELECT new.run_id WHERE NOT EXISTS (SELECT 1 FROM run_change WHERE run_id = new.run_id);
        UPDATE run_change SET number = (SELECT max(number) + 1 FROM run_change) WHERE run_id = new.run_id;
    END;
    CREATE TRIGGER run_changed AFTER UPDATE ON run BEGIN
        INSERT INTO run_change (run_id)
            SELECT new.run_id WHERE NOT EXISTS (SELECT 1 FROM run_change WHERE run_id = new.run_id);
        UPDATE run_change SET number = (SELECT max(number) + 1 FROM run_change) WHERE run_id = new.run_id;
    END;
    CREATE TRIGGER run_removed AFTER DELETE ON run BEGIN
        INSERT INTO run_change (run_id)
            SELECT old.run_id WHERE NOT EXISTS (SELECT 1 FROM run_change WHERE run_id = old.run_id);
        UPDATE run_change SET number = (SELECT max(number) + 1 FROM run_change) WHERE run_id = old.run_id;
    END;
COMMIT;
PRAGMA user_version = 6;
