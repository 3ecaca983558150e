-- contract: takes from PUBLIC the right to call a function that this file makes; older code knows neither.
-- What labs broke by doing without a pattern, and the corrections that put it right (docs/decisions/0013-recorded-corrections.md).
-- Nothing is changed in place but counters and balances: a correction is a row with its own entries, and refers to what it corrects.

CREATE TABLE corrections (
  correction_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- doubled_order   the order is void: refunded, and its cups are back
  -- unrecorded_key  the order stands, and its key has its answer now
  -- lost_event      the order's event is in the outbox now
  -- lost_update     the item's counter forgot sales, and shows them now
  kind text NOT NULL CHECK (kind IN ('doubled_order', 'unrecorded_key', 'lost_event', 'lost_update')),
  -- An order's id, or an item's for a lost update.
  subject text NOT NULL,
  -- What moved: cents to the wallet, units on the counter. 0 where nothing did.
  cents bigint NOT NULL DEFAULT 0,
  units integer NOT NULL DEFAULT 0,
  -- The lab whose run is the reason, or "reconcile" when somebody ran that by hand.
  lab text NOT NULL,
  run_id uuid NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);
-- One order is corrected once of a kind; a counter may forget sales again.
CREATE UNIQUE INDEX corrections_once ON corrections (kind, subject) WHERE kind <> 'lost_update';

-- Cups of a void order, back on the counter: initial + movements + returns = stock_units.
CREATE TABLE stock_returns (
  correction_id uuid NOT NULL REFERENCES corrections,
  item_id text NOT NULL REFERENCES menu_items,
  units integer NOT NULL CHECK (units > 0),
  PRIMARY KEY (correction_id, item_id)
);

-- The evidence: written by the naive code itself, in the transaction that does the damage. Nothing else justifies a correction.
CREATE TABLE naive_writes (
  naive_write_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders,
  without text NOT NULL CHECK (without IN ('idempotency', 'outbox', 'optimistic-lock')),
  -- idempotency: what the key would have got.
  route text, fingerprint bytea, answer bytea,
  -- outbox: the event that got no row.
  event_id uuid, event_type text, topic text, payload bytea, traceparent text,
  -- optimistic-lock: sales of others that this write erased from the counter.
  item_id text, forgotten_units integer,
  written_at timestamptz NOT NULL DEFAULT now(),
  correction_id uuid REFERENCES corrections
);
CREATE INDEX naive_writes_open ON naive_writes (without) WHERE correction_id IS NULL;
CREATE INDEX naive_writes_by_order ON naive_writes (order_id);

ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_kind_check;
-- The transfer of a correction is named by the correction's id.
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('order', 'top_up', 'correction'));

