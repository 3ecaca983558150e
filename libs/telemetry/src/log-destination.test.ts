import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const LOGGER = path.join(import.meta.dirname, 'logger.ts');
const LINES = 40_000;
const DROPPED = 'log lines were dropped';

/** Logs more than pipe and backlog hold, says by another way that it lives, and ends when it is told to. */
const program = `
  import { createLogger } from ${JSON.stringify(LOGGER)};
  const log = createLogger({ service: 'storage', process: 'storage-1', logLevel: 'info' });
  for (let n = 0; n < ${LINES}; n++) log.info({ n, text: 'x'.repeat(200) }, 'answered');
  process.once('message', () => { log.info('last'); process.exit(0); });
  process.send('alive');`;

const started = () =>
  spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });

it('goes on while the reader of its log pauses, and says what was dropped when it reads on', async () => {
  const child = started();
  await once(child, 'message'); // nothing was read so far: a blocking write would never come to this
  let text = '';
  for await (const chunk of child.stdout as NodeJS.ReadableStream) {
    const before = text.length;
    text += String(chunk);
    if (text.indexOf(DROPPED, before - DROPPED.length) !== -1 && child.connected) {
      child.send('end');
      child.disconnect();
    }
  }
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const answered = lines.filter(({ msg }) => msg === 'answered');
  const [notice] = lines.filter(({ msg }) => String(msg).startsWith(DROPPED));
  expect(answered.length).toBeGreaterThan(1_000);
  expect(answered.map(({ n }) => n)).toEqual(answered.map((_, at) => at)); // whole and in order up to the drop
  expect(answered.length + notice.lines).toBe(LINES);
  expect(lines.at(-1)?.msg).toBe('last');
});

it('ends although nobody reads its log any more', async () => {
  const child = started();
  await once(child, 'message');
  child.send('end');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  child.stdout?.destroy();
});
