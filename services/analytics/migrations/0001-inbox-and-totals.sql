-- What was counted, and the numbers that came of it. Everything here can be thrown away and counted again from offset 0.

-- One row per event: Kafka delivers at least once, and this row is written by the statement that counts.
CREATE TABLE inbox (
  event_id uuid PRIMARY KEY,
  -- Of the payload: the same id with other content is somebody's mistake, and must not pass as a repeat.
  content_sha256 bytea NOT NULL CHECK (octet_length(content_sha256) = 32),
  counted_at timestamptz NOT NULL DEFAULT now()
);

-- By the orders' own time, so that a late or repeated delivery changes nothing.
CREATE TABLE cafe_minutes (
  cafe_id text NOT NULL,
  minute timestamptz NOT NULL CHECK (minute = date_trunc('minute', minute, 'UTC')),
  orders bigint NOT NULL CHECK (orders > 0),
  revenue_cents bigint NOT NULL CHECK (revenue_cents > 0),
  PRIMARY KEY (cafe_id, minute)
);

-- The sums over cafe_minutes, so that a report costs the minutes that it shows and not the café's whole history.
CREATE TABLE cafe_totals (
  cafe_id text PRIMARY KEY,
  orders bigint NOT NULL CHECK (orders > 0),
  revenue_cents bigint NOT NULL CHECK (revenue_cents > 0),
  newest_placed_at timestamptz NOT NULL
);

GRANT USAGE ON SCHEMA public TO analytics;
GRANT SELECT, INSERT ON inbox TO analytics;
GRANT SELECT, INSERT, UPDATE ON cafe_minutes, cafe_totals TO analytics;
