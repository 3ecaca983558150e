/**
 * The watcher as a process of its own: it looks at every process every 0.8 s and tells the gateways what it saw, so
 * that no gateway has to ask around. Environment: HOST, HTTP_PORT, OFFSET, BALANCER_PORT, QUERY_PORT,
 * LISTS_DIR, LOGS_DIR.
 */
import { required } from '../auditor/environment.ts';
import { startFloorServer } from './server.ts';
import { LOOK_EVERY_MS, Watch } from './watch.ts';
import { infrastructureAt, replicasAt } from './watched.ts';

// All imports are compiled now and kept in Node's compile cache; see compileWhenChanged in tools/system/parts.ts.
if (process.argv.includes('--compile-only')) process.exit(0);

const log = (line: object): void =>
  console.log(JSON.stringify({ time: new Date().toISOString(), process: 'watcher', ...line }));

const place = { host: required('HOST'), offset: Number(required('OFFSET')) };
const listsDir = required('LISTS_DIR');
const infrastructure = infrastructureAt(place, {
  balancer: Number(required('BALANCER_PORT')),
  query: Number(required('QUERY_PORT')),
});
const watch = new Watch(() => [...infrastructure, ...replicasAt(place, listsDir)]);

const look = (): void => {
  watch.look().catch((error: unknown) => log({ msg: 'a look failed', why: String(error) }));
};
look();
const timer = setInterval(look, LOOK_EVERY_MS);
const server = await startFloorServer({
  host: place.host,
  port: Number(required('HTTP_PORT')),
  watch,
  logsDir: required('LOGS_DIR'),
});
log({ msg: 'listening', port: server.port });

const end = async (): Promise<void> => {
  clearInterval(timer);
  await server.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
