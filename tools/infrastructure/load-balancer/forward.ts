/**
 * One request to one gateway, streaming both ways. A request that may have reached a gateway is never sent again:
 * whether to repeat it is the client's decision, with its Idempotency-Key.
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { request } from '../http.ts';
import type { Asked, Gateway, Gateways, Log, Next } from './gateways.ts';
import { holdBody } from './held-body.ts';
import { answerProblem, PROBLEMS, type Problem } from './problem.ts';
import { likeOf } from './refusals.ts';

export interface ForwardLimits {
  readonly connectMsMax: number;
  /** From the last byte of the request to the first of the answer. */
  readonly answerMsMax: number;
  /** What takes longer than that, by its path. */
  readonly slowPathsMs: Readonly<Record<string, number>>;
  /** The longest silence inside an answer; event streams send a comment more often than this. */
  readonly silenceMsMax: number;
}

export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly draining: () => boolean;
}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** What a client says about where it comes from is not believed; `expect` was answered here. */
const NOT_FROM_OUTSIDE = new Set(['expect', 'forwarded', 'x-real-ip']);

export function forward(exchange: Exchange, gateways: Gateways, limits: ForwardLimits, log: Log): void {
  const asked = askedOf(exchange.incoming);
  const refusal = gateways.refusalOf(asked.like);
  if (refusal !== undefined) {
    exchange.incoming.resume();
    // When the bytes that are here already are read: a small body then came whole, and the connection can be kept.
    setImmediate(answerProblem, exchange.response, overloaded(refusal));
    return;
  }
  holdBody(exchange.incoming, (held) => {
    if (!exchange.response.destroyed) forwardHeld({ ...exchange, asked, held }, gateways, limits, log);
  });
}

function askedOf(incoming: IncomingMessage): Asked {
  return { like: likeOf(incoming), reads: incoming.method === 'GET' || incoming.method === 'HEAD' };
}

interface HeldExchange extends Exchange {
  readonly asked: Asked;
  /** What has come of the body. */
  readonly held: readonly Buffer[];
}

function forwardHeld(exchange: HeldExchange, gateways: Gateways, limits: ForwardLimits, log: Log): void {
  const tried = new Set<Gateway>();
  const { asked } = exchange;
  const attempt = (): void => {
    const next = gateways.next(tried, asked);
    if (!('gateway' in next)) {
      answerProblem(exchange.response, problemOf(next));
      return;
    }
    const { gateway } = next;
    tried.add(gateway);
    gateways.sent(gateway);
    const place: Place = {
      gateway,
      answered: (answer) => gateways.answered(gateway, asked.like, answer),
      left: (unanswered) => gateways.left(gateway, unanswered),
    };
    send(exchange, place, limits, (ending) => {
      if (ending.kind === 'not_connected') {
        gateways.connectFailed(gateway, ending.error);
        attempt(); // nothing was sent
      } else {
        log({ msg: 'reply lost', gateway: gateway.name, method: exchange.incoming.method, why: ending.error.message });
        if (exchange.response.headersSent) exchange.response.destroy();
        else answerProblem(exchange.response, PROBLEMS.replyLost);
      }
    });
  };
  attempt();
}

const overloaded = (retryAfter: string): Problem => ({
  ...PROBLEMS.overloaded,
  headers: { 'Retry-After': retryAfter },
});

function problemOf(none: Exclude<Next, { gateway: Gateway }>): Problem {
  if ('retryAfter' in none) return overloaded(none.retryAfter);
  return none.none === 'full' ? PROBLEMS.overloaded : PROBLEMS.noGateway;
}

type Failed = { readonly kind: 'not_connected' | 'reply_lost'; readonly error: Error };

interface Place {
  readonly gateway: Gateway;
  /** Called when the head of the answer is here. */
  answered(answer: IncomingMessage): void;
  /** Called once, when it is no longer needed. */
  left(unanswered: boolean): void;
}

function send(
  { incoming, response, draining, held }: HeldExchange,
  { gateway, answered: answeredWith, left }: Place,
  limits: ForwardLimits,
  failed: (how: Failed) => void,
): void {
  const outgoing = request({
    host: gateway.host,
    port: gateway.port,
    agent: gateway.agent,
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: headersToGateway(incoming) as unknown as readonly string[],
    setHost: false,
  });
  const answerMsMax = limits.slowPathsMs[(incoming.url ?? '').split('?', 1)[0] as string] ?? limits.answerMsMax;
  let connected = false;
  let answered: IncomingMessage | undefined;
  let over = false;
  const finish = (how?: Failed): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    response.off('close', clientGone);
    incoming.unpipe(outgoing);
    outgoing.destroy();
    if (how && !response.destroyed) failed(how);
  };
  const clientGone = (): void => finish();
  let timer = setTimeout(() => outgoing.destroy(new Error('no connection in time')), limits.connectMsMax);

  whenConnected(outgoing, () => {
    connected = true;
    clearTimeout(timer);
    for (const chunk of held) outgoing.write(chunk);
    if (incoming.complete) outgoing.end();
    else incoming.pipe(outgoing);
    const awaitAnswer = (): void => {
      if (!answered && !over) timer = setTimeout(() => outgoing.destroy(new Error('no answer in time')), answerMsMax);
    };
    if (incoming.complete) awaitAnswer();
    else incoming.once('end', awaitAnswer);
  });
  outgoing.once('response', (answer) => {
    answered = answer;
    answeredWith(answer);
    clearTimeout(timer);
    answer.once('error', (error) => finish({ kind: 'reply_lost', error }));
    answer.once('end', () => {
      over = true;
      response.off('close', clientGone);
    });
    outgoing.setTimeout(limits.silenceMsMax, () => outgoing.destroy(new Error('the answer stopped in the middle')));
    response.writeHead(
      answer.statusCode ?? 502,
      answer.statusMessage,
      headersToClient(answer, draining() || !incoming.complete),
    );
    answer.pipe(response);
  });
  outgoing.once('close', () => left(answered === undefined));
  outgoing.on('error', (error) => {
    // A gateway may answer before it has read all (413) and then close: the answer counts, not the broken write.
    if (!answered) finish({ kind: connected ? 'reply_lost' : 'not_connected', error });
  });
  response.once('close', clientGone);
}

function whenConnected(outgoing: ClientRequest, then: () => void): void {
  outgoing.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', then);
    else then();
  });
}

/** Pairs as they came, so that a doubled header stays doubled and the gateway can refuse it. */
function endToEnd(message: IncomingMessage, drop: (name: string) => boolean): string[] {
  const named = (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const perHop = new Set([...HOP_BY_HOP, ...named]);
  const kept: string[] = [];
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    const name = message.rawHeaders[at] as string;
    const lower = name.toLowerCase();
    if (!perHop.has(lower) && !drop(lower)) kept.push(name, message.rawHeaders[at + 1] as string);
  }
  return kept;
}

function headersToGateway(incoming: IncomingMessage): string[] {
  const headers = endToEnd(incoming, (name) => NOT_FROM_OUTSIDE.has(name) || name.startsWith('x-forwarded-'));
  headers.push('X-Forwarded-For', incoming.socket.remoteAddress ?? 'unknown', 'X-Forwarded-Proto', 'http');
  // Said aloud, or Node would send the body of a chunked GET without any frame: the next request would begin inside it.
  if (incoming.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
  return headers;
}

function headersToClient(answer: IncomingMessage, close: boolean): string[] {
  const headers = endToEnd(answer, () => false);
  if (close) headers.push('Connection', 'close');
  return headers;
}
