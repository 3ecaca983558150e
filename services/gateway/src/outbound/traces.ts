import { type CallContext, Failure } from '@seams/call';
import type { Policy } from '@seams/resilience';
import { z } from 'zod';
import { get, type Silence } from './ops-http-client.ts';

/** What a trace store knows of requests, by any store that answers Jaeger's query API. */
export interface Traces {
  /** @throws Failure not_found/trace_unknown */
  trace(ctx: CallContext, traceId: string): Promise<Trace>;
  /** Those in which this order was placed, or that this customer asked for, the newest first. */
  tracesOf(ctx: CallContext, whose: { readonly orderId: string } | { readonly customerId: string }): Promise<Trace[]>;
}

export interface Span {
  readonly spanId: string;
  readonly parentId: string | null;
  readonly operation: string;
  readonly service: string;
  readonly process: string;
  /** After the first span of the trace. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
  readonly events: readonly { readonly atUs: number; readonly name: string }[];
}

export interface Trace {
  readonly traceId: string;
  readonly startedAt: string;
  readonly spans: readonly Span[];
}

const SILENCE: Silence = { unavailable: 'traces_unavailable', tooSlow: 'traces_unavailable', who: 'The trace store' };
/** An order is placed once, and perhaps sent again a few times. */
const OF_ORDER_MAX = 10;
/** Some 25 spans each. */
const OF_CUSTOMER_MAX = 20;
/** A Jaeger that keeps its traces in memory answers 500 to a limit above its `max_traces`. */
export const TRACES_LIMIT_MAX = Math.max(OF_ORDER_MAX, OF_CUSTOMER_MAX);
/** A request begins before the id that it makes, and the clocks of two machines differ. */
const CLOCK_SKEW_MS = 600_000;
/** Where a request begins, and says which order it placed. */
const ENTRY = 'gateway';

export const ORDER_TAG = 'order.id';
export const CUSTOMER_TAG = 'customer.id';

const tag = z.object({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) });
const Jaeger = z.object({
  data: z.array(
    z.object({
      traceID: z.string(),
      spans: z.array(
        z.object({
          spanID: z.string(),
          operationName: z.string(),
          references: z.array(z.object({ refType: z.string(), spanID: z.string() })),
          startTime: z.number(),
          duration: z.number(),
          tags: z.array(tag),
          logs: z.array(z.object({ timestamp: z.number(), fields: z.array(tag) })),
          processID: z.string(),
        }),
      ),
      processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(tag).default([]) })),
    }),
  ),
});
type JaegerTrace = z.infer<typeof Jaeger>['data'][number];

export const tracesOver = (url: string | undefined, policy: Policy, now: () => number): Traces => {
  const ask = (ctx: CallContext, path: string): Promise<JaegerTrace[]> =>
    policy.run(ctx, { repeatable: true }, async (attempt) => {
      if (url === undefined) throw new Failure('unavailable', SILENCE.unavailable, 'This system keeps no traces.');
      const { status, text } = await get(attempt, url + path, SILENCE);
      if (status === 404) return [];
      if (status === 200) return Jaeger.parse(JSON.parse(text)).data;
      throw new Failure('unavailable', SILENCE.unavailable, `The trace store answered ${status}.`);
    });
  return {
    trace: async (ctx, traceId) => {
      const [found] = await ask(ctx, `/api/traces/${traceId}`);
      if (found && found.spans.length > 0) return traceOf(found);
      throw new Failure('not_found', 'trace_unknown', 'There is no such trace, or it is forgotten, or not sent yet.');
    },
    tracesOf: async (ctx, whose) => {
      const [name, id, limit] =
        'orderId' in whose
          ? [ORDER_TAG, whose.orderId, OF_ORDER_MAX]
          : [CUSTOMER_TAG, whose.customerId, OF_CUSTOMER_MAX];
      const tags = encodeURIComponent(JSON.stringify({ [name]: id }));
      const { startUs, endUs } = sinceMade(id, now());
      const range = `start=${startUs}&end=${endUs}`;
      const found = await ask(ctx, `/api/traces?service=${ENTRY}&limit=${limit}&${range}&tags=${tags}`);
      return found.map(traceOf).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
    },
  };
};

/**
 * When anything can have happened to what has this id: not before it was made. Without `start` Jaeger looks back two days,
 * without `end` no further than its own clock. An id that is no UUIDv7 does not say when it was made.
 */
function sinceMade(id: string, nowMs: number): { readonly startUs: number; readonly endUs: number } {
  const madeMs = id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0;
  const startMs = Math.max(0, Math.min(madeMs, nowMs) - CLOCK_SKEW_MS);
  return { startUs: startMs * 1_000, endUs: (nowMs + CLOCK_SKEW_MS) * 1_000 };
}

function traceOf({ traceID, spans, processes }: JaegerTrace): Trace {
  const firstUs = Math.min(...spans.map(({ startTime }) => startTime));
  return {
    traceId: traceID,
    startedAt: new Date(firstUs / 1_000).toISOString(),
    spans: spans
      .map(({ spanID, operationName, references, startTime, duration, tags, logs, processID }): Span => {
        const process = processes[processID];
        const own = process?.tags.find(({ key }) => key === 'service.instance.id')?.value;
        return {
          spanId: spanID,
          parentId: references.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? null,
          operation: operationName,
          service: process?.serviceName ?? 'unknown',
          process: String(own ?? process?.serviceName ?? 'unknown'),
          startUs: startTime - firstUs,
          durationUs: duration,
          tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
          events: logs.map(({ timestamp, fields }) => ({ atUs: timestamp - firstUs, name: eventOf(fields) })),
        };
      })
      .sort((a, b) => a.startUs - b.startUs),
  };
}

/** Jaeger has an event's name among its fields. */
const eventOf = (fields: readonly z.infer<typeof tag>[]): string =>
  String(fields.find(({ key }) => key === 'event')?.value ?? fields[0]?.value ?? '');
