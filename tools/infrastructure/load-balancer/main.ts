/**
 * The load balancer as a process of its own. Environment: HOST, HTTP_PORT, GATEWAYS_FILE, DRAIN_MS_MAX,
 * SLOW_PATHS ("/path=ms,…", may be empty).
 */
import { startLoadBalancer } from './balancer.ts';
import { followGateways } from './gateway-list.ts';

// All imports are compiled now and kept in Node's compile cache; see compileWhenChanged in tools/system/parts.ts.
if (process.argv.includes('--compile-only')) process.exit(0);

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment has no ${name}`);
  return value;
};

function slowPathOf(text: string): [path: string, ms: number] {
  const [, path, ms] = /^(\/[^=]*)=(\d+)$/.exec(text) ?? [];
  if (!path) throw new Error(`SLOW_PATHS: "${text}" is not /path=ms`);
  return [path, Number(ms)];
}

const log = (line: object): void =>
  console.log(JSON.stringify({ time: new Date().toISOString(), process: 'load-balancer', ...line }));

const slowPaths = (process.env.SLOW_PATHS ?? '').split(',').filter(Boolean);
const list = followGateways(required('GATEWAYS_FILE'), log);
const balancer = await startLoadBalancer({
  host: required('HOST'),
  port: Number(required('HTTP_PORT')),
  gateways: list.now,
  limits: { slowPathsMs: Object.fromEntries(slowPaths.map(slowPathOf)) },
  log,
});
list.onChange((gateways) => balancer.use(gateways));
log({ msg: 'listening', port: balancer.port });

const drain = async (): Promise<void> => {
  await balancer.drain(Number(process.env.DRAIN_MS_MAX ?? 10_000));
  process.exit(0);
};
process.once('SIGTERM', () => void drain());
process.once('SIGINT', () => void drain());
