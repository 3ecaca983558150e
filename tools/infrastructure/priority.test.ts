import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { goFirst } from './priority.ts';

const child = () =>
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  });

/** Whether this user may: found out by doing it. */
function mayRaise(): boolean {
  const before = getPriority();
  try {
    setPriority(before - 1);
    setPriority(before);
    return true;
  } catch {
    return false;
  }
}

describe('a process that goes first', () => {
  it('stands above the others, between sessions too; where that is not allowed it is told why', async () => {
    const process = child();
    try {
      const pid = process.pid as number;
      const why = goFirst(pid);
      if (mayRaise()) {
        expect(why).toBeUndefined();
        expect(getPriority(pid)).toBe(-10);
        expect(autogroupOf(pid)).toMatch(/ nice -10$|^none$/);
      } else {
        expect(why).toContain('may not');
        expect(getPriority(pid)).toBe(getPriority());
      }
    } finally {
      process.kill('SIGKILL');
    }
  });

  it('may have ended already', async () => {
    const process = child();
    const pid = process.pid as number;
    process.kill('SIGKILL');
    await once(process, 'exit');
    expect(goFirst(pid)).toBeUndefined();
  });
});

function autogroupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/autogroup`, 'utf8').trim();
  } catch {
    return 'none';
  }
}
