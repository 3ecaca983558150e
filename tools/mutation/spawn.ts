import { spawn } from 'node:child_process';
import { track } from '../check/run.ts';

/** Runs a program in this terminal to its exit code. */
export function inherited(
  [executable = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    track(child);
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
