/** `npm run cluster:prove`: what the chart claims, shown on the cluster that runs, with figures. */
import { tableOf } from '../../audit/show.ts';
import { RELEASE } from './kube.ts';
import { type Loaded, type LoadPlan, type Seen, underLoad } from './load.ts';
import type { Place } from './place.ts';
import { type Progress, startProgress } from './progress.ts';
import { type Kill, killAll } from './prove-kills.ts';
import { proveNetwork, proveRestricted } from './prove-network.ts';
import {
  badImage,
  type Context,
  revisionOf,
  rollback,
  type Step,
  upgradeAtOnce,
  upgradeInTurn,
} from './prove-upgrades.ts';
import { statusTable } from './status.ts';
import { type ClusterSystem, installedSystem } from './system.ts';
import { usageOf } from './usage.ts';

const LOAD: LoadPlan = { rate: 10, seed: 42, secondsMax: 900 };

/** upgrade-at-once asks more of a machine than the rest: every process starts twice at the same time. */
const BY_DEFAULT = ['network', 'usage', 'upgrades', 'kills'];

type Proof = (system: ClusterSystem, progress: Progress) => Promise<boolean>;

const PROOFS: Readonly<Record<string, Proof>> = {
  network: provedNetwork,
  usage: provedUsage,
  upgrades: (system, progress) =>
    provedUnderLoad(system, progress, async (context) => {
      const revision = await revisionOf(system);
      return [...(await upgradeInTurn(context)), await badImage(context), await rollback(context, revision)];
    }),
  'upgrade-at-once': (system, progress) =>
    provedUnderLoad(system, progress, async (context) => {
      const revision = await revisionOf(system);
      return [await upgradeAtOnce(context), await rollback(context, revision)];
    }),
  kills: provedKills,
};

export async function proveCluster(place: Place, args: readonly string[]): Promise<boolean> {
  const chosen = args.length === 0 ? BY_DEFAULT : args;
  const unknown = chosen.find((name) => !Object.hasOwn(PROOFS, name));
  if (unknown) throw new Error(`prove takes ${Object.keys(PROOFS).join(', ')}, not "${unknown}"`);
  const progress = startProgress();
  progress.say(`proving ${chosen.join(', ')} on ${place.name}`);
  const system = await installedSystem(place);
  let held = true;
  for (const name of chosen) {
    progress.say(`── ${name}`);
    held = ((await PROOFS[name]?.(system, progress)) ?? false) && held;
  }
  progress.say(held ? 'all of it held' : 'something did not hold: see above');
  return held;
}

async function provedNetwork({ kube, ...system }: ClusterSystem, progress: Progress): Promise<boolean> {
  progress.say(await proveRestricted(kube));
  const { pairs, wrong } = await proveNetwork({ kube, ...system });
  const reached = pairs.filter(({ reached: did }) => did);
  const stranger = pairs.filter(({ from }) => from === 'stranger');
  progress.say(
    `${pairs.length} pairs asked, ${reached.length} reach each other, as topology.ts says; ${wrong.length} differ`,
  );
  progress.say(
    `a pod that it does not name reaches ${stranger.filter(({ reached: did }) => did).length} of ${stranger.length}`,
  );
  for (const line of wrong) progress.say(`  ${line}`);
  return wrong.length === 0;
}

async function provedUsage({ kube }: ClusterSystem, progress: Progress): Promise<boolean> {
  for (const line of statusTable(await kube.pods(), await usageOf(kube))) progress.say(line);
  return true;
}

/** Nobody may notice an upgrade: no request without a definite answer, and a clean audit. */
async function provedUnderLoad(
  system: ClusterSystem,
  progress: Progress,
  work: (context: Context) => Promise<Step[]>,
): Promise<boolean> {
  const loaded = await underLoad(system, LOAD, (seen) => work({ system, progress, seen }));
  const told = tell(loaded, progress);
  return told && loaded.failed === 0;
}

async function provedKills(system: ClusterSystem, progress: Progress): Promise<boolean> {
  const loaded = await underLoad(system, LOAD, (seen: Seen): Promise<Kill[]> => killAll({ system, progress, seen }));
  const slowest = loaded.value.toSorted((a, b) => b.readyMs - a.readyMs)[0];
  progress.say(
    `${loaded.value.length} pods killed; the slowest to come back was ${slowest?.pod.replace(`${RELEASE}-`, '')}, ${((slowest?.readyMs ?? 0) / 1_000).toFixed(1)} s`,
  );
  return tell(loaded, progress);
}

function tell({ load, failed, broken, machine, audit }: Loaded<unknown>, progress: Progress): boolean {
  const { sent, end, requests } = load.orders;
  progress.say(
    `${sent} orders at ${load.rate.reached.toFixed(1)}/s: ${failed} first requests failed, ${broken} connections broke, ${requests} requests in all; in the end ${end.done} done, ${end.refused} refused, ${end.unknown} unknown`,
  );
  progress.say(`p50 ${load.ms.first.p50.toFixed(0)} ms, p99 ${load.ms.first.p99.toFixed(0)} ms to the first answer`);
  if (machine.starved) progress.say(`${machine.starved}, so requests time out`);
  for (const line of load.failures) progress.say(`  ${line}`);
  progress.say(audit.verdict);
  if (!audit.clean) for (const line of tableOf(audit)) progress.say(line);
  return load.ok && audit.clean;
}
