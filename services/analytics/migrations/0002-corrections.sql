-- contract: takes from PUBLIC the right to call a function that this file makes; older code knows neither.
-- What was counted twice by doing without the inbox, and the corrections of the totals (docs/decisions/0013-recorded-corrections.md).

CREATE TABLE corrections (
  correction_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL CHECK (kind = 'doubled_count'),
  -- The café, and what its totals and this minute were too high by.
  subject text NOT NULL,
  minute timestamptz NOT NULL,
  orders bigint NOT NULL CHECK (orders > 0),
  revenue_cents bigint NOT NULL CHECK (revenue_cents > 0),
  lab text NOT NULL,
  run_id uuid NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);

-- The evidence: each count of an event that the inbox held already, written by the statement that counted it.
CREATE TABLE naive_counts (
  naive_count_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL,
  cafe_id text NOT NULL,
  minute timestamptz NOT NULL,
  revenue_cents bigint NOT NULL,
  counted_at timestamptz NOT NULL DEFAULT now(),
  correction_id uuid REFERENCES corrections
);
CREATE INDEX naive_counts_open ON naive_counts (cafe_id, minute) WHERE correction_id IS NULL;

-- Takes off the totals what was counted twice, and nothing else. Safe to repeat, and to call twice at once.
CREATE FUNCTION correct_naive_counts(by_lab text, by_run uuid)
RETURNS TABLE (kind text, subject text, orders bigint, revenue_cents bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  -- In the order in which a count and an exchange of the tables take them. Nobody counts meanwhile, some milliseconds.
  LOCK TABLE cafe_totals, inbox, cafe_minutes IN SHARE ROW EXCLUSIVE MODE;
  WITH surplus AS MATERIALIZED (
    SELECT cafe_id, minute, count(*) AS orders, sum(revenue_cents)::bigint AS cents, array_agg(naive_count_id) AS ids
    FROM naive_counts WHERE correction_id IS NULL GROUP BY cafe_id, minute
  ), made AS (
    INSERT INTO corrections (kind, subject, minute, orders, revenue_cents, lab, run_id)
    SELECT 'doubled_count', cafe_id, minute, orders, cents, by_lab, by_run FROM surplus
    RETURNING correction_id, subject, minute
  ), minutes AS (
    UPDATE cafe_minutes m SET orders = m.orders - s.orders, revenue_cents = m.revenue_cents - s.cents
    FROM surplus s WHERE m.cafe_id = s.cafe_id AND m.minute = s.minute
  ), totals AS (
    UPDATE cafe_totals t SET orders = t.orders - s.orders, revenue_cents = t.revenue_cents - s.cents
    FROM (SELECT cafe_id, sum(orders) AS orders, sum(cents) AS cents FROM surplus GROUP BY cafe_id) s WHERE t.cafe_id = s.cafe_id
  )
  UPDATE naive_counts n SET correction_id = made.correction_id
  FROM made JOIN surplus s ON s.cafe_id = made.subject AND s.minute = made.minute WHERE n.naive_count_id = ANY (s.ids);
  RETURN QUERY SELECT c.kind, c.subject, c.orders, c.revenue_cents FROM corrections c WHERE c.run_id = by_run ORDER BY c.subject, c.minute;
END $$;
REVOKE EXECUTE ON FUNCTION correct_naive_counts(text, uuid) FROM PUBLIC;

GRANT SELECT, INSERT ON naive_counts TO analytics;
GRANT SELECT ON corrections TO analytics;
GRANT EXECUTE ON FUNCTION correct_naive_counts(text, uuid) TO analytics;
