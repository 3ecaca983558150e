/** Runs the parts of a check or a test, two at a time, and says how each ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ownEnvironment } from '../infrastructure/inherited-environment.ts';
import type { Breach } from './tree.ts';

export const root = join(import.meta.dirname, '..', '..');

export interface Outcome {
  readonly ok: boolean;
  /** Shown when the part failed. */
  readonly output: string;
  /** For example "46 files", after the part's name. */
  readonly note?: string;
}

export interface Part {
  readonly name: string;
  run(): Promise<Outcome> | Outcome;
}

export interface Ended extends Outcome {
  readonly name: string;
  readonly seconds: number;
}

/** The machine that we count on has two cores, and the parts are mostly one process each. */
const PARTS_AT_ONCE = 2;

export async function runParts(parts: readonly Part[]): Promise<Ended[]> {
  const waiting = [...parts];
  const ended: Ended[] = [];
  const worker = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const outcome = await runPart(part);
      ended.push(outcome);
      console.log(lineFor(outcome));
      if (!outcome.ok) console.log(outcome.output.trimEnd().replace(/^/gm, '    '));
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
  return ended;
}

async function runPart(part: Part): Promise<Ended> {
  const startedAt = performance.now();
  let outcome: Outcome;
  try {
    outcome = await part.run();
  } catch (thrown) {
    // a part that cannot even run has failed: a guard that is not there guards nothing
    outcome = { ok: false, output: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
  return { name: part.name, seconds: (performance.now() - startedAt) / 1000, ...outcome };
}

const lineFor = ({ ok, name, seconds, note }: Ended): string =>
  `${ok ? 'passed' : 'FAILED'}  ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s${note === undefined ? '' : `   ${note}`}`;

/** A program of node_modules, run by this very Node. */
export const program = (name: string, ...args: string[]): string[] => [process.execPath, binOf(name), ...args];

export const binOf = (name: string): string => join(root, 'node_modules/.bin', name);

export function command(name: string, line: readonly string[], cwd = root): Part {
  return { name, run: () => execute(line, cwd) };
}

const running = new Set<ChildProcess>();
let isEnding = false;

/** Known until its end, for a run that is told to end. */
export function track(child: ChildProcess): void {
  if (isEnding) child.kill('SIGTERM');
  running.add(child);
  child.once('close', () => running.delete(child));
}

export function endRunning(): void {
  isEnding = true;
  for (const child of running) child.kill('SIGTERM');
}

export function execute(line: readonly string[], cwd = root): Promise<Outcome> {
  const [executable, ...args] = line;
  return new Promise((resolve, reject) => {
    const child = spawn(String(executable), args, { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    track(child);
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString();
      const ended = signal === null ? `exit code ${code}` : `ended by ${signal}`;
      resolve({ ok: code === 0, output: code === 0 ? output : `${output}\n${ended}` });
    });
  });
}

/** Our Node first, for programs that start others by name. */
export function environment(): NodeJS.ProcessEnv {
  const bin = join(root, 'node_modules/.bin');
  return { ...ownEnvironment(process.env), PATH: `${bin}:${process.env.PATH ?? ''}`, FORCE_COLOR: '0', NO_COLOR: '1' };
}

/** A part that is a function of ours: it fails when it finds a breach. */
export function breaches(name: string, find: () => { found: readonly Breach[]; note: string }): Part {
  return {
    name,
    run: () => {
      const { found, note } = find();
      return { ok: found.length === 0, note, output: found.map(lineOfBreach).join('\n') };
    },
  };
}

export const lineOfBreach = ({ file, line, rule, instead }: Breach): string => `${file}:${line}  ${rule}: ${instead}`;
