/** The load balancer as a process of its own. Environment: HOST, HTTP_PORT, GATEWAYS ("name=host:port/opsPort,…"), DRAIN_MS_MAX. */
import { startLoadBalancer } from './balancer.ts';
import type { Address } from './gateways.ts';

// All imports are compiled now and kept in Node's compile cache; see compileWhenChanged in tools/system/parts.ts.
if (process.argv.includes('--compile-only')) process.exit(0);

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment has no ${name}`);
  return value;
};

function addressOf(text: string): Address {
  const [, name, host, port, opsPort] = /^([^=]+)=([^:]+):(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!name || !host) throw new Error(`GATEWAYS: "${text}" is not name=host:port/opsPort`);
  return { name, host, port: Number(port), opsPort: Number(opsPort) };
}

const log = (line: object): void =>
  console.log(JSON.stringify({ time: new Date().toISOString(), process: 'load-balancer', ...line }));

const balancer = await startLoadBalancer({
  host: required('HOST'),
  port: Number(required('HTTP_PORT')),
  gateways: required('GATEWAYS').split(',').map(addressOf),
  log,
});
log({ msg: 'listening', port: balancer.port });

const drain = async (): Promise<void> => {
  await balancer.drain(Number(process.env.DRAIN_MS_MAX ?? 10_000));
  process.exit(0);
};
process.once('SIGTERM', () => void drain());
process.once('SIGINT', () => void drain());
