/** All that the system knows of one request, from one id: its trace, log lines, Kafka record and rows. It only reads. */

import { superuser } from '../infrastructure/postgres-roles.ts';
import type { Line } from '../infrastructure/watcher/logs.ts';
import { ask, NotAnswered } from '../order/api.ts';
import {
  type EventInStores,
  eventInStores,
  type InPostgres,
  placeIn,
  readCounted,
  readOutbox,
  readPostgres,
} from '../order/stores.ts';
import { readTrace, type Trace } from '../order/trace.ts';
import type { Running } from '../system/running.ts';

export interface Evidence {
  readonly traceId: string;
  readonly trace: Trace | undefined;
  readonly lines: readonly Line[];
  /** False when the logs were too long to be searched whole, or could not be searched. */
  readonly whole: boolean;
  /** Why no log was searched, for example in one process, which has no watcher. */
  readonly notSearched?: string;
  /** Undefined when the request placed no order. */
  readonly order: PlacedOrder | undefined;
}

export interface PlacedOrder extends EventInStores {
  readonly orderId: string;
  readonly rows: InPostgres;
}

/** Processes send their spans once a second, and analytics is the last one. */
const TRACE_MS_MAX = 8_000;
/** So long after the last step every span has been sent: what is not there then was forgotten, or never recorded. */
const SPANS_SENT_MS = 3_000;

/** @throws NotAnswered with one line for people when nobody knows the id */
export async function evidenceOf(system: Running, id: string): Promise<Evidence> {
  const url = system.postgresUrl(superuser, 'storage');
  const outbox = await readOutbox(url, id);
  const traceId = outbox?.traceId ?? id;
  if (!/^[0-9a-f]{32}$/.test(traceId))
    throw new NotAnswered(`no order ${id} was placed here; of one that failed, ask by the trace-id of its answer`);
  const isWhole = (trace: Trace): boolean => !outbox || placeIn(trace) !== undefined;
  const counted = outbox && (await readCounted(system.postgresUrl(superuser, 'analytics'), outbox.eventId));
  const waitMs = counted !== undefined && Date.now() - Date.parse(counted) > SPANS_SENT_MS ? 0 : TRACE_MS_MAX;
  const trace = await readTrace(system.tracesUrl, traceId, isWhole, waitMs);
  const logs = await linesOf(system, traceId, trace);
  if (!trace && logs.lines.length === 0 && !outbox)
    throw new NotAnswered(
      `nobody knows ${id}: no trace, no line, no order (traces are kept in memory, logs for two files)`,
    );
  const order = outbox && {
    orderId: outbox.orderId,
    rows: await readPostgres(url, outbox.orderId),
    ...(await eventInStores(system, outbox, trace)),
  };
  return { traceId, trace, ...logs, order };
}

type Logs = Pick<Evidence, 'lines' | 'whole' | 'notSearched'>;

async function linesOf(system: Running, traceId: string, trace: Trace | undefined): Promise<Logs> {
  const operator = system.demoAccounts.find(({ roles }) => roles.includes('operator'));
  const body = { email: operator?.email, password: operator?.password };
  const login = await ask<{ accessToken: string }>(system.url, { path: '/v1/auth/login', body });
  const firstUs = trace && Math.min(...trace.spans.map(({ startTime }) => startTime));
  const from = firstUs === undefined ? '' : `?from=${new Date(firstUs / 1_000).toISOString()}`;
  const path = `/v1/traces/${traceId}/logs${from}`;
  try {
    return (await ask<Logs>(system.url, { path, token: login.body.accessToken })).body;
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    return { lines: [], whole: false, notSearched: error.message };
  }
}
