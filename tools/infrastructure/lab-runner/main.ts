/**
 * The lab runner as a process of its own, where there is lab mode: it runs labs, breaks processes and heals them, through
 * the control socket of the runner that started it. Environment: HOST, HTTP_PORT, DATA_DIR.
 */
import { runInChild } from '../../labs/child.ts';
import { addReplica, freeze, kill, removeReplica, restart, thaw } from '../../system/faults.ts';
import { makeWhole } from '../../system/make-whole.ts';
import { askStatus } from '../../system/running.ts';
import { required } from '../auditor/environment.ts';
import { Breakage, type World } from './breakage.ts';
import { knownLabs } from './known-labs.ts';
import type { LookAtOrder } from './order-in-stores.ts';
import { Runs } from './runs.ts';
import { startLabServer } from './server.ts';

// All imports are compiled now and kept in Node's compile cache; see compileWhenChanged in tools/system/parts.ts.
if (process.argv.includes('--compile-only')) process.exit(0);

const log = (line: object): void =>
  console.log(JSON.stringify({ time: new Date().toISOString(), process: 'lab-runner', ...line }));

const dataDir = required('DATA_DIR');
const system = { dataDir };

const ACTS = { kill, freeze, thaw, restart, add: addReplica, remove: removeReplica } as const;

const world: World = {
  status: () => askStatus(dataDir),
  async act(fault, name) {
    log({ msg: 'breaking', fault, name });
    await ACTS[fault](system, name);
  },
  makeWhole: () => makeWhole(system),
  monotonicMs: () => performance.now(),
};

const breakage = new Breakage(world);
/** The client of Postgres is loaded when a lab has ended, for most never run. */
async function correct(lab: string): Promise<string[]> {
  const [{ reconcile }, { runningSystem }] = await Promise.all([
    import('../../system/reconcile.ts'),
    import('../../system/running.ts'),
  ]);
  return reconcile(await runningSystem(dataDir), lab);
}

const runs = new Runs((run) => runInChild({ ...run, dataDir }), breakage, correct);

/** The clients of Postgres and Kafka are loaded when somebody looks, for most never do. */
let looking: Promise<LookAtOrder> | undefined;
const lookAtOrder: LookAtOrder = async (orderId) => {
  looking ??= Promise.all([import('./order-in-stores.ts'), import('./running-stores.ts')]).then(
    ([{ orderInStores }, { storesOf }]) => orderInStores(storesOf(dataDir)),
  );
  return (await looking)(orderId);
};

const at = { host: required('HOST'), port: Number(required('HTTP_PORT')) };
const server = await startLabServer({ runs, breakage, labs: knownLabs, lookAtOrder }, at);
log({ msg: 'listening', port: server.port });

/** Whoever ends us ends the system, which thaws what is frozen itself. */
const end = async (): Promise<void> => {
  breakage.stop();
  await server.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
