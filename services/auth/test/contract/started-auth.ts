import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type CallContext, Failure, rootContext } from '@seams/call';
import { authService } from '@seams/contracts';
import { type Caller, callerOf, openChannel } from '@seams/rpc';
import { eventually, quietLogger, type TestDatabase, testDatabase } from '@seams/testkit';
import { readConfig } from '../../src/config.ts';
import { startAuth } from '../../src/service.ts';

export const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

export const ctx = (atMostMs = 5_000): CallContext => rootContext({ atMostMs, signal: new AbortController().signal });

export interface StartedAuth {
  readonly auth: Caller<typeof authService>;
  readyz(): Promise<{ status: number; body: { status: string; dependencies: { name: string; status: string }[] } }>;
  stop(): Promise<void>;
}

/** The whole service in this process, on ports of its own, asked over gRPC as the gateway asks. */
export async function startedAuth(postgresUrl: string, env: Record<string, string> = {}): Promise<StartedAuth> {
  const [grpc, ops] = await freePorts();
  const config = readConfig({
    SEAMS_PROCESS: 'auth-test',
    OPS_PORT: String(ops),
    GRPC_PORT: String(grpc),
    OTLP_URL: 'http://127.0.0.1:1',
    TRACE_RATIO: '0',
    REQUEST_MS_MAX: '5000',
    DRAIN_MS_MAX: '5000',
    POSTGRES_URL: postgresUrl,
    ...env,
  });
  const running = await startAuth(config, { log: quietLogger, shutdown: async () => {} });
  const channel = openChannel(`ipv4:127.0.0.1:${grpc}`);
  return {
    auth: callerOf(authService, channel),
    readyz: async () => {
      const response = await fetch(`http://127.0.0.1:${ops}/readyz`);
      return { status: response.status, body: (await response.json()) as never };
    },
    stop: async () => {
      channel.close();
      await running.stop();
    },
  };
}

export async function ready({ readyz }: StartedAuth): Promise<void> {
  await eventually(async () => {
    const { status, body } = await readyz();
    if (status !== 200) throw new Error(JSON.stringify(body));
  });
}

export const database = (): Promise<TestDatabase> => testDatabase('auth', migrations);

export const PASSWORD = 'correct horse battery';

let nextNumber = 0;
export const newEmail = (): string => `customer-${nextNumber++}@example.org`;

export async function registerAt({ auth }: StartedAuth, email = newEmail()) {
  const { subject, tokens } = await auth.Register(ctx(), { email, password: PASSWORD, displayName: 'Ada' });
  if (!tokens) throw new Error('no tokens');
  return { email, subject, tokens };
}

/** "kind/reason" of a failure, or "ok". */
export async function endingOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.kind}/${error.reason}`;
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all([listening(), listening()]);
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number];
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
