/**
 * The bodies of the REST API. The same schemas check what comes in, type what goes out and make the OpenAPI document.
 * Bounds here are about form (what a program may send); what a customer may do is decided by the owner of each limit,
 * with a reason of its own. The document names that limit too: in `.meta()`, by the constant that the owner enforces.
 */
import {
  DISPLAY_NAME_LENGTH_MAX,
  DISPLAY_NAME_PATTERN,
  EMAIL_LENGTH_MAX,
  LINES_MAX,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  QUANTITY_MAX,
  TOP_UP_CENTS_MAX,
  TOP_UP_CENTS_MIN,
} from '@seams/contracts';
import { z } from 'zod';
import { instant, shortName, text } from './text-schemas.ts';

/** Schemas with a name of their own in the OpenAPI document. */
export const named = z.registry<{ id: string; description?: string }>();

const cents = z.int().min(0).describe('Integer cents');
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .describe('ISO 4217');
export const cafeId = shortName;
export const itemId = shortName;
export const orderId = z.uuid();

// argon2 hashes as many bytes as it is given, so the length is bounded before it. Two UTF-16 units are one character.
const password = z
  .string()
  .min(1)
  .max(2 * PASSWORD_LENGTH_MAX);
const newPassword = password.meta({ minLength: PASSWORD_LENGTH_MIN, maxLength: PASSWORD_LENGTH_MAX });
const knownPassword = password.meta({ maxLength: PASSWORD_LENGTH_MAX });
const displayName = text(2 * DISPLAY_NAME_LENGTH_MAX).meta({
  maxLength: DISPLAY_NAME_LENGTH_MAX,
  pattern: DISPLAY_NAME_PATTERN,
  description: 'At least one visible character',
});
const email = z.email().max(EMAIL_LENGTH_MAX);
const opaqueToken = z
  .string()
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, 'A token as it was given is expected');

const registerBody = z
  .strictObject({ email, password: newPassword, displayName })
  .register(named, { id: 'Registration' });
const loginBody = z.strictObject({ email, password: knownPassword }).register(named, { id: 'Login' });
const refreshBody = z.strictObject({ refreshToken: opaqueToken }).register(named, { id: 'Refresh' });
const session = z
  .strictObject({
    customerId: z.uuid(),
    accessToken: z.string(),
    accessExpiresInS: z.int(),
    refreshToken: z.string(),
    refreshExpiresInS: z.int(),
  })
  .register(named, { id: 'Session' });

const cafe = z.strictObject({ cafeId, name: z.string(), city: z.string() }).register(named, { id: 'Cafe' });
const cafes = z.strictObject({ cafes: z.array(cafe) }).register(named, { id: 'Cafes' });
const menuItem = z
  .strictObject({ itemId, name: z.string(), priceCents: cents, stockUnits: z.int().min(0) })
  .register(named, { id: 'MenuItem' });
const menu = z.strictObject({ cafe, currency, items: z.array(menuItem) }).register(named, { id: 'Menu' });

const topUpBody = z
  .strictObject({ amountCents: z.int().min(1).max(TOP_UP_CENTS_MAX).meta({ minimum: TOP_UP_CENTS_MIN }) })
  .register(named, { id: 'TopUpRequest' });
const topUp = z
  .strictObject({ topUpId: z.uuid(), amountCents: cents, currency, balanceCents: cents, creditedAt: instant })
  .register(named, { id: 'TopUp' });
const wallet = z
  .strictObject({ customerId: z.uuid(), balanceCents: cents, currency })
  .register(named, { id: 'Wallet' });

const QUANTITY_FORM_MAX = 100;
const LINES_FORM_MAX = 50;
const orderBody = z
  .strictObject({
    cafeId,
    items: z
      .array(
        z.strictObject({ itemId, quantity: z.int().min(1).max(QUANTITY_FORM_MAX).meta({ maximum: QUANTITY_MAX }) }),
      )
      .min(1)
      .max(LINES_FORM_MAX)
      .meta({ maxItems: LINES_MAX, uniqueItems: true, description: 'Each item once, with its quantity' }),
    clientNonce: text(64)
      .optional()
      .describe("The client's own mark, free text that need not be unique; comes back with the order"),
  })
  .register(named, { id: 'OrderRequest' });
const order = z
  .strictObject({
    orderId,
    cafeId,
    status: z.enum(['placed']),
    items: z.array(z.strictObject({ itemId, name: z.string(), quantity: z.int().min(1), unitPriceCents: cents })),
    totalCents: cents,
    currency,
    placedAt: instant,
    version: z.int().min(1).describe('Rises by one with each change of the order'),
    clientNonce: z.string().optional(),
  })
  .register(named, { id: 'Order' });
const orders = z
  .strictObject({ orders: z.array(order), nextCursor: z.string().nullable() })
  .register(named, { id: 'Orders' });

const cafeReport = z
  .strictObject({
    cafeId,
    minutes: z.array(z.strictObject({ minute: instant, orders: z.int(), revenueCents: cents })),
    ordersTotal: z.int(),
    revenueTotalCents: cents,
    asOf: instant.nullable().describe('The time of the newest order counted'),
  })
  .register(named, { id: 'CafeReport' });

