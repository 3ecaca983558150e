/** Ends the system of a data folder from outside: by its runner, or what a killed runner left. */
import { askControl } from './control.ts';
import { folderOf } from './folder.ts';
import { gone, type Holder, livingHolder, readRecord, removeRecord, stopLeftovers, takeLock } from './record.ts';
import type { SystemStatus } from './status.ts';
import { toUser } from './user-paths.ts';

/** Above what the drains of all services, one after another, may take. */
const STOP_MS_MAX = 60_000;

/** @returns one line that says what was stopped */
export async function stopSystem(dataDir: string): Promise<string> {
  const folder = folderOf(dataDir);
  const record = readRecord(folder);
  const holder = livingHolder(folder);
  if (holder) return stopRunner(holder, record?.runner.pid === holder.pid ? record.controlSocket : undefined, dataDir);
  if (!record) return `nothing runs on ${toUser(dataDir)}`;
  takeLock(folder);
  const left = await stopLeftovers(folder).finally(() => removeRecord(folder));
  if (left.length === 0) return `nothing runs on ${toUser(dataDir)}`;
  return `stopped ${left.length} processes that a killed \`npm start\` left on ${toUser(dataDir)}: ${left.join(', ')}`;
}

async function stopRunner(holder: Holder, controlSocket: string | undefined, dataDir: string): Promise<string> {
  const stopped = await askToStop(holder, controlSocket);
  if (!(await gone(holder, STOP_MS_MAX)))
    throw new Error(
      `the runner (pid ${holder.pid}) on ${toUser(dataDir)} has not ended after ${STOP_MS_MAX / 1_000} s: ` +
        `\`kill -9 ${holder.pid}\` ends it and all that it started`,
    );
  const where = holder.url ? `, it was on ${holder.url}` : '';
  return `stopped ${stopped} on ${toUser(dataDir)} (pid ${holder.pid}${where}); nothing is left running`;
}

/** A runner has no control socket in its first moments: a signal means the same. */
async function askToStop(holder: Holder, controlSocket: string | undefined): Promise<string> {
  try {
    if (controlSocket === undefined) throw Object.assign(new Error('no socket yet'), { code: 'ENOENT' });
    const { processes } = (await askControl(controlSocket, 'GET', '/status')).body as SystemStatus;
    const { status } = await askControl(controlSocket, 'POST', '/stop');
    if (status === 202) return `${processes.filter(({ pid }) => pid !== null).length} processes`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== 'ECONNRESET') throw error;
  }
  process.kill(holder.pid, 'SIGTERM');
  return 'the system';
}
