/** Tables in which nothing is wrong: orders, top-ups, and damage of each kind with its correction. Ids are short words, padded. */

/** "o-1" as a uuid: a letter for the kind, a number for the thing. */
export const id = (word: string): string => {
  const [kind = '', number = ''] = word.split('-');
  return `00000000-0000-4000-8000-${(kind.charCodeAt(0) * 1_000 + Number(number)).toString(16).padStart(12, '0')}`;
};

/** Replaces :word-1 by the uuid of that word. */
export const sqlOf = (text: string): string => text.replaceAll(/:([a-z]-\d+)/g, (_, word: string) => `'${id(word)}'`);

export const TABLES = [
  'menu_items',
  'idempotency_records',
  'orders',
  'order_lines',
  'stock_movements',
  'wallets',
  'top_ups',
  'ledger_entries',
  'outbox',
  'corrections',
  'stock_returns',
  'naive_writes',
] as const;

/** Customers c-1, c-2; orders o-1 …; top-ups t-1, t-2; events e-1 …; corrections x-1 …; r-1 is the run of a lab. */
export const WHOLE = sqlOf(`
  INSERT INTO menu_items VALUES ('tea', 'harbour', 'Tea', 300, 96, 100, 1), ('mug', 'harbour', 'Mug', 40, 49, 50, 2), ('cake', 'harbour', 'Cake', 9, 0, 0, 3);

  INSERT INTO orders (order_id, customer_id, cafe_id, status, version, total_cents, currency, idempotency_key, client_nonce, placed_at) VALUES
    (:o-1, :c-1, 'harbour', 'placed', 1, 640, 'EUR', 'k1', '', now() - interval '1 hour'),
    (:o-2, :c-2, 'harbour', 'placed', 2, 300, 'EUR', 'k1', '', now() - interval '30 hours'),
    (:o-3, :c-2, 'harbour', 'placed', 1, 300, 'EUR', 'k3', '', now()),
    (:o-4, :c-1, 'harbour', 'placed', 1, 40, 'EUR', 'k1', '', now()),
    (:o-5, :c-1, 'harbour', 'placed', 1, 40, 'EUR', 'k5', '', now() - interval '30 hours');
  INSERT INTO order_lines VALUES
    (:o-1, 1, 'tea', 'Tea', 2, 300), (:o-1, 2, 'mug', 'Mug', 1, 40), (:o-2, 1, 'tea', 'Tea', 1, 300),
    (:o-3, 1, 'tea', 'Tea', 1, 300), (:o-4, 1, 'mug', 'Mug', 1, 40), (:o-5, 1, 'mug', 'Mug', 1, 40);
  INSERT INTO stock_movements (order_id, item_id, units) VALUES
    (:o-1, 'tea', -2), (:o-1, 'mug', -1), (:o-2, 'tea', -1), (:o-3, 'tea', -1), (:o-4, 'mug', -1), (:o-5, 'mug', -1);

  INSERT INTO idempotency_records (customer_id, route, key, fingerprint, outcome, answer) VALUES
    (:c-1, 'POST /v1/orders', 'k1', '', 'done', ''), (:c-2, 'POST /v1/orders', 'k3', '', 'done', ''),
    (:c-1, 'POST /v1/orders', 'refused', '', 'refused', ''), (:c-1, 'POST /v1/orders', 'k5', '', 'refused', ''),
    (:c-2, 'POST /v1/wallet/top-ups', 'k1', '', 'refused', '');

  INSERT INTO top_ups VALUES (:t-1, :c-1, 1000, 't1', now()), (:t-2, :c-2, 600, 't2', now());
  INSERT INTO wallets VALUES (:c-1, 360), (:c-2, 0), (:c-3, 0);
  INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind) VALUES
    (:t-1, 'card-clearing', -1000, 'top_up'), (:t-1, 'wallet:' || :c-1, 1000, 'top_up'),
    (:t-2, 'card-clearing', -600, 'top_up'), (:t-2, 'wallet:' || :c-2, 600, 'top_up'),
    (:o-1, 'wallet:' || :c-1, -640, 'order'), (:o-1, 'cafe:harbour', 640, 'order'),
    (:o-2, 'wallet:' || :c-2, -300, 'order'), (:o-2, 'cafe:harbour', 300, 'order'),
    (:o-3, 'wallet:' || :c-2, -300, 'order'), (:o-3, 'cafe:harbour', 300, 'order'),
    (:o-4, 'wallet:' || :c-1, -40, 'order'), (:o-4, 'cafe:harbour', 40, 'order'),
    (:o-5, 'wallet:' || :c-1, -40, 'order'), (:o-5, 'cafe:harbour', 40, 'order'),
    (:x-1, 'wallet:' || :c-1, 40, 'correction'), (:x-1, 'cafe:harbour', -40, 'correction'),
    (:x-5, 'wallet:' || :c-1, 40, 'correction'), (:x-5, 'cafe:harbour', -40, 'correction');
  UPDATE ledger_entries SET entered_at = now() - interval '30 hours' WHERE transfer_id = :o-2;

  INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent)
    SELECT event_id::uuid, 'placed', 't', order_id, '', '' FROM (VALUES
      (:e-1, :o-1), (:e-2, :o-2), (:e-6, :o-2), (:e-3, :o-3), (:e-4, :o-4), (:e-5, :o-5)) AS e (event_id, order_id);

  -- o-4 doubles o-1, o-5 stands under a refused key: both are void. o-3 was placed without its key, o-1 without its event.
  INSERT INTO corrections (correction_id, kind, subject, cents, units, lab, run_id) VALUES
    (:x-1, 'doubled_order', :o-4, 40, 0, 'lab', :r-1), (:x-5, 'doubled_order', :o-5, 40, 0, 'lab', :r-1),
    (:x-2, 'unrecorded_key', :o-3, 0, 0, 'lab', :r-1), (:x-3, 'lost_event', :o-1, 0, 0, 'lab', :r-1),
    (:x-4, 'lost_update', 'tea', 0, -3, 'lab', :r-1);
  INSERT INTO stock_returns VALUES (:x-1, 'mug', 1), (:x-5, 'mug', 1);
  INSERT INTO naive_writes (order_id, without, event_id, item_id, forgotten_units, correction_id) VALUES
    (:o-4, 'idempotency', NULL, NULL, NULL, :x-1), (:o-5, 'idempotency', NULL, NULL, NULL, :x-5),
    (:o-3, 'idempotency', NULL, NULL, NULL, :x-2), (:o-1, 'outbox', :e-1, NULL, NULL, :x-3),
    (:o-2, 'optimistic-lock', NULL, 'tea', 1, :x-4), (:o-3, 'optimistic-lock', NULL, 'tea', 2, :x-4),
    (:o-1, 'optimistic-lock', NULL, 'mug', 5, NULL);
`);
