/**
 * The auditor as a process of its own: it owns nothing, may read what storage and analytics own, and answers one question.
 * Environment: HOST, HTTP_PORT, AUDIT_MS_MAX, and what audit-once.ts needs.
 */
import { auditInChild } from './child.ts';
import { required } from './environment.ts';
import type { Audit } from './flights.ts';
import { startAuditServer } from './server.ts';

// All imports are compiled now and kept in Node's compile cache; see compileWhenChanged in tools/system/parts.ts.
if (process.argv.includes('--compile-only')) process.exit(0);

const log = (line: object): void =>
  console.log(JSON.stringify({ time: new Date().toISOString(), process: 'auditor', ...line }));

const run = auditInChild(Number(required('AUDIT_MS_MAX')));
const audit: Audit = async (waitS, signal) => {
  const startedAt = performance.now();
  const done = (how: object): void =>
    log({ msg: 'audit ended', waitS, ms: Math.round(performance.now() - startedAt), ...how });
  try {
    const report = await run(waitS, signal);
    done({ verdict: (JSON.parse(report) as { verdict: string }).verdict });
    return report;
  } catch (error) {
    done({ why: (error as Error).message });
    throw error;
  }
};

const server = await startAuditServer({ host: required('HOST'), port: Number(required('HTTP_PORT')), audit });
log({ msg: 'listening', port: server.port });

const end = async (): Promise<void> => {
  await server.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
