/** The trace store as a process of its own. Environment: HOST, OTLP_PORT, QUERY_PORT. */
import { startTraceServers } from './servers.ts';

// All imports are compiled now and kept in Node's compile cache; see compileWhenChanged in tools/system/parts.ts.
if (process.argv.includes('--compile-only')) process.exit(0);

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment has no ${name}`);
  return value;
};

const servers = await startTraceServers({
  host: required('HOST'),
  otlpPort: Number(required('OTLP_PORT')),
  queryPort: Number(required('QUERY_PORT')),
});
console.log(JSON.stringify({ time: new Date().toISOString(), process: 'traces', msg: 'listening', ...servers }));

const end = async (): Promise<void> => {
  await servers.close();
  process.exit(0);
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
