/** 5. Every cup is accounted for: what a counter began with, every movement since and every return of a void order is what it shows now. */
import type { Question } from './question.ts';
import type { Snapshot, SqlQuestion } from './snapshot.ts';

const COUNTERS: SqlQuestion = {
  looksAt: 'stock counters: initial + movements + returns = now, and never below 0',
  count: 'SELECT count(*) FROM menu_items',
  breaches: `SELECT i.item_id AS id, format('began with %s, movements come to %s, returns to %s, and shows %s', i.initial_units, coalesce(m.units, 0), coalesce(r.units, 0), i.stock_units) AS what
    FROM menu_items i LEFT JOIN (SELECT item_id, sum(units) AS units FROM stock_movements GROUP BY item_id) m USING (item_id)
      LEFT JOIN (SELECT item_id, sum(units) AS units FROM stock_returns GROUP BY item_id) r USING (item_id)
    WHERE i.initial_units + coalesce(m.units, 0) + coalesce(r.units, 0) <> i.stock_units OR i.stock_units < 0`,
};

const SOLD: SqlQuestion = {
  looksAt: 'order lines: each sold unit left a counter',
  count: 'SELECT count(*) FROM order_lines',
  breaches: `SELECT order_id AS id, format('sold %s × %s, and the counter moved by %s', coalesce(l.units, 0), item_id, coalesce(m.units, 0)) AS what
    FROM (SELECT order_id, item_id, sum(quantity) AS units FROM order_lines GROUP BY order_id, item_id) l
      FULL JOIN (SELECT order_id, item_id, sum(units) AS units FROM stock_movements GROUP BY order_id, item_id) m
      USING (order_id, item_id)
    WHERE coalesce(l.units, 0) + coalesce(m.units, 0) <> 0`,
};

export const stockInStorage = async (snapshot: Snapshot): Promise<Question[]> => [
  await snapshot.ask(COUNTERS),
  await snapshot.ask(SOLD),
];
