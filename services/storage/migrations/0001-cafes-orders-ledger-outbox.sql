-- Everything that one order changes, in one database, so that one transaction can change it.
-- The role "storage" (the service) gets exactly what it needs: the ledger, for example, can be added to and read, never changed.

CREATE TABLE cafes (
  cafe_id text PRIMARY KEY,
  name text NOT NULL,
  city text NOT NULL
);

CREATE TABLE menu_items (
  item_id text PRIMARY KEY,
  cafe_id text NOT NULL REFERENCES cafes,
  name text NOT NULL,
  price_cents bigint NOT NULL CHECK (price_cents > 0),
  -- The counter that orders race for. The check is the last line: the conditional update refuses before it.
  stock_units integer NOT NULL CHECK (stock_units >= 0),
  -- What the counter began with: initial + every movement since = stock_units.
  initial_units integer NOT NULL CHECK (initial_units >= 0),
  menu_position integer NOT NULL
);
CREATE INDEX menu_items_by_cafe ON menu_items (cafe_id, menu_position);

-- The first answer given under a customer's key is the answer for good: an order, a top-up, or a refusal.
CREATE TABLE idempotency_records (
  customer_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  -- SHA-256 of the canonical content.
  fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
  -- The reply (or the seams.call.v1.Refusal) in protobuf: a replay sends the same bytes.
  answer bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (customer_id, route, key)
);

CREATE TABLE orders (
  order_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  cafe_id text NOT NULL REFERENCES cafes,
  status text NOT NULL CHECK (status IN ('placed')),
  version integer NOT NULL CHECK (version > 0),
  total_cents bigint NOT NULL CHECK (total_cents > 0),
  currency text NOT NULL,
  idempotency_key text NOT NULL,
  client_nonce text NOT NULL,
  placed_at timestamptz NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at DESC, order_id DESC);

CREATE TABLE order_lines (
  order_id uuid NOT NULL REFERENCES orders,
  line integer NOT NULL,
  item_id text NOT NULL REFERENCES menu_items,
  name text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price_cents bigint NOT NULL CHECK (unit_price_cents > 0),
  PRIMARY KEY (order_id, line)
);

-- Why a stock counter changed. One row per order and item, so a doubled decrement shows.
CREATE TABLE stock_movements (
  order_id uuid NOT NULL REFERENCES orders,
  item_id text NOT NULL REFERENCES menu_items,
  units integer NOT NULL CHECK (units <> 0),
  moved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (order_id, item_id)
);

CREATE TABLE wallets (
  customer_id uuid PRIMARY KEY,
  balance_cents bigint NOT NULL CHECK (balance_cents >= 0)
);

CREATE TABLE top_ups (
  top_up_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  idempotency_key text NOT NULL,
  credited_at timestamptz NOT NULL
);

-- Double entry: the entries of one transfer sum to zero, a wallet's balance is the sum of its entries.
CREATE TABLE ledger_entries (
  entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The order or the top-up that moved the money. One transfer per cause: a doubled charge breaks the unique key.
  transfer_id uuid NOT NULL,
  -- "wallet:<customer>", "cafe:<café>" or "card-clearing".
  account text NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
  kind text NOT NULL CHECK (kind IN ('order', 'top_up')),
  entered_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (transfer_id, account)
);
CREATE INDEX ledger_entries_by_account ON ledger_entries (account);

-- Events wait here from the commit that caused them until Kafka has them.
CREATE TABLE outbox (
  outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  event_type text NOT NULL,
  topic text NOT NULL,
  message_key text NOT NULL,
  payload bytea NOT NULL,
  -- W3C trace context of the request that caused it; the relay's span continues it.
  traceparent text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz
);
-- The relay reads what is not yet published, whatever its id: ids are not in commit order, so "id > last" would skip rows.
CREATE INDEX outbox_waiting ON outbox (outbox_id) WHERE published_at IS NULL;

-- One relay at a time. The term rises with each new holder and fences the old one's writes.
CREATE TABLE relay_lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  term bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
INSERT INTO relay_lease (name, holder, term, expires_at) VALUES ('outbox', '', 0, '-infinity');

CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_wakes_relay AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION wake_relay();

GRANT USAGE ON SCHEMA public TO storage;
GRANT SELECT ON cafes TO storage;
GRANT SELECT, UPDATE (stock_units) ON menu_items TO storage;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_records TO storage;
GRANT SELECT, INSERT, UPDATE ON orders TO storage;
GRANT SELECT, INSERT ON order_lines, stock_movements, top_ups, ledger_entries TO storage;
GRANT SELECT, INSERT, UPDATE (balance_cents) ON wallets TO storage;
GRANT SELECT, INSERT, UPDATE (published_at) ON outbox TO storage;
GRANT SELECT, UPDATE (holder, term, expires_at) ON relay_lease TO storage;
