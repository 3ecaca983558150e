/** The gateways behind the load balancer: who is ready, who has room, whose turn it is. */
import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import { Agent, get } from '../http.ts';
import { Refusals, refusalIn } from './refusals.ts';
import { Turn } from './turn.ts';

export interface Address {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Where /readyz is. */
  readonly opsPort: number;
}

export type GatewayState = 'unknown' | 'ready' | 'not_ready' | 'unreachable';

export interface Gateway extends Address {
  readonly agent: HttpAgent;
  state: GatewayState;
  /** Why it is not ready, for people. */
  why: string;
  checksTimedOut: number;
  /** Requests that have not ended. */
  inFlight: number;
  /** Of those, the ones without an answer: an event stream has its own from the beginning, and takes no place there. */
  unanswered: number;
  /** performance.now() of its latest answer, or of a request that it got with none unanswered. */
  silentSince: number;
  /** What it would refuse now. */
  readonly refusals: Refusals;
}

export interface Asked {
  /** What is refused alike (likeOf). */
  readonly like: string | undefined;
  readonly reads: boolean;
}

/** The next ready gateway; or why there is none: `full` of requests that are not answered, or sure to refuse this one. */
export type Next =
  | { readonly gateway: Gateway }
  | { readonly none: 'not_ready' | 'full' }
  | { readonly retryAfter: string };

export type Log = (line: Readonly<Record<string, unknown>>) => void;

const CHECK_EVERY_MS = 500;
const CHECK_MS_MAX = 1_000;
// One late answer may be a busy machine; two are a gateway that serves nobody.
const CHECKS_TIMED_OUT_MAX = 1;
/**
 * A gateway works on 24 at once and refuses the rest within milliseconds (its IN_FLIGHT_MAX), so that so many wait only at
 * one that is behind with its refusals. From here on they are refused here, which costs half as much. Without this bound
 * the next one waited for a socket, and a gateway that was merely full looked unreachable.
 */
const IN_FLIGHT_PER_GATEWAY_MAX = 128;
const SOCKETS_IDLE_MAX = 64;

