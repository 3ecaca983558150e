import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { call, customerWith, definite, login } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

interface Span {
  spanID: string;
  operationName: string;
  references: { refType: string; spanID: string }[];
  processID: string;
  tags: { key: string; value: unknown }[];
}
interface Trace {
  spans: Span[];
  processes: Record<string, { serviceName: string }>;
}

const TRACE_MS_MAX = 20_000;
/** As many as two gateways let in at once without refusing one. */
const TOGETHER = 16;

describe('one order', () => {
  it(
    'is one trace through all services, Postgres and Kafka, each part below the one that caused it',
    async () => {
      const { account } = await customerWith(system.url, 1_000);
      // One whose holder no gateway knows yet: what auth said of the first token is used again for seconds.
      const token = await login(system.url, account);
      const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };
      const reply = await call(`${system.url}/v1/orders`, { token, key: randomUUID(), body });
      expect(reply.status).toBe(201);
      const traceId = reply.headers.get('trace-id');
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);

      const commit = 'seams.orders.v1.OrderStoreService/CommitOrder';
      // Each process sends its spans by its own clock: whichever is seen first, others may come later.
      await eventually(async () => {
        const edges = edgesOf(await traceOf(traceId as string));
        for (const edge of [
          'POST /v1/orders @gateway server',
          'POST /v1/orders @gateway server > seams.auth.v1.AuthService/Authenticate @gateway client',
          'seams.auth.v1.AuthService/Authenticate @gateway client > seams.auth.v1.AuthService/Authenticate @auth server',
          'POST /v1/orders @gateway server > seams.orders.v1.OrderService/PlaceOrder @gateway client',
          'seams.orders.v1.OrderService/PlaceOrder @gateway client > seams.orders.v1.OrderService/PlaceOrder @business-logic server',
          'seams.orders.v1.OrderService/PlaceOrder @business-logic server > seams.menu.v1.MenuStoreService/ReadMenu @business-logic client',
          `seams.orders.v1.OrderService/PlaceOrder @business-logic server > ${commit} @business-logic client`,
          `${commit} @business-logic client > ${commit} @storage server`,
          `${commit} @storage server > commit order @storage internal`,
          'commit order @storage internal > postgres commit_orders @storage client',
        ]) {
          expect(edges).toContain(here(edge));
        }
        // The asynchronous half: the relay's publish continues the request's trace, and analytics continues the relay's.
        const published = edges.filter((edge) => edge.endsWith(here('> seams.orders.v1 publish @storage producer')));
        expect(published).toHaveLength(1);
        for (const edge of [
          'seams.orders.v1 publish @storage producer > seams.orders.v1 process @analytics consumer',
          'seams.orders.v1 process @analytics consumer > postgres count_order @analytics client',
        ]) {
          expect(edges).toContain(here(edge));
        }
        // One tree: only the gateway's span has no parent in it.
        expect(edges.filter((edge) => !edge.includes(' > '))).toEqual([here('POST /v1/orders @gateway server')]);
      }, TRACE_MS_MAX);
    },
    TRACE_MS_MAX + 10_000,
  );

  it(
    'stays one trace of its own when it shares its messages with others',
    async () => {
      const { token } = await customerWith(system.url, 100_000);
      const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };
      const order = async (): Promise<string> => {
        const reply = await definite(`${system.url}/v1/orders`, { token, key: randomUUID(), body });
        expect(reply.status).toBe(201);
        return reply.headers.get('trace-id') ?? '';
      };
      const commit = 'seams.orders.v1.OrderStoreService/CommitOrder';
      let shared = 0;
      await eventually(async () => {
        const traceIds = await Promise.all(Array.from({ length: TOGETHER }, order));
        for (const traceId of traceIds) {
          await eventually(async () => {
            const trace = await traceOf(traceId);
            const edges = edgesOf(trace);
            expect(edges.filter((edge) => !edge.includes(' > '))).toEqual([here('POST /v1/orders @gateway server')]);
            expect(edges).toContain(here(`${commit} @business-logic client > ${commit} @storage server`));
            for (const { tags } of trace.spans)
              if (valueOf(tags, 'span.kind') === 'client' && Number(valueOf(tags, 'group.size')) > 1) shared++;
          }, TRACE_MS_MAX);
        }
        // In one process nothing is sent, so nothing is shared.
        if (!system.single) expect(shared).toBeGreaterThan(0);
      }, TRACE_MS_MAX);
    },
    2 * TRACE_MS_MAX + 10_000,
  );

  it('continues the trace that its caller began', async () => {
    const traceId = randomUUID().replaceAll('-', '');
    const traceparent = `00-${traceId}-${'1'.repeat(16)}-01`;
    const reply = await call(`${system.url}/v1/cafes`, { headers: { traceparent } });
    expect(reply.headers.get('trace-id')).toBe(traceId);
  });
});

/** One process has one name in a trace; its operations and their order are the same. */
const here = (edge: string): string => (system.single ? edge.replaceAll(/ @[a-z-]+ /g, ' @single ') : edge);

async function traceOf(traceId: string): Promise<Trace> {
  const response = await fetch(`${system.tracesUrl}/api/traces/${traceId}`);
  return ((await response.json()) as { data: [Trace] }).data[0];
}

const valueOf = (tags: Span['tags'], name: string): unknown => tags.find(({ key }) => key === name)?.value;

/** "child" for a root, "parent > child" for the others; a span is named by operation, service and kind. */
function edgesOf({ spans, processes }: Trace): string[] {
  const nameOf = (span: Span): string =>
    `${span.operationName} @${processes[span.processID]?.serviceName} ${String(valueOf(span.tags, 'span.kind'))}`;
  const byId = new Map(spans.map((span) => [span.spanID, span]));
  return spans.map((span) => {
    const parent = byId.get(span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? '');
    return parent ? `${nameOf(parent)} > ${nameOf(span)}` : nameOf(span);
  });
}
