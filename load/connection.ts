/** One request as the load client sends it, over sockets of its own that it can break. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, isDefinite, outcomeOf, sameAnswer } from './answers.ts';
import type { Action } from './faults.ts';

export interface Sent {
  /** Undefined when the connection broke or no answer came: nobody knows whether it was done. */
  readonly answer: Answer | undefined;
  /** A second request was sent at once and answered otherwise, both for good. */
  readonly contradicted?: Answer;
}

export interface Post {
  readonly path: string;
  readonly token: string;
  readonly key: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Mishap {
  readonly actions: readonly Action[];
  /** When the reply is to be lost: how long after the request was handed over. An answer that is sooner is not read. */
  readonly cutAfterMs: number;
}

const NO_MISHAP: Mishap = { actions: [], cutAfterMs: 0 };
/** The system answers within 2 s of its own; what takes five times as long does not come. */
const ANSWER_MS_MAX = 10_000;

export class Connection {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, socketsMax: number) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: socketsMax });
  }

  async post(post: Post, { actions, cutAfterMs }: Mishap = NO_MISHAP): Promise<Sent> {
    for (const action of actions) if (action.kind === 'delay') await sleep(action.ms);
    const has = (kind: Action['kind']): boolean => actions.some((action) => action.kind === kind);
    if (has('lost-request')) return { answer: undefined };
    const cut = has('lost-reply') ? cutAfterMs : undefined;
    if (!has('duplicate')) return { answer: await this.#exchange(post, cut) };
    const [first, second] = await Promise.all([this.#exchange(post, cut), this.#exchange(post, undefined)]);
    return eitherOf(first, second);
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange({ path, token, key, body, headers }: Post, cutAfterMs: number | undefined): Promise<Answer | undefined> {
    const outgoing = request(`${this.#url}${path}`, {
      method: 'POST',
      agent: this.#agent,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': key,
        ...headers,
      },
    });
    return answerTo(outgoing, body, cutAfterMs);
  }
}

function answerTo(outgoing: ClientRequest, body: string, cutAfterMs: number | undefined): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => outgoing.destroy(), ANSWER_MS_MAX);
    let cut: NodeJS.Timeout | undefined;
    const end = (answer?: Answer): void => {
      clearTimeout(giveUp);
      clearTimeout(cut);
      resolve(answer);
    };
    outgoing.once('close', () => end());
    // How it broke does not matter: whether the request was done is unknown either way.
    outgoing.on('error', () => end());
    outgoing.once('response', (incoming) => {
      if (cutAfterMs !== undefined) {
        outgoing.destroy();
        return;
      }
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', () => end());
      // Before the request's own 'close', which comes a tick later.
      incoming.on('end', () => end(answerOf(incoming, Buffer.concat(parts))));
    });
    outgoing.end(body, () => {
      if (cutAfterMs !== undefined) cut = setTimeout(() => outgoing.destroy(), cutAfterMs);
    });
  });
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Answer {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return {
    status: statusCode,
    body,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    replayed: headers['idempotency-replayed'] === 'true',
    traceId: String(headers['trace-id'] ?? ''),
  };
}

/** Of two at once, the first that is definite counts; both being so, they must be equal. */
function eitherOf(first: Answer | undefined, second: Answer | undefined): Sent {
  const definite = [first, second].filter((one) => one !== undefined && isDefinite(outcomeOf(one))) as Answer[];
  const [one, other] = definite;
  if (one && other && !sameAnswer(one, other)) return { answer: one, contradicted: other };
  return { answer: one ?? first ?? second };
}
