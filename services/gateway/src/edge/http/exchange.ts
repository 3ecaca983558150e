/** One request from its headers to the end of its answer: its context, its span, its log line, its last resort. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type CallContext,
  FAILURES,
  Failure,
  LAB_HEADER,
  type Lab,
  labOf,
  remainingMs,
  rootContext,
} from '@seams/call';
import type { Principal } from '@seams/contracts';
import {
  activeCarrier,
  activeTraceId,
  type Carrier,
  deadlineOf,
  inSpan,
  type Logger,
  markFailed,
  type Span,
  SpanKind,
} from '@seams/telemetry';
import { DEGRADED_HEADER, type Degraded, encodeDegraded } from '../../degraded.ts';
import { CUSTOMER_TAG } from '../../outbound/traces.ts';
import { refuseUnknownOperations } from './fault-operations.ts';
import { methodRefusalOf } from './method-refusal.ts';
import { answerProblem, HttpRefusal, hasBody } from './problem.ts';
import { isSlow } from './routes.ts';

export interface Exchange {
  readonly ctx: CallContext;
  /** The pattern, for example "/v1/orders/{orderId}"; empty for what no route matches. */
  route: string;
  /** Set by the guard on routes that need a token. */
  principal: Principal | undefined;
  /** What the answer rests on that was kept and may be old; said in its headers and on the span. */
  readonly degraded: readonly Degraded[];
  degrade(degraded: Degraded): void;
  /** What the answer says, if it is a problem. */
  failure: Failure | undefined;
}

export interface ExchangeOptions {
  readonly requestMsMax: number;
  /** The same for the routes that are slow. */
  readonly auditMsMax: number;
  /** Whether a request may carry a fault plan (Seams-Fault), or do without a pattern (Seams-Without). */
  readonly labs: boolean;
  readonly log: Logger;
}

type Listener = (incoming: IncomingMessage, response: ServerResponse) => void;

const HEADERS_MAX = 100;
const TARGET_CHARACTERS_MAX = 2_048;
const TRACED_PATH_CHARACTERS_MAX = 256;
/** Whoever works on the request should have given up by the deadline; this much later the answer goes out without them. */
const LAST_RESORT_MS = 40;

const exchanges = new WeakMap<IncomingMessage, Exchange>();

/** The exchange that a request belongs to, for guard, handlers and filter. */
export function exchangeOf(incoming: IncomingMessage): Exchange {
  const exchange = exchanges.get(incoming);
  if (!exchange) throw new Error('a request that runExchange did not begin');
  return exchange;
}

/**
 * Runs `handle` inside the request's span, and stays until the answer is out or the client gone. Guard, handler and
 * error filter all run in here, so what they call and log belongs to the trace.
 */
export function runExchange(
  { requestMsMax, auditMsMax, labs, log }: ExchangeOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
  handle: Listener,
): Promise<void> {
  const startedAt = performance.now();
  const msMax = isSlow(pathOf(incoming)) ? auditMsMax : requestMsMax;
  const method = incoming.method ?? 'GET';
  const attributes = { 'http.request.method': method, 'url.path': pathOf(incoming) };

  return inSpan(method, { kind: SpanKind.SERVER, attributes, parent: parentOf(incoming) }, async (span) => {
    const over = new Promise<void>((resolve) => response.once('close', resolve));
    const lab = labOfRequest(incoming, labs);
    const { exchange, giveUp } = begin(incoming, response, { msMax, lab: lab instanceof Failure ? {} : lab });
    span.setAttributes(deadlineOf(exchange.ctx));
    response.setHeader('X-Content-Type-Options', 'nosniff');
    for (const [name, value] of Object.entries(traceHeaders())) response.setHeader(name, value);

    const refusal = refusalOf(incoming, msMax) ?? (lab instanceof Failure ? lab : undefined);
    if (refusal) fail(incoming, response, refusal);
    else handle(incoming, response);
    await over;

    giveUp(response.writableFinished);
    describe(span, exchange, method, response.statusCode);
    report(log, exchange, { method, status: response.statusCode, ms: elapsedMs(startedAt) });
  });
}

/** Answers with a problem, and remembers it for span and log. The first answer counts. */
export function fail(incoming: IncomingMessage, response: ServerResponse, failure: Failure): void {
  const exchange = exchangeOf(incoming);
  if (response.headersSent) return;
  exchange.failure = failure.kind === 'cancelled' && !response.destroyed ? asUnknown(failure, exchange) : failure;
  answerProblem(response, exchange.failure);
}

/** Somebody below was cancelled, but the client is still there: then its answer is that nobody knows. */
function asUnknown(cause: Failure, { ctx }: Exchange): Failure {
  if (remainingMs(ctx) === 0) return deadlinePassed();
  return new Failure('timed_out', 'reply_lost', 'A part of the system was cut off before it answered.', { cause });
}

function begin(
  incoming: IncomingMessage,
  response: ServerResponse,
  { msMax, lab }: { msMax: number; lab: Lab },
): { exchange: Exchange; giveUp: (answered: boolean) => void } {
  const ms = requestedMs(incoming, msMax) ?? msMax;
  const abort = new AbortController();
  const ctx = { ...rootContext({ atMostMs: ms, signal: abort.signal }), ...lab };
  const degraded: Degraded[] = [];
  const degrade = (one: Degraded): void => {
    degraded.push(one);
    if (!response.headersSent) response.setHeader(DEGRADED_HEADER, encodeDegraded(degraded));
  };
  const exchange: Exchange = { ctx, route: '', principal: undefined, degraded, degrade, failure: undefined };
  exchanges.set(incoming, exchange);

  const lastResort = setTimeout(() => {
    abort.abort();
    fail(incoming, response, incoming.complete ? deadlinePassed() : new HttpRefusal('request_too_slow'));
  }, ms + LAST_RESORT_MS);
  const deadline = setTimeout(() => abort.abort(), ms);
  return {
    exchange,
    giveUp: (answered) => {
      clearTimeout(deadline);
      clearTimeout(lastResort);
      abort.abort(OVER);
      if (!answered) exchange.failure ??= new Failure('cancelled', 'caller_gone', 'The caller went away.');
    },
  };
}