const count = z.int().min(0);
const auditQuestion = z.object({
  looksAt: z.string(),
  lookedAt: count,
  breachesTotal: count,
  breaches: z.array(z.object({ id: z.string(), what: z.string() })).describe('The first ten'),
  unanswered: z
    .object({ things: count, why: z.string() })
    .optional()
    .describe('Things that the system did not answer for: nothing is known of them'),
  note: z.string().optional(),
});
const auditReport = z
  .object({
    verdict: z.string().describe('One line for people'),
    clean: z
      .boolean()
      .describe('Nothing lost, nothing doubled, everything adds up, and there was something to look at'),
    lookedAt: count,
    breaches: count,
    checks: z.array(
      z.object({
        number: z.int().min(1),
        name: z.string(),
        verdict: z.enum(['clean', 'breach', 'could not look', 'nothing to look at']),
        lookedAt: count,
        breaches: count,
        questions: z.array(auditQuestion),
      }),
    ),
    corrections: z
      .array(z.object({ kind: z.string(), lab: z.string(), count, at: instant }))
      .describe('What labs broke and reconciliation put right, each checked as well'),
    at: instant.describe('When it began to read: after the question was asked'),
    ms: z.number().min(0),
  })
  .register(named, { id: 'AuditReport' });

const rate = z.number().min(0).nullable().describe('null where nobody counts');
const floorProcess = z.object({
  name: z.string(),
  part: z.string().describe('The service or the part of the infrastructure that it is one of'),
  kind: z.enum(['service', 'infrastructure']),
  state: z.enum(['ready', 'not ready', 'silent', 'gone']),
  why: z.string().optional(),
  forMs: z.number().describe('In this state, as far as it was watched'),
  memoryBytes: z.number().optional(),
  upS: z.number().optional(),
});
const floorArrow = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(['request', 'store', 'event']),
  perSecond: rate,
  meanMs: rate,
  refusedPerSecond: rate,
  retriesPerSecond: rate,
  breakers: z.array(z.object({ of: z.string(), state: z.enum(['closed', 'half-open', 'open']) })),
});
const floor = z
  .object({
    sequence: z.int().min(1),
    at: instant,
    processes: z.array(floorProcess),
    arrows: z.array(floorArrow),
    topics: z.array(z.object({ name: z.string(), partitions: z.int() })),
    outbox: z.object({ leader: z.string().nullable(), term: rate, waiting: rate, oldestS: rate }),
  })
  .register(named, { id: 'Floor' });

/** As `trace-id` says it. */
export const traceId = z.string().regex(/^[0-9a-f]{32}$/, 'A trace id of 32 hex digits is expected');
const span = z
  .object({
    spanId: z.string(),
    parentId: z.string().nullable(),
    operation: z.string(),
    service: z.string(),
    process: z.string(),
    startUs: z.number().describe('Microseconds after the first span of the trace'),
    durationUs: z.number(),
    tags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    events: z.array(z.object({ atUs: z.number(), name: z.string() })),
  })
  .register(named, { id: 'Span' });
const trace = z.object({ traceId, startedAt: instant, spans: z.array(span) }).register(named, { id: 'Trace' });
const logLine = z
  .object({
    at: instant,
    service: z.string(),
    process: z.string(),
    level: z.string(),
    message: z.string(),
    spanId: z.string().nullable().describe('The span that was being worked on'),
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .register(named, { id: 'LogLine' });
const logs = z
  .object({
    traceId,
    lines: z.array(logLine).describe('By their time'),
    whole: z.boolean().describe('False when there may be more than was looked at'),
  })
  .register(named, { id: 'Logs' });
const figure = z.object({ median: z.number(), min: z.number(), max: z.number() });
const facts = z.record(z.string(), z.union([z.string(), z.number()]));
const price = z
  .object({
    measuredAt: instant,
    ratios: z.record(z.string(), figure),
    rungs: z.array(z.object({ rung: z.string(), says: z.string(), figures: z.record(z.string(), figure) })),
    bytesPerOrder: z
      .record(z.string(), z.record(z.string(), z.object({ sent: z.number(), received: z.number() })))
      .describe('By rung and hop, as seen by whoever opened the connection'),
    machine: facts,
    plan: facts,
    loads: z.array(z.number()).describe('Processes that wanted a core over the minute before each turn'),
  })
  .register(named, { id: 'Price' });
const traces = z.object({ traces: z.array(trace) }).register(named, { id: 'Traces' });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('For people'),
    reason: z.string().describe('For programs that branch; stable'),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with a body or a query'),
  })
  .register(named, { id: 'Problem', description: 'RFC 9457' });

export const openapi = z.looseObject({ openapi: z.string() });

export const requests = { registerBody, loginBody, refreshBody, topUpBody, orderBody };
export const replies = {
  session,
  cafes,
  menu,
  topUp,
  wallet,
  order,
  orders,
  cafeReport,
  auditReport,
  floor,
  trace,
  traces,
  logs,
  price,
};
export type Order = z.infer<typeof order>;
