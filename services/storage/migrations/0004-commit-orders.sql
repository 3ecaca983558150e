-- One round trip for an order, or for all that wait: the same writes, refusals and locks as the statements of
-- order-store.ts, so that replicas which still send those work beside it (docs/decisions/0010-orders-in-groups.md).

-- One order as storage asks for it. `order_id` is null for one that business-logic refused.
CREATE TYPE asked_order AS (
  -- 1, 2, 3 …: who comes first is served first.
  at integer,
  -- How long its caller still waits.
  wait_ms integer,
  customer_id uuid, route text, key text, fingerprint bytea,
  -- What stands under the key if all goes well.
  outcome text, answer bytea,
  order_id uuid, cafe_id text, version integer, total_cents bigint, currency text, client_nonce text, placed_at_ms double precision,
  -- Its lines in the order of their locks, by item id; `line` is where each stands in the order.
  line integer[], item_id text[], name text[], quantity integer[], unit_price_cents bigint[],
  -- What it is refused with, as places in `refusals`: too little money, or too little of that line.
  no_money integer, no_stock integer[],
  event_id uuid, event_type text, topic text, payload bytea, traceparent text, headers jsonb
);

-- Commits or refuses each of `asked` by itself, as if one came after the other; no key may be in it twice.
--   refusals     answers that may have to be recorded (seams.call.v1.Refusal)
--   lock_ms_max  how long it waits for any one lock before all of it fails (55P03); 0 for as long as its statement may run
-- Gives for each: `fresh`, whether this call claimed its key, and
--   outcome done      done; of an earlier call with that call's answer
--   outcome refused   refused; `refusal` is its place in `refusals`, 0 if business-logic refused it; of an earlier call with its answer
--   outcome late      nobody waited for it any longer when its locks came; nothing of it is written
--   outcome null      its key was swept between two statements
-- Locks are taken in one order by whoever writes here: keys, then wallets by customer, then counters by item.
CREATE FUNCTION commit_orders(asked json, refusals bytea[], lock_ms_max integer)
RETURNS TABLE (at integer, fresh boolean, outcome text, refusal integer, fingerprint bytea, answer bytea)
LANGUAGE plpgsql
-- Some dozens of rows by their keys, whatever the tables hold: a plan made while they were small must not stay.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  orders asked_order[];
  this asked_order;
  claimed integer[];
  accepted integer[] := '{}';
  refused integer[] := '{}';
  refused_with integer[] := '{}';
  late integer[] := '{}';
  waited_ms double precision;
  customers uuid[];
  balances bigint[];
  items text[];
  cafes text[];
  units integer[];
  wallet integer;
  counter integer;
  why integer;
