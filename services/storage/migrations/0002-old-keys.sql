-- The sweeper looks for the oldest keys; without an index it would read every key each minute.
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
