/** What went on, and whether anything was lost, for operators: audit, traces, logs. All of it only reads. */
import { z } from 'zod';
import { digits, guarded, route } from './route.ts';
import { orderId, replies, traceId } from './schemas.ts';
import { givenInstant } from './text-schemas.ts';

const AUDIT_WAIT_S = 10;
const AUDIT_WAIT_S_MAX = 30;
const auditQuery = z.strictObject({
  wait: z
    .preprocess(digits, z.int().min(0).max(AUDIT_WAIT_S_MAX).default(AUDIT_WAIT_S))
    .describe('How many seconds analytics may take to count what is published'),
});

const LOOK = 'see how requests went';

export const evidenceRoutes = {
  audit: route({
    ...guarded,
    operatorsMay: 'ask whether anything was lost',
    criticality: 'never_shed',
    slow: true,
    method: 'GET',
    path: '/v1/audit',
    summary: 'Was anything lost? For operators; 200 is the answer to the question, whether clean or not',
    status: 200,
    query: auditQuery,
    reply: replies.auditReport,
    refusals: {
      503: ['audit_unavailable', 'audit_not_done'],
      504: ['audit_too_slow'],
    },
  }),
  getTrace: route({
    ...guarded,
    operatorsMay: LOOK,
    criticality: 'analytics',
    method: 'GET',
    path: '/v1/traces/{traceId}',
    summary: 'All spans of one request, from its first byte to the last count; for operators',
    status: 200,
    params: z.strictObject({ traceId }),
    reply: replies.trace,
    refusals: {
      404: ['trace_unknown'],
      503: ['traces_unavailable'],
      504: ['traces_unavailable'],
    },
  }),
  findTraces: route({
    ...guarded,
    operatorsMay: LOOK,
    criticality: 'analytics',
    method: 'GET',
    path: '/v1/traces',
    summary: 'The requests that placed an order, or the last ones of a customer, the newest first; for operators',
    status: 200,
    query: z
      .strictObject({ orderId: orderId.optional(), customerId: z.uuid().optional() })
      .refine((query) => (query.orderId === undefined) !== (query.customerId === undefined), {
        message: 'Exactly one of orderId and customerId is expected',
      }),
    reply: replies.traces,
    refusals: { 503: ['traces_unavailable'], 504: ['traces_unavailable'] },
  }),
  getLogs: route({
    ...guarded,
    operatorsMay: LOOK,
    criticality: 'analytics',
    method: 'GET',
    path: '/v1/traces/{traceId}/logs',
    summary: 'What every process wrote to its log about one request; for operators',
    status: 200,
    params: z.strictObject({ traceId }),
    query: z.strictObject({
      from: givenInstant
        .optional()
        .describe('Older lines are not looked for: when the trace began; else all that is kept is searched'),
    }),
    reply: replies.logs,
    refusals: { 503: ['logs_unavailable'], 504: ['logs_unavailable'] },
  }),
} as const;
