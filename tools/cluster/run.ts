/** Programs of others (kubectl, helm, docker, kind), run to their end. What they say in anger becomes one line. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** One that takes longer is killed, and that is a failure. */
  readonly msMax?: number;
  /** Told each line of what it says while it runs. */
  readonly onLine?: (line: string) => void;
}

export class ProgramFailed extends Error {
  /** All that it wrote, both streams. */
  readonly said: string;

  constructor(message: string, said: string) {
    super(message);
    this.said = said;
  }
}

const DEFAULT_MS_MAX = 120_000;
const LINE_CHARACTERS_MAX = 400;

/** Its standard output. @throws ProgramFailed */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { env = {}, input = '', msMax = DEFAULT_MS_MAX, onLine } = options;
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), msMax);
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`cannot be run: ${error.message}`));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(signal === 'SIGKILL' ? `did not end within ${msMax / 1_000} s` : `ended with ${code ?? signal}`);
    });
  });
  if (onLine) for (const stream of [child.stdout, child.stderr]) followLines(stream, onLine);
  child.stdin.on('error', () => {}); // it may end before it has read all; how it ended says why
  child.stdin.end(input);
  const [out, error, how] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  clearTimeout(timer);
  if (how === undefined) return out;
  throw new ProgramFailed(`${named(command, args)} ${how}: ${lastLineOf(error || out)}`, `${out}${error}`);
}

function followLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (part: Buffer) => {
    const lines = `${rest}${part.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  });
}

/** "kubectl apply", not its forty arguments. */
const named = (command: string, args: readonly string[]): string =>
  [command.split('/').at(-1), args.find((arg) => !arg.startsWith('-') && !arg.includes('/'))].filter(Boolean).join(' ');

const lastLineOf = (said: string): string =>
  (said.trim().split('\n').at(-1) ?? 'it said nothing').slice(0, LINE_CHARACTERS_MAX);
