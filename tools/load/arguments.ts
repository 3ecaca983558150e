/** What the user asks of `npm run load`. */

import path from 'node:path';
import { parseArgs } from 'node:util';
import { PATTERNS } from '../../libs/call/src/without.ts';
import { parseFaults } from '../../load/faults.ts';
import { DEFAULTS } from '../../load/load.ts';
import { BASELINE_SHARE } from '../../load/phases.ts';
import { ORDERS_MAX } from '../../load/plan.ts';
import { SEED_MAX } from '../../load/random.ts';

export const HELP = `Orders by a seeded plan, resolves every unknown with its key, then audits: was anything lost?

  npm run load -- [options]

  --rate N          orders per second on average; they do not wait for answers    (50)
  --seconds N       for how long                                                  (60)
  --orders N        this many instead
  --seed N          the same seed, the same orders, the same faults               (drawn, and printed)
  --customers N     new ones, with money for it all                               (${DEFAULTS.customers})
  --faults LIST     what happens to which share of the requests, for example
                      lost-reply:10%                  at an edge that the seed chooses
                      lost-reply:10%@gateway-logic    or client-gateway, gateway-auth, logic-storage,
                                                      storage-postgres, relay-kafka, kafka-analytics
                      lost-request:5%  duplicate:5%  delay:300:5%  error:unavailable:5%
                    several are separated by commas
  --baseline N      percent of the orders that come before the faults, to compare (${100 * BASELINE_SHARE})
  --without LIST    patterns to do without, for example idempotency
  --replays N       how many keys are sent once more at the end                   (${DEFAULTS.replaysMax})
  --in-flight N     requests at once; orders that had to wait for it are counted  (${DEFAULTS.inFlightMax})
  --journal FILE    what the client was told                                      (loads/ in the data folder)
  --no-audit        leave the audit out
  --json            the result as JSON, on standard output alone
  --data DIR        where the system's data is                                    (.seams)
  --help            this text

Ctrl-C stops sending, resolves and judges what was sent; a second one ends at once.
`;

export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly audit: boolean;
  readonly rate: number;
  readonly seconds: number | undefined;
  readonly orders: number | undefined;
  readonly seed: number;
  readonly customers: number;
  readonly replaysMax: number;
  readonly inFlightMax: number;
  readonly faults: string | undefined;
  readonly baselineShare: number;
  readonly without: readonly string[];
  readonly journalFile: string;
  readonly dataDir: string;
}

const SECONDS = 60;
const RATE_MAX = 2_000;
const SECONDS_MAX = 86_400;
const CUSTOMERS_MAX = 1_000;
const BASELINE_PERCENT_MAX = 90;

const options = {
  rate: { type: 'string', default: '50' },
  seconds: { type: 'string' },
  orders: { type: 'string' },
  seed: { type: 'string' },
  customers: { type: 'string', default: String(DEFAULTS.customers) },
  replays: { type: 'string', default: String(DEFAULTS.replaysMax) },
  'in-flight': { type: 'string', default: String(DEFAULTS.inFlightMax) },
  faults: { type: 'string' },
  baseline: { type: 'string', default: String(100 * BASELINE_SHARE) },
  without: { type: 'string' },
  journal: { type: 'string' },
  'no-audit': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  data: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export interface Surroundings {
  /** From where the user stands; a relative path is meant from there. */
  readonly folder: string;
  readonly dataDir: string;
  readonly now: Date;
  /** For a seed that was not given. */
  readonly drawn: number;
}

/** @throws Error of one line */
export function readArguments(args: readonly string[], { folder, dataDir, now, drawn }: Surroundings): Arguments {
  const { values } = parseArgs({ args: [...args], options });
  if (values.seconds !== undefined && values.orders !== undefined)
    throw new Error('--seconds and --orders exclude each other');
  const number = (name: keyof typeof values, from: number, to: number): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const given = Number(text);
    if (
      /^\d+(\.\d+)?$/.test(String(text)) &&
      given >= from &&
      given <= to &&
      (name === 'rate' || Number.isInteger(given))
    )
      return given;
    throw new Error(`--${name} takes a number from ${from} to ${to}, not "${text}"`);
  };
  const seed = number('seed', 0, SEED_MAX) ?? drawn;
  const orders = number('orders', 1, ORDERS_MAX);
  if (values.faults !== undefined) parseFaults(values.faults);
  const data = values.data === undefined ? dataDir : path.resolve(folder, values.data);
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  return {
    help: values.help,
    json: values.json,
    audit: !values['no-audit'],
    rate: number('rate', 0.1, RATE_MAX) ?? 0,
    seconds: orders === undefined ? (number('seconds', 1, SECONDS_MAX) ?? SECONDS) : undefined,
    orders,
    seed,
    customers: number('customers', 1, CUSTOMERS_MAX) ?? 0,
    replaysMax: number('replays', 0, ORDERS_MAX) ?? 0,
    inFlightMax: number('in-flight', 1, 10_000) ?? 0,
    faults: values.faults,
    baselineShare: (number('baseline', 0, BASELINE_PERCENT_MAX) ?? 0) / 100,
    without: patternsOf(values.without),
    journalFile:
      values.journal === undefined
        ? path.join(data, 'loads', `seed-${seed}-${time}.jsonl`)
        : path.resolve(folder, values.journal),
    dataDir: data,
  };
}

function patternsOf(list: string | undefined): string[] {
  const names = list?.split(',').map((name) => name.trim()) ?? [];
  const unknown = names.find((name) => !(PATTERNS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`--without takes some of ${PATTERNS.join(', ')}, not "${unknown}"`);
  return names;
}
