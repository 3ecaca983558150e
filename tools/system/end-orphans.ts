/**
 * What the guardian becomes when the runner was killed: stops every child in that runner's record. `lock` and `run.json` stay, because
 * a new `npm start` may be taking them over at this moment; it removes them as it does without a guardian.
 */
import { folderOf } from './folder.ts';
import { isAlive, readRecord, stopChildren } from './record.ts';

const [root = '', pid = '', identity = ''] = process.argv.slice(2);
const runner = { name: 'runner', pid: Number(pid), identity };

const record = readRecord(folderOf(root));
// A pipe may also be closed by a living runner that is just ending, and another runner's children are its own.
const isIts = record?.runner.pid === runner.pid && record.runner.identity === identity;
if (isIts && !isAlive(runner)) {
  const stopped = await stopChildren(record.children);
  console.log(`runner ${pid} was killed; stopped ${stopped.join(', ')}`);
}
