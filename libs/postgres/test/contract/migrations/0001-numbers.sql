CREATE TABLE numbers (n integer PRIMARY KEY);
CREATE TABLE slow_at_commit (n integer);
CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(NEW.n); PERFORM pg_sleep(CASE NEW.n WHEN 1 THEN 30 ELSE 0.5 END); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON slow_at_commit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_commit();
GRANT SELECT, INSERT ON numbers, slow_at_commit TO storage;
