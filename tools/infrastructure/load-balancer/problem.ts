/** RFC 9457 answers of the load balancer itself; the gateways' own answers pass through unread. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from '../http.ts';
import { hasBody } from './held-body.ts';

export interface Problem {
  readonly status: number;
  /** For programs that branch. */
  readonly reason: string;
  /** For people. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const bodyOf = ({ status, reason, detail }: Problem): string =>
  JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, reason });

const headersOf = (problem: Problem, body: string): Record<string, string | number> => ({
  'Content-Type': 'application/problem+json',
  'Content-Length': Buffer.byteLength(body),
  'Cache-Control': 'no-store',
  ...problem.headers,
});

export function answerProblem(response: ServerResponse, problem: Problem): void {
  const body = bodyOf(problem);
  // What is left of a request body would be read as the next request's beginning.
  const unread = response.req.complete || !hasBody(response.req) ? {} : { Connection: 'close' };
  response.writeHead(problem.status, { ...headersOf(problem, body), ...unread }).end(body);
}

/** For requests that never became one: there is only the socket. */
export function answerOnSocket(socket: Duplex, problem: Problem): void {
  const body = bodyOf(problem);
  const headers = Object.entries({ ...headersOf(problem, body), Connection: 'close' });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head}\r\n${body}`);
  // Time to read it; whoever does not close then is not waited for, or each of these would hold a socket for good.
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
  (socket as Socket).resume();
}

const LINGER_MS = 500;

export const PROBLEMS = {
  noGateway: {
    status: 503,
    reason: 'no_gateway',
    detail: 'No gateway is ready. Nothing was done; try again.',
    headers: { 'Retry-After': '1' },
  },
  draining: {
    status: 503,
    reason: 'draining',
    detail: 'The load balancer is shutting down. Nothing was done; try again.',
    headers: { 'Retry-After': '1' },
  },
  overloaded: {
    status: 503,
    reason: 'overloaded',
    detail: 'Every gateway has as much as it can hold. Nothing was done; try again.',
    headers: { 'Retry-After': '1' },
  },
  replyLost: {
    status: 504,
    reason: 'reply_lost',
    detail: 'The gateway did not answer, so the outcome is unknown. Repeat the request with the same Idempotency-Key.',
  },
  pipelined: {
    status: 429,
    reason: 'too_many_at_once',
    detail: 'More requests came on this connection than wait there for an answer. Nothing was done; try again.',
    headers: { 'Retry-After': '1' },
  },
  hosts: { status: 400, reason: 'host_not_single', detail: 'A request has exactly one Host header.' },
  target: {
    status: 400,
    reason: 'target_not_a_path',
    detail: 'The request target must be a path that begins with "/".',
  },
  headerCount: { status: 431, reason: 'headers_too_many', detail: 'The request has too many header lines.' },
  headerBytes: { status: 431, reason: 'headers_too_large', detail: 'Request line and headers together are too large.' },
  tooSlow: { status: 408, reason: 'request_too_slow', detail: 'The request did not arrive in time.' },
  malformed: { status: 400, reason: 'http_malformed', detail: 'This is not a well-formed HTTP/1.1 request.' },
  connect: {
    status: 405,
    reason: 'method_not_allowed',
    detail: 'CONNECT is not offered.',
    headers: { Allow: 'GET, HEAD, POST, DELETE' },
  },
  healthMethod: {
    status: 405,
    reason: 'method_not_allowed',
    detail: 'Health is only read.',
    headers: { Allow: 'GET, HEAD' },
  },
} as const satisfies Record<string, Problem>;
