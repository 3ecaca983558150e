/** All that the system knows of one request, from one id: its trace, log lines, Kafka record and rows. It only reads. */

import { superuser } from '../infrastructure/postgres-roles.ts';
import type { Line } from '../infrastructure/watcher/logs.ts';
import { ask, NotAnswered } from '../order/api.ts';
import {
  type InKafka,
  type InPostgres,
  type Place,
  placeIn,
  readOutbox,
  readPostgres,
  recordOf,
} from '../order/stores.ts';
import { readTrace, type Trace } from '../order/trace.ts';
import type { Running } from '../system/running.ts';

export interface Evidence {
  readonly traceId: string;
  readonly trace: Trace | undefined;
  readonly lines: readonly Line[];
  /** False when the logs were too long to be searched whole. */
  readonly whole: boolean;
  /** Undefined when the request placed no order. */
  readonly order: PlacedOrder | undefined;
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly eventId: string;
  readonly rows: InPostgres;
  /** Undefined while analytics has not taken it: its span says where the record is. */
  readonly record: (InKafka & Place) | undefined;
}

/** Processes send their spans once a second, and analytics is the last one. */
const TRACE_MS_MAX = 8_000;

/** @throws NotAnswered with one line for people when nobody knows the id */
export async function evidenceOf(system: Running, id: string): Promise<Evidence> {
  const url = system.postgresUrl(superuser, 'storage');
  const outbox = await readOutbox(url, id);
  const traceId = outbox?.traceId ?? id;
  if (!/^[0-9a-f]{32}$/.test(traceId))
    throw new NotAnswered(`no order ${id} was placed here; of one that failed, ask by the trace-id of its answer`);
  const isWhole = (trace: Trace): boolean => !outbox || placeIn(trace) !== undefined;
  const trace = await readTrace(system.tracesUrl, traceId, isWhole, TRACE_MS_MAX);
  const { lines, whole } = await linesOf(system, traceId, trace);
  if (!trace && lines.length === 0 && !outbox)
    throw new NotAnswered(
      `nobody knows ${id}: no trace, no line, no order (traces are kept in memory, logs for two files)`,
    );
  const order = outbox && {
    orderId: outbox.orderId,
    eventId: outbox.eventId,
    rows: await readPostgres(url, outbox.orderId),
    record: await recordOf(system, trace),
  };
  return { traceId, trace, lines, whole, order };
}

async function linesOf(
  system: Running,
  traceId: string,
  trace: Trace | undefined,
): Promise<Pick<Evidence, 'lines' | 'whole'>> {
  const operator = system.demoAccounts.find(({ roles }) => roles.includes('operator'));
  const body = { email: operator?.email, password: operator?.password };
  const login = await ask<{ accessToken: string }>(system.url, { path: '/v1/auth/login', body });
  const firstUs = trace && Math.min(...trace.spans.map(({ startTime }) => startTime));
  const from = firstUs === undefined ? '' : `?from=${new Date(firstUs / 1_000).toISOString()}`;
  const path = `/v1/traces/${traceId}/logs${from}`;
  return (await ask<Pick<Evidence, 'lines' | 'whole'>>(system.url, { path, token: login.body.accessToken })).body;
}
