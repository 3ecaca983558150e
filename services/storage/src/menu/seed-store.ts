import { z } from 'zod';

const Item = z.object({ item: z.string(), name: z.string(), priceCents: z.int(), stockUnits: z.int() });

/** seed/demo.json: every café has the whole menu and its own specials. */
const Seed = z.object({
  cafes: z.array(z.object({ cafeId: z.string(), name: z.string(), city: z.string() })),
  menu: z.array(Item),
  specials: z.array(Item.extend({ cafeId: z.string() })),
});

interface Client {
  query(sql: string, values: unknown[]): Promise<{ rowCount: number | null }>;
}

/** Opens the cafés that are not there yet. What is there keeps its prices and its stock. Gives the number of new items. */
export async function openCafes(client: Client, json: unknown): Promise<number> {
  const { cafes, menu, specials } = Seed.parse(json);
  await client.query(
    `INSERT INTO cafes (cafe_id, name, city) SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
    [cafes.map((c) => c.cafeId), cafes.map((c) => c.name), cafes.map((c) => c.city)],
  );
  const items = cafes.flatMap(({ cafeId }) =>
    [...menu, ...specials.filter((special) => special.cafeId === cafeId)].map((item, position) => ({
      ...item,
      cafeId,
      position,
    })),
  );
  const { rowCount } = await client.query(
    `INSERT INTO menu_items (item_id, cafe_id, name, price_cents, stock_units, initial_units, menu_position)
     SELECT item_id, cafe_id, name, price_cents, stock, stock, position
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::int[]) AS i (item_id, cafe_id, name, price_cents, stock, position)
     ON CONFLICT (item_id) DO NOTHING`,
    [
      items.map((i) => `${i.cafeId}-${i.item}`),
      items.map((i) => i.cafeId),
      items.map((i) => i.name),
      items.map((i) => i.priceCents),
      items.map((i) => i.stockUnits),
      items.map((i) => i.position),
    ],
  );
  return rowCount ?? 0;
}
