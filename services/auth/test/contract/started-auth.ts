import { fileURLToPath } from 'node:url';
import type { CallContext } from '@seams/call';
import { authService } from '@seams/contracts';
import { type Caller, callerOf, openChannel } from '@seams/rpc';
import {
  freePorts,
  quietLogger,
  type Readiness,
  readyz,
  type TestDatabase,
  testDatabase,
  testEnvironment,
  within,
} from '@seams/testkit';
import { readConfig } from '../../src/config.ts';
import { startAuth } from '../../src/service.ts';

export const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

export const ctx = (atMostMs = 5_000): CallContext => within(atMostMs);

export interface StartedAuth {
  readonly auth: Caller<typeof authService>;
  readyz(): Promise<Readiness>;
  stop(): Promise<void>;
}

/** The whole service in this process, on ports of its own, asked over gRPC as the gateway asks. */
export async function startedAuth(postgresUrl: string, env: Record<string, string> = {}): Promise<StartedAuth> {
  const ports = await freePorts();
  const config = readConfig({
    ...testEnvironment('auth', ports),
    POSTGRES_URL: postgresUrl,
    ...env,
  });
  const running = await startAuth(config, { log: quietLogger, shutdown: async () => {} });
  const channel = openChannel('auth', `ipv4:127.0.0.1:${ports.grpc}`);
  return {
    auth: callerOf(authService, channel),
    readyz: () => readyz(ports),
    stop: async () => {
      channel.close();
      await running.stop();
    },
  };
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
