/** One lab as a process of its own: it can be ended at any moment, and what it held goes with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Outcome } from '../../labs/expectation.ts';
import { eventIn, type LabEvent } from './events.ts';

const ENTRY = path.resolve(import.meta.dirname, '../lab.ts');
/** The longest kills thirteen processes under load, one after another: some five minutes on a machine that has others. */
const LAB_MS_MAX = 15 * 60_000;
const COMPLAINT_CHARACTERS_MAX = 2_000;

export interface LabRun {
  readonly name: string;
  readonly short: boolean;
  readonly dataDir: string;
  /** Ends it at once. What it broke is then still broken: whoever stops a lab heals (tools/system/make-whole.ts). */
  readonly signal?: AbortSignal;
  onEvent(event: LabEvent): void;
}

export type LabEnd = Outcome | 'failed' | 'stopped';

/** Says why as an event when it could not be carried through; rejects for nothing that a lab does. */
export async function runInChild({ name, short, dataDir, signal, onEvent }: LabRun): Promise<LabEnd> {
  const args = ['--disable-warning=TimeoutNegativeWarning', ENTRY, name, '--events', '--data', dataDir];
  // It ends when its standard input does, that is also when we are killed ourselves.
  const child = spawn(process.execPath, short ? [...args, '--short'] : args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // it has just ended
  let end: LabEnd | undefined;
  let late = false;
  let complaint = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = eventIn(line);
    if (event.kind === 'found') end = event.outcome;
    if (event.kind === 'failed') end = 'failed';
    onEvent(event);
  });
  child.stderr.on('data', (part: Buffer) => {
    complaint = (complaint + part.toString('utf8')).slice(-COMPLAINT_CHARACTERS_MAX);
  });
  const kill = (): boolean => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, LAB_MS_MAX);
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  const how = await once(child, 'close').then(
    ([code]) => `its process ended with ${code}`,
    (error: Error) => `it could not be started: ${error.message}`,
  );
  clearTimeout(timer);
  signal?.removeEventListener('abort', kill);
  if (signal?.aborted) return 'stopped';
  if (end) return end;
  const why = late ? `it took longer than ${LAB_MS_MAX / 60_000} minutes` : complaint.trim() || how;
  onEvent({ kind: 'failed', why });
  return 'failed';
}
