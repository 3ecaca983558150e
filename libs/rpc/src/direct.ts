/**
 * Services in one process, which call each other without a network. A call keeps what gRPC gives it: its deadline and
 * cancellation, spans at both ends, a lab's faults, failures by the same table, and messages as protobuf leaves them,
 * with every default and nothing shared with the caller. direct.test.ts holds both to one table.
 *
 * What is left out is what a network needs: connections, replicas, keepalive and outlier detection; the bound of
 * 256 KiB on a message; and the turn that a server waits, for a process that is frozen freezes its callers too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type CallContext, Failure, labHeadersOf, labOf, onEnd } from '@seams/call';
import type { Channel, Unary } from './client/channel.ts';
import { failureOf, statusOf } from './failure-status.ts';
import { type Arrival, answering, type Handler } from './server/answer.ts';
import type { RpcServer, RpcServerOptions } from './server/server.ts';
import type { Transport } from './transport.ts';

const SYSTEM = 'direct';

/** One for all services of a process: each serves under its name, and channels lead to that name. */
export function inOneProcess(): Transport {
  const served = new Map<string, DirectServer>();
  return {
    open: (callee) => channelTo(callee, () => served.get(callee)),
    serve: (options) => {
      const server = new DirectServer(options);
      served.set(options.callee, server);
      return server;
    },
  };
}

function channelTo(callee: string, serverNow: () => DirectServer | undefined): Channel {
  const send: Channel['send'] = (method, ctx, request) => {
    const server = serverNow();
    return server?.listening ? server.take(method, ctx, request) : Promise.reject(unreachable());
  };
  return {
    callee,
    target: `direct:${callee}`,
    system: SYSTEM,
    send,
    sendBatched: send,
    check: async () => {
      if (!serverNow()?.serving) throw new Failure('unavailable', 'not_serving', `${callee} does not serve`);
    },
    close: () => undefined,
  };
}

class DirectServer implements RpcServer {
  readonly #options: RpcServerOptions;
  readonly #methods = new Map<string, (arrival: Arrival) => Promise<unknown>>();
  readonly #calls = new Set<Call>();
  listening = false;
  serving = false;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    for (const { definition, handlers } of options.implementations) {
      for (const [name, { path }] of Object.entries(definition)) {
        const handler = handlers[name];
        if (!handler) throw new Error(`no handler for ${path}`);
        const served = { path: path.slice(1), system: SYSTEM, handler: handler as Handler };
        this.#methods.set(path, answering(served, options));
      }
    }
  }

  /** There is no port. */
  async listen(): Promise<number> {
    this.listening = true;
    return 0;
  }

  setServing(serving: boolean): void {
    this.serving = serving;
  }

  async drain(atMostMs: number): Promise<void> {
    this.listening = false;
    const stopWaiting = new AbortController();
    const late = sleep(atMostMs, 'late', { signal: stopWaiting.signal, ref: false }).catch(() => 'stopped');
    const done = Promise.allSettled([...this.#calls].map(({ ended }) => ended));
    if ((await Promise.race([done, late])) === 'late' && this.#calls.size > 0) {
      this.#options.log.warn({ atMostMs }, 'calls still in flight are cut off');
      for (const call of this.#calls) call.cut();
    }
    stopWaiting.abort();
  }

  async take(method: Unary, ctx: CallContext, request: unknown): Promise<unknown> {
    const answer = this.#methods.get(method.path);
    if (!answer) throw unlikely(`there is no ${method.path}`);
    const call = new Call(ctx);
    this.#calls.add(call);
    try {
      return await call.run((signal) => this.#answered({ answer, method, request }, { ...ctx, signal }));
    } finally {
      this.#calls.delete(call);
    }
  }

  async #answered({ answer, method, request }: Asked, ctx: CallContext): Promise<unknown> {
    const arrived = across(method.requestSerialize, method.requestDeserialize, request);
    const { deadlineAt, signal } = ctx;
    const bound = Math.min(deadlineAt, Date.now() + this.#options.requestMsMax);
    const reply = await answer({
      ctx: { deadlineAt: bound, signal },
      // Read anew from its text, as over a network: how often a fault has struck is counted per call and hop.
      lab: () => labOf(labHeadersOf(ctx)),
      request: arrived,
      cameAt: performance.now(),
    }).catch((thrown: unknown) => {
      throw failureOf(statusOf(Failure.from(thrown)) as ServiceError, false);
    });
    return across(method.responseSerialize, method.responseDeserialize, reply);
  }
}

interface Asked {
  readonly answer: (arrival: Arrival) => Promise<unknown>;
  readonly method: Unary;
  readonly request: unknown;
}

/** Ends by its answer, by its deadline, or when its caller goes away, whichever is first; the callee hears of the last two. */
class Call {
  readonly #ctx: CallContext;
  readonly #callee = new AbortController();
  readonly #end = Promise.withResolvers<unknown>();

  constructor(ctx: CallContext) {
    this.#ctx = ctx;
  }

  get ended(): Promise<unknown> {
    return this.#end.promise;
  }

  async run(work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const dispose = onEnd(this.#ctx, (why) => this.#giveUp(why));
    work(this.#callee.signal).then(this.#end.resolve, this.#end.reject);
    try {
      return await this.#end.promise;
    } finally {
      dispose();
    }
  }

  /** As a connection that breaks: it may have been done. */
  cut(): void {
    this.#giveUp(new Failure('timed_out', 'reply_lost', 'The connection broke before the answer came.'));
  }

  #giveUp(why: Failure): void {
    this.#end.reject(why);
    this.#callee.abort();
  }
}

/** A message as it would arrive: with its defaults, of the types that the contract says, and a copy. */
function across(write: (message: unknown) => Buffer, read: (bytes: Buffer) => unknown, message: unknown): unknown {
  try {
    return read(write(message));
  } catch (error) {
    throw unlikely(String(error));
  }
}

const unreachable = (): Failure =>
  new Failure('unavailable', 'callee_unreachable', 'A part of the system cannot be reached.');

/** What a server without such a method, or a message that is none, comes to over gRPC. */
const unlikely = (details: string): Failure =>
  failureOf({ code: status.INTERNAL, details, metadata: new Metadata(), name: 'direct', message: details }, false);