BEGIN
  IF lock_ms_max > 0 THEN PERFORM set_config('lock_timeout', lock_ms_max::text, true); END IF;
  SELECT array_agg(o ORDER BY o.at) INTO orders FROM json_populate_recordset(NULL::asked_order, asked) o;

  -- A twin of another call waits here for that one's commit and then reads its answer.
  WITH claim AS (
    INSERT INTO idempotency_records (customer_id, route, key, fingerprint, outcome, answer)
    SELECT o.customer_id, o.route, o.key, o.fingerprint, o.outcome, o.answer FROM unnest(orders) o ORDER BY o.customer_id, o.route, o.key
    ON CONFLICT (customer_id, route, key) DO NOTHING
    RETURNING customer_id, route, key
  )
  SELECT coalesce(array_agg(o.at), '{}') INTO claimed FROM unnest(orders) o JOIN claim USING (customer_id, route, key);
  IF cardinality(claimed) < cardinality(orders) THEN
    RETURN QUERY SELECT o.at, false, r.outcome, NULL::integer, r.fingerprint, r.answer
      FROM unnest(orders) o LEFT JOIN idempotency_records r USING (customer_id, route, key) WHERE o.at <> ALL (claimed);
    orders := ARRAY (SELECT o FROM unnest(orders) o WHERE o.at = ANY (claimed) ORDER BY o.at);
  END IF;

  SELECT array_agg(w.customer_id), array_agg(w.balance_cents) INTO customers, balances FROM (
    SELECT customer_id, balance_cents FROM wallets
    WHERE customer_id = ANY (ARRAY (SELECT o.customer_id FROM unnest(orders) o WHERE o.order_id IS NOT NULL))
    ORDER BY customer_id FOR NO KEY UPDATE) w;
  SELECT array_agg(m.item_id), array_agg(m.cafe_id), array_agg(m.stock_units) INTO items, cafes, units FROM (
    SELECT item_id, cafe_id, stock_units FROM menu_items
    WHERE item_id = ANY (ARRAY (SELECT i FROM unnest(orders) o, unnest(o.item_id) i))
    ORDER BY item_id COLLATE "C" FOR NO KEY UPDATE) m;

  -- Nothing waits from here on until the commit, so this is decided by what is certain.
  waited_ms := extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000;
  FOREACH this IN ARRAY orders LOOP
    why := NULL;
    IF this.wait_ms <= waited_ms THEN
      late := late || this.at;
      CONTINUE;
    END IF;
    IF this.order_id IS NULL THEN
      refused := refused || this.at;
      refused_with := refused_with || 0;
      CONTINUE;
    END IF;
    wallet := array_position(customers, this.customer_id);
    IF wallet IS NULL OR balances[wallet] < this.total_cents THEN
      why := this.no_money;
    ELSE
      FOR i IN 1 .. cardinality(this.item_id) LOOP
        counter := array_position(items, this.item_id[i]);
        IF counter IS NULL OR cafes[counter] <> this.cafe_id OR units[counter] < this.quantity[i] THEN
          why := this.no_stock[i];
          EXIT;
        END IF;
      END LOOP;
    END IF;
    IF why IS NOT NULL THEN
      refused := refused || this.at;
      refused_with := refused_with || why;
      CONTINUE;
    END IF;
    accepted := accepted || this.at;
    balances[wallet] := balances[wallet] - this.total_cents;
    FOR i IN 1 .. cardinality(this.item_id) LOOP
      counter := array_position(items, this.item_id[i]);
      units[counter] := units[counter] - this.quantity[i];
    END LOOP;
  END LOOP;

  IF cardinality(accepted) > 0 THEN
    UPDATE wallets w SET balance_cents = n.cents FROM unnest(customers, balances) n (customer_id, cents)
    WHERE w.customer_id = n.customer_id AND w.balance_cents <> n.cents;
    UPDATE menu_items m SET stock_units = n.units FROM unnest(items, units) n (item_id, units)
    WHERE m.item_id = n.item_id AND m.stock_units <> n.units;
    WITH o AS MATERIALIZED (
      SELECT * FROM unnest(orders) a WHERE a.at = ANY (accepted)
    ), placed AS (
      INSERT INTO orders (order_id, customer_id, cafe_id, status, version, total_cents, currency, idempotency_key, client_nonce, placed_at)
      SELECT order_id, customer_id, cafe_id, 'placed', version, total_cents, currency, key, client_nonce, to_timestamp(placed_at_ms / 1000) FROM o
    ), l AS MATERIALIZED (
      SELECT o.order_id, l.* FROM o, unnest(o.line, o.item_id, o.name, o.quantity, o.unit_price_cents) l (line, item_id, name, quantity, unit_price_cents)
    ), lines AS (
      INSERT INTO order_lines (order_id, line, item_id, name, quantity, unit_price_cents)
      SELECT order_id, line, item_id, name, quantity, unit_price_cents FROM l
    ), moved AS (
      INSERT INTO stock_movements (order_id, item_id, units) SELECT order_id, item_id, -quantity FROM l
    ), booked AS (
      INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind)
      SELECT order_id, e.account, e.amount_cents, 'order'
      FROM o, LATERAL (VALUES ('wallet:' || customer_id, -total_cents), ('cafe:' || cafe_id, total_cents)) e (account, amount_cents)
    )
    INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent, headers)
    SELECT event_id, event_type, topic, order_id::text, payload, traceparent, headers FROM o;
    RETURN QUERY SELECT a, true, 'done', NULL::integer, NULL::bytea, NULL::bytea FROM unnest(accepted) a;
  END IF;

  IF cardinality(refused) > 0 THEN
    UPDATE idempotency_records r SET outcome = 'refused', answer = refusals[n.refusal]
    FROM unnest(refused, refused_with) n (at, refusal) JOIN unnest(orders) o ON o.at = n.at
    WHERE n.refusal > 0 AND r.customer_id = o.customer_id AND r.route = o.route AND r.key = o.key;
    RETURN QUERY SELECT n.at, true, 'refused', n.refusal, NULL::bytea, NULL::bytea FROM unnest(refused, refused_with) n (at, refusal);
  END IF;

  IF cardinality(late) > 0 THEN
    DELETE FROM idempotency_records r USING unnest(orders) o
    WHERE o.at = ANY (late) AND r.customer_id = o.customer_id AND r.route = o.route AND r.key = o.key;
    RETURN QUERY SELECT a, true, 'late', NULL::integer, NULL::bytea, NULL::bytea FROM unnest(late) a;
  END IF;
END $$;
