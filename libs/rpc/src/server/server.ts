import type { ServerOptions } from 'node:http2';
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { type CallContext, Failure, LAB_HEADER, type Lab, labOf } from '@seams/call';
import { batchService } from '@seams/contracts';
import type { Logger } from '@seams/telemetry';
import { handleBatches, type Method } from '../batching/batch-server.ts';
import type { Methods } from '../client/caller.ts';
import { MESSAGE_BYTES_MAX, type Unary } from '../client/channel.ts';
import { statusOf } from '../failure-status.ts';
import { answering, type Handler } from './answer.ts';
import { addHealthService } from './health-service.ts';

/** What a server owes for each unary method of a generated definition. */
export type Handlers<Definition> = {
  readonly [Method in Methods<Definition>]: Definition[Method] extends MethodDefinition<
    infer _1,
    infer Response,
    infer Request,
    infer _2
  >
    ? (ctx: CallContext, request: Request) => Promise<Response>
    : never;
};

export interface Implementation {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, (ctx: CallContext, request: never) => Promise<unknown>>>;
}

/** Ties handlers to a definition of protos/; the compiler holds them to it. */
export function implement<Definition extends object>(
  definition: Definition,
  handlers: Handlers<Definition>,
): Implementation {
  return {
    definition: definition as unknown as ServiceDefinition,
    handlers: handlers as unknown as Implementation['handlers'],
  };
}

export interface RpcServerOptions {
  /** What this server is to those who call it, for example "storage": fault plans name operations by it. */
  readonly callee: string;
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  /** The most that any call may take, whatever deadline its caller gave: a caller without one waits this long. */
  readonly requestMsMax: number;
  /** Whether a request's fault plan is read and handed on; elsewhere it does not exist. */
  readonly labs?: boolean;
  readonly implementations: readonly Implementation[];
}

export interface RpcServer {
  /** Resolves with the port once it accepts calls. */
  listen(): Promise<number>;
  /** The standard gRPC health answer for every service of this server. */
  setServing(serving: boolean): void;
  /** Takes no new calls, lets those in flight finish, and cuts what is left after `atMostMs`. */
  drain(atMostMs: number): Promise<void>;
}

export function createRpcServer(options: RpcServerOptions): RpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
  });
  acceptResets(server);
  const names: string[] = [];
  const methods = new Map<string, Method>();
  for (const { definition, handlers } of options.implementations) {
    const served: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(definition)) {
      const handler = handlers[name];
      if (!handler) throw new Error(`no handler for ${method.path}`);
      const answer = answering({ path: method.path.slice(1), system: 'grpc', handler: handler as Handler }, options);
      served[name] = serve(answer, options);
      methods.set(method.path, { method: method as Unary, answer });
      names.push(method.path.slice(1, method.path.lastIndexOf('/')));
    }
    server.addService(definition, served);
  }
  server.addService(batchService as unknown as ServiceDefinition, {
    Call: handleBatches(methods, options.requestMsMax),
  });
  const health = addHealthService(server, names);

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.bindAsync(`${options.host}:${options.port}`, ServerCredentials.createInsecure(), (error, port) =>
          error ? reject(error) : resolve(port),
        );
      }),
    setServing: health.setServing,
    drain: (atMostMs) =>
      new Promise((resolve) => {
        health.end();
        const cut = setTimeout(() => {
          options.log.warn({ atMostMs }, 'calls still in flight are cut off');
          server.forceShutdown();
          resolve();
        }, atMostMs);
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}

/** More than all callers of ours can give up in a second: each has at most 256 calls under way. */
const RESETS_MAX = 10_000;

/**
 * A call that its caller gives up arrives as RST_STREAM. Node's http2 server takes 1,000 of them at once and 33 a second, and then
 * closes the connection with everybody's calls on it (GOAWAY), which is right where strangers connect. Only our own services reach this
 * port, so a call given up costs itself alone. grpc-js has no option for it (1.14.7); resets.test.ts holds that this still works.
 */
function acceptResets(server: Server): void {
  const { commonServerOptions } = server as unknown as { readonly commonServerOptions: ServerOptions };
  Object.assign(commonServerOptions, { streamResetBurst: RESETS_MAX, streamResetRate: RESETS_MAX });
}

function serve(answer: Method['answer'], options: RpcServerOptions): handleUnaryCall<unknown, unknown> {
  const take = async (call: ServerUnaryCall<unknown, unknown>, signal: AbortSignal, cameAt: number): Promise<unknown> =>
    answer({
      ctx: contextOf(call, signal, options),
      parent: { traceparent: headerOf(call, 'traceparent'), tracestate: headerOf(call, 'tracestate') },
      lab: () => labOfCall(call),
      request: call.request,
      cameAt,
    });
  return (call, callback) => {
    const cameAt = performance.now();
    // One turn later: a process that was frozen finds calls in its sockets and, behind them, their cancellations.
    setImmediate(() => {
      const { signal, over } = signalOf(call);
      take(call, signal, cameAt)
        .finally(over)
        .then(
          (reply) => callback(null, reply),
          (thrown: unknown) => callback(statusOf(Failure.from(thrown))),
        );
    });
  };
}

/**
 * Fires when the caller goes away. grpc-js reports a passed deadline the same way, and the end of every answered call too. So the
 * listener is removed with the answer: an abort would make an error with a stack that nobody reads.
 */
function signalOf(call: ServerUnaryCall<unknown, unknown>): { signal: AbortSignal; over: () => void } {
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  if (call.cancelled) abort();
  else call.on('cancelled', abort);
  return { signal: gone.signal, over: () => void call.off('cancelled', abort) };
}

/** The context of a call: its caller's deadline or ours, whichever is sooner. */
function contextOf(
  call: ServerUnaryCall<unknown, unknown>,
  signal: AbortSignal,
  { requestMsMax }: RpcServerOptions,
): CallContext {
  return { deadlineAt: Math.min(Number(call.getDeadline()), Date.now() + requestMsMax), signal };
}

function labOfCall(call: ServerUnaryCall<unknown, unknown>): Lab {
  const names = Object.values(LAB_HEADER).filter((name) => headerOf(call, name) !== '');
  return labOf(Object.fromEntries(names.map((name) => [name, headerOf(call, name)])));
}

function headerOf(call: ServerUnaryCall<unknown, unknown>, name: string): string {
  return String(call.metadata.get(name)[0] ?? '');
}