/** Without one, each abort makes an error with its stack. */
const OVER = new Failure('cancelled', 'caller_gone', 'The caller went away.');

const deadlinePassed = (): Failure =>
  new Failure('timed_out', 'deadline_passed', 'No answer came in time; whether it was done is unknown.');

/** What is wrong with a request before anybody looks at what it asks for. */
function refusalOf(incoming: IncomingMessage, msMax: number): HttpRefusal | undefined {
  const { headers, headersDistinct, rawHeaders, url = '' } = incoming;
  if (rawHeaders.length / 2 > HEADERS_MAX) return new HttpRefusal('headers_too_many');
  // Two readers of two Host headers may each take another one.
  if (headersDistinct.host?.length !== 1) return new HttpRefusal('host_not_single');
  if (url.length > TARGET_CHARACTERS_MAX) return new HttpRefusal('target_too_long');
  if (!url.startsWith('/') || !isDecodable(url)) return new HttpRefusal('target_malformed');
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    return new HttpRefusal('expectation_unsupported');
  }
  // It means nothing, and whoever stands between might take it for the next request.
  if ((incoming.method === 'GET' || incoming.method === 'HEAD') && hasBody(incoming))
    return methodRefusalOf(incoming) ?? new HttpRefusal('body_unexpected');
  const ms = requestedMs(incoming, msMax);
  return ms === undefined ? new HttpRefusal('request_timeout_malformed') : undefined;
}

function isDecodable(url: string): boolean {
  try {
    return decodeURI(url) !== '';
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

/** What a lab wants of this request, or why that is refused. */
function labOfRequest({ headersDistinct }: IncomingMessage, labs: boolean): Lab | Failure {
  const plan = headersDistinct[LAB_HEADER.faults]?.join(';');
  const without = headersDistinct[LAB_HEADER.without]?.join(',');
  if (plan === undefined && without === undefined) return {};
  if (!labs) return new HttpRefusal('labs_off');
  try {
    const lab = labOf({ [LAB_HEADER.faults]: plan, [LAB_HEADER.without]: without });
    if (lab.faults) refuseUnknownOperations(lab.faults);
    return lab;
  } catch (error) {
    return Failure.from(error);
  }
}

/** How long the client wants to wait, or undefined if what it says makes no sense. */
function requestedMs({ headersDistinct }: IncomingMessage, msMax: number): number | undefined {
  const given = headersDistinct['request-timeout-ms'];
  if (given === undefined) return msMax;
  const ms = given.length === 1 && /^\d{1,9}$/.test(given[0] as string) ? Number(given[0]) : 0;
  return ms >= 1 && ms <= msMax ? ms : undefined;
}

function textOf({ headersDistinct }: IncomingMessage, name: string): string {
  return headersDistinct[name]?.join(',') ?? '';
}

/** The caller's trace; empty begins one. */
export const parentOf = (incoming: IncomingMessage): Carrier => ({
  traceparent: textOf(incoming, 'traceparent'),
  tracestate: textOf(incoming, 'tracestate'),
});

export const pathOf = ({ url = '' }: IncomingMessage): string =>
  url.slice(0, TRACED_PATH_CHARACTERS_MAX).split('?', 1)[0] as string;

export function traceHeaders(): Record<string, string> {
  const traceId = activeTraceId();
  const { traceparent } = activeCarrier();
  return { ...(traceId ? { 'trace-id': traceId } : {}), ...(traceparent ? { traceparent } : {}) };
}

function describe(span: Span, { route, degraded, failure, principal }: Exchange, method: string, status: number): void {
  if (route) span.updateName(`${method} ${route}`);
  // On this span alone: it is the one that is searched, and 36 characters on each of 25 would fill the store sooner.
  if (principal) span.setAttribute(CUSTOMER_TAG, principal.subject);
  span.setAttributes({ 'http.response.status_code': status, ...(route ? { 'http.route': route } : {}) });
  if (degraded.length > 0) span.setAttribute('degraded', encodeDegraded(degraded));
  if (failure) markFailed(span, failure);
}

interface Seen {
  readonly method: string;
  readonly status: number;
  readonly ms: number;
}

function report(log: Logger, { route, degraded, failure }: Exchange, { method, status, ms }: Seen): void {
  const fields = {
    route: `${method} ${route || 'unknown'}`,
    status,
    kind: failure?.kind ?? 'ok',
    ms,
    ...saying(degraded),
  };
  if (!failure) log.info(fields, 'answered');
  else if (failure.kind === 'bug') log.error({ ...fields, reason: failure.reason, cause: causeOf(failure) }, 'a bug');
  // One customer can cause hundreds a second; the guard tells of them once a second.
  else if (failure.reason === 'too_many_requests') log.debug({ ...fields, reason: failure.reason }, 'refused');
  else if (FAILURES[failure.kind].outcome === 'refused') log.info({ ...fields, reason: failure.reason }, 'refused');
  else log.warn({ ...fields, reason: failure.reason }, 'failed');
}

function causeOf(failure: Failure): string {
  const cause = failure.cause ?? failure;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

const elapsedMs = (startedAt: number): number => Math.round((performance.now() - startedAt) * 10) / 10;

const saying = (degraded: readonly Degraded[]): { degraded?: string } =>
  degraded.length === 0 ? {} : { degraded: encodeDegraded(degraded) };
