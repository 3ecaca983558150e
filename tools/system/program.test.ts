import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const PROGRAM = path.join(import.meta.dirname, 'program.ts');

/** A program whose first import is ours, with a user's hostile shell around it. */
function started(body: string) {
  const source = `import { endWithParent, restoreAtEnd } from ${JSON.stringify(PROGRAM)};\n${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, PGSSLMODE: 'require', NODE_ENV: 'production' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, stderr }));
  return { child, ended };
}

const FOREVER = 'setInterval(() => {}, 1_000);';

describe('a program', () => {
  it('does not read what the shell says to client libraries', async () => {
    const { child, ended } = started('console.log(process.env.PGSSLMODE, process.env.NODE_ENV)');
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    expect(text.toString()).toBe('undefined undefined\n');
    await ended;
  });

  it('ends without a word when its reader goes', async () => {
    const { child, ended } = started("setInterval(() => process.stdout.write('line\\n'.repeat(10_000)), 1);");
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toEqual({ code: 141, stderr: '' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('restores before it ends by %s', async (signal, code) => {
    const { child, ended } = started(
      `restoreAtEnd(async (why) => { await null; console.error('restored after ' + why); });\nconsole.log('up');\n${FOREVER}`,
    );
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ended).toEqual({ code, stderr: `restored after ${signal}\n` });
  });

  it('restores when its reader goes, too', async () => {
    const { child, ended } = started(
      `restoreAtEnd(async (why) => console.error('restored after ' + why));\nsetInterval(() => console.log('up'), 1);`,
    );
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toEqual({ code: 141, stderr: 'restored after SIGPIPE\n' });
  });

  it('restores when its parent ends, and not when that was called off', async () => {
    const body = "restoreAtEnd(async (why) => console.error('restored after ' + why));";
    const watched = started(`${body}\nendWithParent();\nconsole.log('up');\n${FOREVER}`);
    await once(watched.child.stdout, 'data');
    watched.child.stdin.end();
    expect(await watched.ended).toEqual({ code: 1, stderr: 'restored after the end of its parent\n' });

    const calledOff = started(`${body}\nendWithParent()();\nconsole.log('up');`);
    expect(await calledOff.ended).toEqual({ code: 0, stderr: '' });
  });

  it('says what could not be restored, with exit code 1', async () => {
    const { child, ended } = started(
      `restoreAtEnd(() => Promise.reject(new Error('the runner is gone')));\nconsole.log('up');\n${FOREVER}`,
    );
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 1, stderr: 'seams: the runner is gone\n' });
  });

  // A terminal window that is closed: SIGHUP first, then each write fails, also those of the restoring itself.
  it('restores to the end when its terminal is closed', async () => {
    const { child, ended } = started(
      `const gone = () => process.stdout.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));
      restoreAtEnd(async (why) => { gone(); await null; console.error('restored after ' + why); });
      console.log('up');\n${FOREVER}`,
    );
    await once(child.stdout, 'data');
    child.kill('SIGHUP');
    expect(await ended).toEqual({ code: 129, stderr: 'restored after SIGHUP\n' });
  });

  it.each([
    ['an error that nobody caught', "throw new Error('it broke')"],
    ['a rejection that nobody caught', "Promise.reject(new Error('it broke'))"],
    ['output that cannot be written', "process.stdout.emit('error', new Error('it broke'))"],
  ])('restores after %s, then says what it was, with exit code 1', async (_, failure) => {
    const { ended } = started(
      `restoreAtEnd(async (why) => console.error('restored after ' + why));\nsetTimeout(() => { ${failure}; }, 1);\n${FOREVER}`,
    );
    expect(await ended).toEqual({ code: 1, stderr: 'restored after a failure\nseams: it broke\n' });
  });
});
