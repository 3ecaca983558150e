import { readFile, stat } from 'node:fs/promises';
import { Failure } from '@seams/call';
import { z } from 'zod';

/** What distribution costs, as the benchmark measured it last. */
export interface Price {
  /** @throws Failure not_found/price_not_measured */
  latest(): Promise<MeasuredPrice>;
}

const figure = z.object({ median: z.number(), min: z.number(), max: z.number() });
export type Figure = z.infer<typeof figure>;

export interface Rung {
  readonly rung: string;
  readonly says: string;
  readonly figures: Record<string, Figure>;
}

export interface MeasuredPrice {
  readonly measuredAt: string;
  readonly ratios: Record<string, Figure>;
  readonly rungs: Rung[];
  readonly bytesPerOrder: Record<string, Record<string, { sent: number; received: number }>>;
  readonly machine: Record<string, string | number>;
  readonly plan: Record<string, string | number>;
  /** The machine's load average before each turn. */
  readonly loads: number[];
}

/** bench/shapes.ts writes it, and may write more than is shown here. */
const Result = z.object({
  ratios: z.record(z.string(), figure),
  /** Before there were rungs between the two. */
  shapes: z.record(z.string(), z.record(z.string(), figure)).default({}),
  ladder: z.array(z.object({ rung: z.string(), says: z.string(), figures: z.record(z.string(), figure) })).optional(),
  bytesPerOrder: z
    .record(z.string(), z.record(z.string(), z.object({ sent: z.number(), received: z.number() })))
    .default({}),
  machine: z.record(z.string(), z.unknown()),
  plan: z.record(z.string(), z.unknown()),
  turns: z.array(z.object({ loadBefore: z.number().optional() })).default([]),
});

const BYTES_MAX = 4_194_304;
const COMMAND = 'npm run bench -- --rungs single,bare,retries,guarded,five,traced';

/** The bench replaces its file whole, so whatever is read is one result. */
export const priceFrom = (file: string | undefined): Price => ({
  async latest() {
    const seen = file === undefined ? undefined : await bytesOf(file);
    if (!seen) throw new Failure('not_found', 'price_not_measured', `Nobody measured it here yet: ${COMMAND}`);
    const read = Result.safeParse(jsonOf(seen.text));
    if (!read.success)
      throw new Failure('unavailable', 'price_unreadable', 'The last result of the benchmark cannot be read.');
    const { ratios, shapes, ladder, bytesPerOrder, machine, plan, turns } = read.data;
    return {
      measuredAt: seen.at,
      ratios,
      rungs: ladder ?? Object.entries(shapes).map(([rung, figures]) => ({ rung, says: '', figures })),
      bytesPerOrder,
      machine: plainOf(machine),
      plan: plainOf(plan),
      loads: turns.flatMap(({ loadBefore }) => loadBefore ?? []),
    };
  },
});

/** Undefined when it is not there. */
async function bytesOf(file: string): Promise<{ text: string; at: string } | undefined> {
  try {
    const { size, mtime } = await stat(file);
    return { text: size > BYTES_MAX ? '' : await readFile(file, 'utf8'), at: mtime.toISOString() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const plainOf = (values: Readonly<Record<string, unknown>>): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
