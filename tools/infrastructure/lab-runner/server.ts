/**
 * HTTP on loopback, for the gateways, which let nobody but operators through:
 *
 *   GET    /labs                       every lab, the ideas to come, the last runs
 *   POST   /labs/NAME/runs             {"short": true}
 *   GET    /labs/runs/ID?after=SEQ     what it said since; waits a second for more
 *   DELETE /labs/runs/ID               stops it
 *   GET    /breakage                   what can be broken, what is
 *   POST   /breakage                   {"fault": "freeze", "name": "storage-1", "forS": 20}
 *   DELETE /breakage                   heals everything, and stops the lab or the plan that would break it again
 *   POST   /breakage/random            {"seed": 7, "seconds": 60, "siblings": false}
 *   GET    /orders/ID/stores           what each store holds of an order
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalogue } from '../../labs/catalogue.ts';
import { type At, type LoopbackServer, send, startLoopbackServer } from '../loopback-server.ts';
import type { Breakage, Wanted } from './breakage.ts';
import type { LookAtOrder } from './order-in-stores.ts';
import { type Asked, SECONDS_MAX } from './random-plan.ts';
import { Refused } from './refused.ts';
import type { Runs } from './runs.ts';
import { PROCESS_FAULTS } from './sentences.ts';

const BODY_BYTES_MAX = 4_096;
/** Less than a gateway may wait (REQUEST_MS_MAX), that had to do without auth first. */
const NEXT_MS_MAX = 1_000;
const SEED_MAX = 2 ** 32 - 1;

export interface Desk {
  readonly runs: Runs;
  readonly breakage: Breakage;
  labs(): Promise<Catalogue>;
  readonly lookAtOrder: LookAtOrder;
}

interface Asking {
  readonly words: readonly string[];
  readonly query: URLSearchParams;
  body(): Promise<Readonly<Record<string, unknown>>>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

type Handler = (desk: Desk, asking: Asking) => Promise<Reply>;

/** By "METHOD /path"; a star stands for one word. */
const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /livez': async () => ok({ status: 'alive' }),
  'GET /readyz': async () => ok({ status: 'ready' }),
  'GET /labs': async ({ labs, runs }) =>
    ok({ ...(await inTime(labs(), 'The labs are just being read: ask again.')), runs: runs.all }),
  'GET /labs/runs/*': async ({ runs }, { words: [id = ''], query }) => {
    const after = query.get('after') ?? '0';
    return ok(await runs.after(id, /^\d{1,9}$/.test(after) ? Number(after) : 0, NEXT_MS_MAX));
  },
  'DELETE /labs/runs/*': async ({ runs }, { words: [id = ''] }) => ok(runs.stop(id)),
  'POST /labs/*/runs': startLab,
  'GET /breakage': async ({ breakage, runs }) => ok({ ...(await breakage.picture()), lab: runs.running ?? null }),
  'POST /breakage': breakOne,
  'DELETE /breakage': async ({ breakage, runs }) => {
    const { running } = runs;
    if (running) runs.stop(running.id); // heals behind itself
    return { status: 202, body: await breakage.heal() };
  },
  'POST /breakage/random': startRandom,
  'GET /orders/*/stores': async ({ lookAtOrder }, { words: [id = ''] }) => {
    const unknown = new Refused('order_unknown', 'There is no such order.');
    if (!ORDER_ID.test(id)) throw unknown;
    const looked = lookAtOrder(id).then((order) => ({ order }));
    const { order } = await inTime(looked, 'The stores do not answer in time: ask again.');
    if (!order) throw unknown;
    return ok(order);
  },
};

const ORDER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Labs are read a first time, on a busy machine for longer than a gateway waits; then whoever asks again has them. */
async function inTime<T extends object>(answer: Promise<T>, orElse: string): Promise<T> {
  const known = await Promise.race([answer, sleep(NEXT_MS_MAX, undefined, { ref: false })]);
  if (!known) throw new Error(orElse);
  return known;
}

const ok = (body: object): Reply => ({ status: 200, body });

async function startLab({ runs, labs }: Desk, { words: [name = ''], body }: Asking): Promise<Reply> {
  const { short } = await body();
  if (short !== undefined && typeof short !== 'boolean') throw new Refused('invalid_body', 'short is true or false.');
  const known = (await labs()).labs.map((lab) => lab.name);
  if (!known.includes(name)) throw new Refused('lab_unknown', `There is no such lab; there are: ${known.join(', ')}.`);
  return { status: 201, body: await runs.start(name, short ?? false) };
}

async function breakOne({ runs, breakage }: Desk, { body }: Asking): Promise<Reply> {
  refuseBesideLab(runs);
  const { fault, name, forS } = await body();
  const known = [...PROCESS_FAULTS, 'add'] as readonly unknown[];
  if (!known.includes(fault) || typeof name !== 'string' || !(forS === undefined || Number.isInteger(forS)))
    throw new Refused('invalid_body', `What is asked for is a fault (${known.join(', ')}) and a name.`);
  return { status: 202, body: await breakage.act({ fault, name, forS } as Wanted) };
}

async function startRandom({ runs, breakage }: Desk, { body }: Asking): Promise<Reply> {
  refuseBesideLab(runs);
  const { seed, seconds, siblings = false } = await body();
  const isWhole = (value: unknown, most: number): boolean =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
  if (!isWhole(seed, SEED_MAX) || !isWhole(seconds, SECONDS_MAX) || typeof siblings !== 'boolean')
    throw new Refused('invalid_body', `A plan has a seed and 1 to ${SECONDS_MAX} seconds.`);
  return { status: 201, body: breakage.startRandom({ seed, seconds, siblings } as Asked) };
}

function refuseBesideLab({ running }: Runs): void {
  if (running)
    throw new Refused('lab_running', `The lab ${running.lab} is running, and its numbers must be its own doing.`);
}

export const startLabServer = (desk: Desk, at: At): Promise<LoopbackServer> =>
  startLoopbackServer(at, (incoming, response) => {
    void answer(desk, incoming)
      .catch(refusal)
      .then(({ status, body }) => send(response, status, body));
  });

async function answer(desk: Desk, incoming: IncomingMessage): Promise<Reply> {
  const url = URL.parse(incoming.url ?? '', 'http://lab-runner');
  for (const [pattern, handle] of Object.entries(ROUTES)) {
    const words = match(pattern, `${incoming.method} ${url?.pathname}`);
    if (words)
      return handle(desk, { words, query: url?.searchParams ?? new URLSearchParams(), body: () => bodyOf(incoming) });
  }
  return { status: 404, body: { reason: 'route_unknown', detail: `One of: ${Object.keys(ROUTES).join(', ')}.` } };
}

export function match(pattern: string, asked: string): string[] | undefined {
  const [want, have] = [pattern.split('/'), asked.split('/')];
  if (want.length !== have.length || want.some((part, at) => part !== '*' && part !== have[at])) return undefined;
  return have.filter((_, at) => want[at] === '*').map((word) => decodeURIComponent(word));
}

async function bodyOf(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) throw new Refused('invalid_body', 'The body is too large.');
    parts.push(part);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Refused('invalid_body', 'The body is no JSON object.');
}

function refusal(error: unknown): Reply {
  if (error instanceof Refused) return { status: error.status, body: { reason: error.reason, detail: error.message } };
  console.error(error);
  return {
    status: 503,
    body: { reason: 'lab_runner_unavailable', detail: error instanceof Error ? error.message : String(error) },
  };
}