export class Gateways {
  #all: readonly Gateway[];
  readonly #log: Log;
  readonly #inFlightMax: number;
  readonly #checkAgent = new Agent({ keepAlive: true });
  readonly #turn = new Turn();
  /** Since the start, without asking a gateway; and how many of them were told of. */
  #refused = 0;
  #told = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(addresses: readonly Address[], log: Log, inFlightMax = IN_FLIGHT_PER_GATEWAY_MAX) {
    this.#log = log;
    this.#inFlightMax = Math.min(inFlightMax, IN_FLIGHT_PER_GATEWAY_MAX);
    this.#all = addresses.map(gatewayAt);
  }

  get all(): readonly Gateway[] {
    return this.#all;
  }

  /** Those who stay keep their connections. One that is new gets requests once it says that it is ready. */
  update(addresses: readonly Address[]): void {
    const known = new Map(this.#all.map((gateway) => [keyOf(gateway), gateway]));
    const added: Gateway[] = [];
    this.#all = addresses.map((address) => {
      const gateway = known.get(keyOf(address)) ?? gatewayAt(address);
      if (!known.delete(keyOf(address))) added.push(gateway);
      return gateway;
    });
    for (const gone of known.values()) {
      this.#log({ msg: 'gateway removed', gateway: gone.name });
      gone.agent.maxFreeSockets = 0; // what is in flight ends, and its connection with it
      closeIdle(gone);
    }
    for (const gateway of added) {
      this.#log({ msg: 'gateway added', gateway: gateway.name });
      void this.#check(gateway);
    }
  }

  /** Asks every gateway once, then goes on asking. */
  async watch(): Promise<void> {
    await Promise.all(this.#all.map((gateway) => this.#check(gateway)));
    if (this.#closed) return;
    if (this.#refused > this.#told)
      this.#log({ msg: 'requests refused, as the gateways would', count: this.#refused - this.#told });
    this.#told = this.#refused;
    this.#timer = setTimeout(() => void this.watch(), CHECK_EVERY_MS);
  }

  /** The next ready gateway that is not among those already tried and would not refuse the like. */
  next(tried: ReadonlySet<Gateway>, { like, reads }: Asked): Next {
    const ready = this.#all.filter((gateway) => gateway.state === 'ready' && !tried.has(gateway));
    const able = ready.filter(({ inFlight }) => inFlight < this.#inFlightMax);
    const now = performance.now();
    const open = able.filter(({ refusals, unanswered }) => refusals.of(like, unanswered, now) === undefined);
    const gateway = reads ? this.#turn.leastBusyOf(open, now) : this.#turn.nextOf(open, now);
    if (gateway) return { gateway };
    const retryAfter = this.#refusalOfAll(able, like, now);
    if (retryAfter !== undefined) return { retryAfter };
    return { none: ready.length > 0 ? 'full' : 'not_ready' };
  }

  /** Owes a left(). */
  sent(gateway: Gateway): void {
    if (gateway.unanswered === 0) gateway.silentSince = performance.now();
    gateway.inFlight += 1;
    gateway.unanswered += 1;
  }

  /** The head of the answer is here. */
  answered(gateway: Gateway, like: string | undefined, answer: IncomingMessage): void {
    const now = performance.now();
    gateway.unanswered -= 1;
    gateway.silentSince = now;
    const refusal = refusalIn(answer);
    if (refusal) gateway.refusals.refused(like, refusal, now);
    if ((answer.statusCode ?? 500) >= 500) this.#turn.passFrom(gateway);
  }

  left(gateway: Gateway, unanswered: boolean): void {
    gateway.inFlight -= 1;
    if (unanswered) gateway.unanswered -= 1;
  }

  /** The Retry-After when every gateway that is ready would refuse this one; undefined when one may take it, or none is ready. */
  refusalOf(like: string | undefined): string | undefined {
    const ready = this.#all.filter(({ state }) => state === 'ready');
    return this.#refusalOfAll(ready, like, performance.now());
  }

  #refusalOfAll(gateways: readonly Gateway[], like: string | undefined, now: number): string | undefined {
    const told = gateways.map(({ refusals, unanswered }) => refusals.of(like, unanswered, now));
    if (told.includes(undefined)) return undefined;
    if (told.length > 0) this.#refused += 1;
    return told[0];
  }

  /** Requests that were refused here because every gateway has just refused the like, since the start. */
  get refused(): number {
    return this.#refused;
  }

  get anyReady(): boolean {
    return this.#all.some(({ state }) => state === 'ready');
  }

  /** Passive ejection: the next check that succeeds brings it back. */
  connectFailed(gateway: Gateway, error: Error): void {
    this.#become(gateway, 'unreachable', error.message);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#checkAgent.destroy();
    for (const { agent } of this.#all) agent.destroy();
  }

  async #check(gateway: Gateway): Promise<void> {
    const outcome = await readiness(gateway, this.#checkAgent);
    if (this.#closed) return;
    if (outcome.state === 'timed_out' && gateway.checksTimedOut++ < CHECKS_TIMED_OUT_MAX) return;
    if (outcome.state !== 'timed_out') gateway.checksTimedOut = 0;
    this.#become(gateway, outcome.state === 'timed_out' ? 'unreachable' : outcome.state, outcome.why);
  }

  #become(gateway: Gateway, state: GatewayState, why: string): void {
    gateway.why = why;
    if (gateway.state === state) return;
    this.#log({ msg: 'gateway changed', gateway: gateway.name, from: gateway.state, to: state, why });
    gateway.state = state;
    if (state !== 'ready') closeIdle(gateway);
  }
}

const keyOf = ({ name, host, port, opsPort }: Address): string => `${name} ${host} ${port} ${opsPort}`;

const gatewayAt = ({ name, host, port, opsPort }: Address): Gateway => ({
  name,
  host,
  port,
  opsPort,
  // Node's agent also reads the gateway's Keep-Alive hint and lets a socket go a second before its end.
  agent: new Agent({ keepAlive: true, maxSockets: IN_FLIGHT_PER_GATEWAY_MAX, maxFreeSockets: SOCKETS_IDLE_MAX }),
  state: 'unknown',
  why: 'not asked yet',
  checksTimedOut: 0,
  inFlight: 0,
  unanswered: 0,
  silentSince: 0,
  refusals: new Refusals(),
});

/** A gateway that goes away closes its idle connections: a request sent on one of them would be lost. */
function closeIdle({ agent }: Gateway): void {
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

interface Readiness {
  readonly state: 'ready' | 'not_ready' | 'unreachable' | 'timed_out';
  readonly why: string;
}

function readiness({ host, opsPort }: Address, agent: HttpAgent): Promise<Readiness> {
  return new Promise((resolve) => {
    const request = get({ host, port: opsPort, path: '/readyz', agent, timeout: CHECK_MS_MAX }, (response) => {
      response.resume();
      const { statusCode } = response;
      resolve(
        statusCode === 200 ? { state: 'ready', why: '' } : { state: 'not_ready', why: `/readyz answers ${statusCode}` },
      );
    });
    request.once('timeout', () => {
      resolve({ state: 'timed_out', why: `/readyz takes longer than ${CHECK_MS_MAX} ms` });
      request.destroy();
    });
    // A connection that was kept alive may have been closed meanwhile: that says nothing, the next check will.
    request.once('error', (error) =>
      resolve(
        request.reusedSocket
          ? { state: 'timed_out', why: error.message }
          : { state: 'unreachable', why: error.message },
      ),
    );
  });
}
