/** Every failure as RFC 9457 problem+json, also where there is only a socket. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FAILURES, Failure, type FailureKind } from '@seams/call';
import { lingerAfterAnswer } from './linger.ts';

/** What HTTP itself refuses, before any part of the system is asked. */
const REFUSALS = {
  http_malformed: [400, 'This is not a well-formed HTTP/1.1 request.'],
  host_not_single: [400, 'A request has exactly one Host header.'],
  target_malformed: [400, 'The request target must be a well-formed path that begins with "/".'],
  target_too_long: [414, 'Path and query together are too long.'],
  headers_too_many: [431, 'The request has too many header lines.'],
  headers_too_large: [431, 'Request line and headers together are too large.'],
  expectation_unsupported: [417, 'No expectation but 100-continue is met here.'],
  request_too_slow: [408, 'The request did not arrive in time. Nothing was done.'],
  request_timeout_malformed: [400, 'Request-Timeout-Ms is a whole number of milliseconds, not above the limit.'],
  labs_off: [403, 'Seams-Fault and Seams-Without are read only where SEAMS_LABS=on.'],
  route_unknown: [404, 'There is no such resource.'],
  method_not_allowed: [405, 'This resource does not offer that method.'],
  media_type_unsupported: [415, 'The body must be application/json, not compressed.'],
  body_unexpected: [400, 'A request with this method has no body.'],
  body_too_large: [413, 'The body is too large.'],
  malformed_json: [400, 'The body must be one JSON object in UTF-8.'],
  invalid_body: [400, 'The body does not have the form that is asked for.'],
  invalid_query: [400, 'The query does not have the form that is asked for.'],
  cafe_unknown: [404, 'There is no such café.'],
  order_unknown: [404, 'There is no such order.'],
  trace_unknown: [404, 'There is no such trace.'],
  cursor_malformed: [400, 'The cursor is not one that a page of orders gave.'],
  token_missing: [401, 'This needs an access token: Authorization: Bearer <token>.'],
  token_malformed: [401, 'The Authorization header must be there once, as: Bearer <token>.'],
  idempotency_key_missing: [400, 'This needs an Idempotency-Key header, so that it can be repeated without harm.'],
  idempotency_key_malformed: [400, 'Idempotency-Key is given once, as 1 to 255 printable ASCII characters.'],
  too_many_requests: [429, 'You ask more often than the limit allows. Nothing was done; try again.'],
  overloaded: [503, 'More is under way than can be answered in time. Nothing was done; try again.'],
} as const satisfies Record<string, readonly [status: number, detail: string]>;

export type HttpReason = keyof typeof REFUSALS;

export const STATUS_OF_REASON = Object.fromEntries(
  Object.entries(REFUSALS).map(([reason, [status]]) => [reason, status]),
) as Readonly<Record<HttpReason, number>>;

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'anonymous',
  403: 'forbidden',
  404: 'not_found',
  429: 'overloaded',
  503: 'unavailable',
};

export interface Wrong {
  /** Where in the body or query, for example "items.0.quantity". */
  readonly path: string;
  readonly message: string;
}

interface More {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly Wrong[];
}

/** A refusal with a status of HTTP's own. */
export class HttpRefusal extends Failure {
  readonly status: number;
  readonly more: More;

  constructor(reason: HttpReason, more: More = {}) {
    const [status, detail] = REFUSALS[reason];
    super(KIND_OF_STATUS[status] ?? 'invalid', reason, detail);
    this.status = status;
    this.more = more;
  }
}

export const statusOf = (failure: Failure): number =>
  failure instanceof HttpRefusal ? failure.status : FAILURES[failure.kind].http;

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Node knows no phrase for 499, which nobody reads anyway: the client has gone. */
const titleOf = (status: number): string => STATUS_CODES[status] ?? 'Client Closed Request';

export function problemOf(failure: Failure): Problem {
  const status = statusOf(failure);
  const more = failure instanceof HttpRefusal ? failure.more : {};
  // A bug's text may say how we work inside; whoever repairs it finds it in the log under the trace id.
  const detail = failure.kind === 'bug' ? 'Something went wrong on our side.' : failure.message;
  const body = JSON.stringify({
    type: 'about:blank',
    title: titleOf(status),
    status,
    detail,
    reason: failure.reason,
    errors: more.errors,
  });
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    ...(status === 401
      ? { 'WWW-Authenticate': failure instanceof HttpRefusal ? 'Bearer' : 'Bearer error="invalid_token"' }
      : {}),
    ...(FAILURES[failure.kind].outcome === 'not_done' ? { 'Retry-After': retryAfterOf(failure) } : {}),
    ...more.headers,
  };
  return { status, headers, body };
}

/** In whole seconds. When nobody said: a second is longer than any conflict between two requests lasts. */
const retryAfterOf = ({ retryAfterMs = 1_000 }: Failure): string =>
  String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));

/** Answers, unless an answer has begun already: the deadline and a late handler may both want to. */
export function answerProblem(response: ServerResponse, failure: Failure): void {
  if (response.headersSent || response.destroyed) return;
  const { status, headers, body } = problemOf(failure);
  const socket = response.socket;
  if (socket && isUnread(response)) {
    lingerAfterAnswer(socket);
    response.setHeader('Connection', 'close');
  }
  response.writeHead(status, headers).end(body);
}

/** For what never became a request: there is only the socket. */
export function answerOnSocket(socket: Duplex, failure: Failure): void {
  const { status, headers, body } = problemOf(failure);
  const head = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  lingerAfterAnswer(socket as Socket);
  socket.end(`HTTP/1.1 ${status} ${titleOf(status)}\r\n${head.join('')}\r\n${body}`);
}

/**
 * Node would read on and forget what is left of a body. That costs without end, and when the rest does not come Node
 * answers the connection a second time (408), which its client takes for the answer to its next request.
 */
const isUnread = ({ req }: ServerResponse): boolean => !req.complete && hasBody(req);

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
