import type { Cafe, MenuItem } from '@seams/contracts';
import { type Result, statement } from '@seams/postgres';

type Query = <Row extends object>(
  sql: ReturnType<typeof statement>,
  values?: readonly unknown[],
) => Promise<Result<Row>>;

const READ_CAFES = statement('read_cafes', 'SELECT cafe_id AS "cafeId", name, city FROM cafes ORDER BY cafe_id');
const READ_CAFE = statement('read_cafe', 'SELECT cafe_id AS "cafeId", name, city FROM cafes WHERE cafe_id = $1');
const READ_ITEMS = statement(
  'read_items',
  `SELECT item_id AS "itemId", name, price_cents AS "priceCents", stock_units AS "stockUnits"
   FROM menu_items WHERE cafe_id = $1 ORDER BY menu_position`,
);

export async function readCafes(query: Query): Promise<Cafe[]> {
  const { rows } = await query<Cafe>(READ_CAFES);
  return rows;
}

/** A café with its items in the order of the menu, or undefined. */
export async function readMenu(query: Query, cafeId: string): Promise<{ cafe: Cafe; items: MenuItem[] } | undefined> {
  const { rows: cafes } = await query<Cafe>(READ_CAFE, [cafeId]);
  const cafe = cafes[0];
  if (!cafe) return undefined;
  const { rows: items } = await query<MenuItem>(READ_ITEMS, [cafeId]);
  return { cafe, items };
}
