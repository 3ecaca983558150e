/** An audit as a process of its own: what it took to read a whole log goes with it, and it can be ended at any moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Audit, NotDone } from './flights.ts';

const ENTRY = path.join(import.meta.dirname, 'audit-once.ts');
// A log of 300,000 records takes about 400 MB; beyond this the audit fails in words and the machine goes on.
const MEMORY = ['--max-old-space-size=1024'];
// A report is some 10 KB: of each kind of breach only the first ten are in it.
const REPORT_BYTES_MAX = 1_048_576;

/** The child gets the environment that we were given. SIGKILL is safe at any moment: it only reads. */
export const auditInChild =
  (msMax: number): Audit =>
  async (waitS, signal) => {
    const args = [...MEMORY, '--disable-warning=TimeoutNegativeWarning', ENTRY, String(waitS)];
    // It ends when its standard input does, that is also when we are killed ourselves.
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let late = false;
    const kill = (): boolean => child.kill('SIGKILL');
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, msMax);
    signal.addEventListener('abort', kill);
    try {
      const { code, how, said } = await ended(child);
      if (signal.aborted) throw new NotDone(503, 'audit_unavailable', 'The audit was cut off.');
      if (late) throw new NotDone(504, 'audit_too_slow', `The audit took longer than ${msMax / 1_000} s.`);
      if (code === 0) return said;
      throw new NotDone(503, 'audit_not_done', `The audit could not be done: ${said || `its process ${how}`}.`);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
    }
  };

async function ended(child: ChildProcess): Promise<{ code: number | null; how: string; said: string }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= REPORT_BYTES_MAX) parts.push(part);
    else child.kill('SIGKILL');
  });
  // 'close' comes after the end and the last byte; a program that cannot be started gives 'error' instead.
  const [code, signal] = (await once(child, 'close').catch((error: Error) => {
    throw new NotDone(503, 'audit_not_done', `The audit could not be started: ${error.message}.`);
  })) as [number | null, string | null];
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  return { code, how, said: Buffer.concat(parts).toString('utf8').trim() };
}