-- Corrects what the naive writes say that they broke, and nothing else. Safe to repeat, and to call twice at once.
-- Locks are taken in the order of commit_orders: keys, then wallets by customer, then counters by item.
CREATE FUNCTION correct_naive_writes(by_lab text, by_run uuid)
RETURNS TABLE (kind text, subject text, cents bigint, units integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  surplus uuid[];
  standing uuid[];
BEGIN
  PERFORM pg_advisory_xact_lock(5314003);

  -- The first order under a key is what the key answers with from now on. Whoever holds the key meanwhile is waited for.
  INSERT INTO idempotency_records (customer_id, route, key, fingerprint, outcome, answer)
  SELECT DISTINCT ON (o.customer_id, n.route, o.idempotency_key) o.customer_id, n.route, o.idempotency_key, n.fingerprint, 'done', n.answer
  FROM naive_writes n JOIN orders o USING (order_id)
  WHERE n.without = 'idempotency' AND n.correction_id IS NULL AND NOT EXISTS (
    SELECT FROM orders p WHERE p.customer_id = o.customer_id AND p.idempotency_key = o.idempotency_key
      AND NOT EXISTS (SELECT FROM naive_writes w WHERE w.order_id = p.order_id AND w.without = 'idempotency' AND w.correction_id IS NULL))
  ORDER BY o.customer_id, n.route, o.idempotency_key, n.naive_write_id
  ON CONFLICT DO NOTHING;

  -- One order stands under a key: the one that was not naive, else the first. Under a refused key none does.
  SELECT coalesce(array_agg(k.order_id) FILTER (WHERE k.order_id IS DISTINCT FROM k.stands), '{}'),
         coalesce(array_agg(k.order_id) FILTER (WHERE k.order_id = k.stands), '{}')
  INTO surplus, standing
  FROM (
    SELECT n.order_id, (
      SELECT p.order_id FROM orders p
      WHERE p.customer_id = o.customer_id AND p.idempotency_key = o.idempotency_key
        AND NOT EXISTS (SELECT FROM corrections c WHERE c.kind = 'doubled_order' AND c.subject = p.order_id::text)
        AND NOT EXISTS (
          SELECT FROM idempotency_records r
          WHERE r.customer_id = o.customer_id AND r.route = n.route AND r.key = o.idempotency_key AND r.outcome = 'refused')
      ORDER BY (SELECT w.naive_write_id FROM naive_writes w
        WHERE w.order_id = p.order_id AND w.without = 'idempotency' AND w.correction_id IS NULL) NULLS FIRST
      LIMIT 1) AS stands
    FROM naive_writes n JOIN orders o USING (order_id)
    WHERE n.without = 'idempotency' AND n.correction_id IS NULL) k;

  PERFORM FROM wallets WHERE customer_id IN (SELECT o.customer_id FROM orders o WHERE o.order_id = ANY (surplus))
  ORDER BY customer_id FOR NO KEY UPDATE;
  PERFORM FROM menu_items
  WHERE item_id IN (SELECT l.item_id FROM order_lines l WHERE l.order_id = ANY (surplus))
    OR item_id IN (SELECT n.item_id FROM naive_writes n WHERE n.without = 'optimistic-lock' AND n.correction_id IS NULL)
  ORDER BY item_id COLLATE "C" FOR NO KEY UPDATE;

  WITH o AS MATERIALIZED (
    SELECT order_id, customer_id, cafe_id, total_cents, gen_random_uuid() AS correction_id FROM orders WHERE order_id = ANY (surplus)
  ), back AS MATERIALIZED (
    SELECT o.correction_id, l.item_id, sum(l.quantity)::integer AS units FROM o JOIN order_lines l USING (order_id) GROUP BY o.correction_id, l.item_id
  ), made AS (
    INSERT INTO corrections (correction_id, kind, subject, cents, units, lab, run_id)
    SELECT correction_id, 'doubled_order', order_id::text, total_cents, (SELECT sum(b.units) FROM back b WHERE b.correction_id = o.correction_id), by_lab, by_run FROM o
  ), marked AS (
    UPDATE naive_writes n SET correction_id = o.correction_id FROM o WHERE n.order_id = o.order_id AND n.without = 'idempotency'
  ), booked AS (
    INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind)
    SELECT correction_id, e.account, e.amount_cents, 'correction'
    FROM o, LATERAL (VALUES ('wallet:' || customer_id, total_cents), ('cafe:' || cafe_id, -total_cents)) e (account, amount_cents)
  ), returned AS (
    INSERT INTO stock_returns (correction_id, item_id, units) SELECT correction_id, item_id, units FROM back
  ), refunded AS (
    UPDATE wallets w SET balance_cents = w.balance_cents + r.cents
    FROM (SELECT customer_id, sum(total_cents) AS cents FROM o GROUP BY customer_id) r WHERE w.customer_id = r.customer_id
  )
  UPDATE menu_items m SET stock_units = m.stock_units + b.units
  FROM (SELECT item_id, sum(units) AS units FROM back GROUP BY item_id) b WHERE m.item_id = b.item_id;

  WITH made AS (
    INSERT INTO corrections (kind, subject, lab, run_id) SELECT 'unrecorded_key', s::text, by_lab, by_run FROM unnest(standing) s
    RETURNING correction_id, subject
  )
  UPDATE naive_writes n SET correction_id = made.correction_id FROM made WHERE n.order_id::text = made.subject AND n.without = 'idempotency';

  -- A counter that would fall below 0 has sold what there was not: that is no correction's to mend, and stays a breach.
  WITH lost AS (
    SELECT item_id, sum(forgotten_units)::integer AS units, array_agg(naive_write_id) AS ids
    FROM naive_writes WHERE without = 'optimistic-lock' AND correction_id IS NULL GROUP BY item_id
  ), fixed AS (
    UPDATE menu_items m SET stock_units = m.stock_units - lost.units FROM lost
    WHERE m.item_id = lost.item_id AND m.stock_units >= lost.units
    RETURNING m.item_id, lost.units, lost.ids
  ), made AS (
    INSERT INTO corrections (kind, subject, units, lab, run_id) SELECT 'lost_update', item_id, -units, by_lab, by_run FROM fixed
    RETURNING correction_id, subject
  )
  UPDATE naive_writes n SET correction_id = made.correction_id
  FROM made JOIN fixed ON fixed.item_id = made.subject WHERE n.naive_write_id = ANY (fixed.ids);

  -- The same event with the same id: if Kafka has it after all, analytics counts it once.
  WITH lost AS MATERIALIZED (
    SELECT * FROM naive_writes WHERE without = 'outbox' AND correction_id IS NULL
  ), made AS (
    INSERT INTO corrections (kind, subject, lab, run_id) SELECT 'lost_event', order_id::text, by_lab, by_run FROM lost
    RETURNING correction_id, subject
  ), written AS (
    INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent)
    SELECT event_id, event_type, topic, order_id::text, payload, traceparent FROM lost
  )
  UPDATE naive_writes n SET correction_id = made.correction_id
  FROM made WHERE n.order_id::text = made.subject AND n.without = 'outbox';

  RETURN QUERY SELECT c.kind, c.subject, c.cents, c.units FROM corrections c WHERE c.run_id = by_run ORDER BY c.kind, c.subject;
END $$;
REVOKE EXECUTE ON FUNCTION correct_naive_writes(text, uuid) FROM PUBLIC;

GRANT SELECT, INSERT ON naive_writes TO storage;
GRANT SELECT ON corrections TO storage;
GRANT EXECUTE ON FUNCTION correct_naive_writes(text, uuid) TO storage;
