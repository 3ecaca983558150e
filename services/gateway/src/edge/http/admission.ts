/** Who is let in, decided before the body is read and auth is asked; whoever is not, is told at once and cheaply. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inSpan, type Logger, markFailed, SpanKind } from '@seams/telemetry';
import { type Criticality, Gate, PRIORITIES } from '../../admission/gate.ts';
import { LogLimiter } from '../../admission/log-limiter.ts';
import { TokenBuckets } from '../../admission/token-buckets.ts';
import { parentOf, pathOf, traceHeaders } from './exchange.ts';
import { answerProblem, HttpRefusal } from './problem.ts';
import { criticalityOf } from './routes.ts';

export interface AdmissionLimits {
  readonly inFlightMax: number;
  readonly customerPerSecond: number;
  readonly customerBurst: number;
  readonly addressPerSecond: number;
  readonly addressBurst: number;
  readonly bucketsMax: number;
  /** As which class a request is let in; labs have one in which all are alike. */
  readonly classOf?: (incoming: IncomingMessage, criticality: Criticality) => Criticality;
  /** Whether X-Forwarded-For was written by a balancer of ours, which drops what the client says there. */
  readonly trustForwardedFor: boolean;
}

export interface Admission {
  readonly gate: Gate;
  /** Of what was let in, what has ended since the start, and what it took together. */
  readonly ended: { readonly requests: number; readonly ms: number };
  /** By customer id; asked by the guard, when auth has said who it is. */
  readonly customers: TokenBuckets;
  /** By address, for what has no token yet: register, login, refresh. */
  readonly addresses: TokenBuckets;
  /** False when the request is refused; then it has its answer. */
  admit(incoming: IncomingMessage, response: ServerResponse): boolean;
  /** @throws HttpRefusal when the customer asks too often */
  countCustomer(customerId: string): void;
}

export function admissionWith(limits: AdmissionLimits, log: Logger): Admission {
  const { inFlightMax, bucketsMax, trustForwardedFor } = limits;
  const gate = new Gate(inFlightMax);
  const { customerPerSecond, customerBurst, addressPerSecond, addressBurst } = limits;
  const customers = new TokenBuckets({ perSecond: customerPerSecond, burst: customerBurst, bucketsMax });
  const addresses = new TokenBuckets({ perSecond: addressPerSecond, burst: addressBurst, bucketsMax });
  const ended = { requests: 0, ms: 0 };
  const limiter = new LogLimiter();

  const refusalOf = (incoming: IncomingMessage, criticality: Criticality): HttpRefusal | undefined => {
    if (criticality === 'session') {
      const ms = addresses.take(addressOf(incoming, trustForwardedFor), performance.now());
      if (ms > 0) return tooManyRequests(ms);
    }
    const now = performance.now();
    return gate.tryAcquire(criticality, now) ? undefined : overloaded(criticality, gate.limitFor(criticality, now));
  };

  return {
    gate,
    ended,
    customers,
    addresses,
    admit: (incoming, response) => {
      const own = criticalityOf(incoming.method ?? 'GET', pathOf(incoming));
      if (own === 'never_shed') return true;
      const criticality = limits.classOf?.(incoming, own) ?? own;
      const refusal = refusalOf(incoming, criticality);
      if (!refusal) {
        const begunAt = performance.now();
        response.once('close', () => {
          gate.release(criticality);
          ended.requests += 1;
          ended.ms += performance.now() - begunAt;
        });
        return true;
      }
      const count = limiter.count(`${refusal.reason} ${criticality}`, performance.now());
      if (count === 0) answerSoon(response, refusal);
      else tellAndAnswer({ incoming, response, refusal, criticality, count }, log);
      return false;
    },
    countCustomer: (customerId) => {
      const now = performance.now();
      const ms = customers.take(customerId, now);
      if (ms === 0) return;
      const count = limiter.count('customers', now);
      if (count > 0) log.warn({ reason: 'too_many_requests', customerId, count }, 'requests refused');
      throw tooManyRequests(ms);
    },
  };
}

/** With its class and the class's limit: a balancer that reads it may refuse the like while so many of its requests are here. */
const overloaded = (criticality: Criticality, below: number): HttpRefusal => {
  const { retryAfterS } = PRIORITIES[criticality];
  return new HttpRefusal('overloaded', {
    headers: { 'Retry-After': String(retryAfterS), 'Seams-Refused-Class': `${criticality};below=${below}` },
  });
};

const tooManyRequests = (ms: number): HttpRefusal =>
  new HttpRefusal('too_many_requests', { headers: { 'Retry-After': String(Math.ceil(ms / 1_000)) } });

/**
 * When the bytes that are here already are read: a small body then came whole, and the connection can be kept. Closed
 * after each refusal, the new connections would cost more than the refusals.
 */
function answerSoon(response: ServerResponse, refusal: HttpRefusal): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  setImmediate(answerProblem, response, refusal);
}

interface Refused {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly refusal: HttpRefusal;
  readonly criticality: Criticality;
  /** Refused since the last that was told, this one counted. */
  readonly count: number;
}

/** With a log line and a span that stand for all of this second. */
function tellAndAnswer({ incoming, response, refusal, criticality, count }: Refused, log: Logger): void {
  const method = incoming.method ?? 'GET';
  const attributes = {
    'http.request.method': method,
    'url.path': pathOf(incoming),
    'http.response.status_code': refusal.status,
    'admission.criticality': criticality,
    'admission.refused': count,
  };
  inSpan(method, { kind: SpanKind.SERVER, attributes, parent: parentOf(incoming) }, async (span) => {
    markFailed(span, refusal);
    for (const [name, value] of Object.entries(traceHeaders())) response.setHeader(name, value);
    log.warn({ reason: refusal.reason, criticality, count }, 'requests refused');
    answerSoon(response, refusal);
  }).catch((error: unknown) => {
    log.error({ error: String(error) }, 'a refusal could not be told');
    response.destroy();
  });
}

/** The last address of the header is the one that the nearest balancer saw; those before it are what it was told. */
function addressOf({ headersDistinct, socket }: IncomingMessage, trusted: boolean): string {
  const forwarded = trusted ? headersDistinct['x-forwarded-for']?.at(-1)?.split(',').at(-1)?.trim() : undefined;
  return forwarded || (socket.remoteAddress ?? 'unknown');
}
