-- What a request carries on to its record besides its trace: what a lab wants of it, by header name. Empty for all others.
ALTER TABLE outbox ADD COLUMN headers jsonb NOT NULL DEFAULT '{}';
GRANT UPDATE (headers) ON outbox TO storage;
