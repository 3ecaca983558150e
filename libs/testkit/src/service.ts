import { createServer, type Server } from 'node:net';
import { eventually } from './eventually.ts';

export interface TestPorts {
  readonly grpc: number;
  readonly ops: number;
}

/** Held open together until both are known, so that no port is given twice. */
export async function freePorts(): Promise<TestPorts> {
  const servers = await Promise.all([listening(), listening()]);
  const [grpc, ops] = servers.map((server) => (server.address() as { port: number }).port) as [number, number];
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { grpc, ops };
}

function listening(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** What every service is given, for one that runs inside a test: no tracing, and time enough on a busy machine. */
export const testEnvironment = (service: string, { grpc, ops }: TestPorts): Record<string, string> => ({
  SEAMS_PROCESS: `${service}-test`,
  OPS_PORT: String(ops),
  GRPC_PORT: String(grpc),
  OTLP_URL: 'http://127.0.0.1:1',
  TRACE_RATIO: '0',
  REQUEST_MS_MAX: '4900',
  DRAIN_MS_MAX: '5000',
});

export interface Readiness {
  readonly status: number;
  readonly body: { readonly status: string; readonly dependencies: readonly { name: string; status: string }[] };
}

export async function readyz({ ops }: TestPorts): Promise<Readiness> {
  const response = await fetch(`http://127.0.0.1:${ops}/readyz`);
  return { status: response.status, body: (await response.json()) as Readiness['body'] };
}

/** A consumer group's first join can take a few seconds on a machine that is busy. */
const READY_MS_MAX = 20_000;

/** Waits until a service answers /readyz with 200. */
export async function ready(service: { readyz(): Promise<Readiness> }): Promise<void> {
  await eventually(async () => {
    const { status, body } = await service.readyz();
    if (status !== 200) throw new Error(JSON.stringify(body));
  }, READY_MS_MAX);
}
