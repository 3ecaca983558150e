/** Each pod deleted under load, one after another: how long until another stands in, and what clients saw. */
import { type Kube, type Pod, RELEASE } from './kube.ts';
import type { Seen } from './load.ts';
import type { Context } from './prove-upgrades.ts';

export interface Kill {
  readonly pod: string;
  /** From the deletion until a pod that is ready stands in its place. */
  readonly readyMs: number;
  /** From the deletion until the last attempt that got no definite answer: 0 when nobody noticed. */
  readonly noticedMs: number;
  /** Attempts without a definite answer. */
  readonly failures: number;
  /** The longest time without any definite answer. */
  readonly silenceMs: number;
}

const RECOVERED_MS_MAX = 180_000;
/** Nothing has failed for this long: the next one may be killed. */
const CALM_MS = 2_000;
const UNREPLACED = 'nothing has taken its place';

/** Without a grace period: as when its machine is lost, no drain, no goodbye. */
export async function killAll(context: Context, chosen: (pod: Pod) => boolean = () => true): Promise<Kill[]> {
  const { kube } = context.system;
  const kills: Kill[] = [];
  const sorted = (await kube.pods()).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const pod of sorted.filter((one) => !one.deleted && chosen(one))) kills.push(await kill(context, pod));
  return kills;
}

async function kill({ system: { kube }, seen, progress }: Context, pod: Pod): Promise<Kill> {
  const before = (await kube.pods()).filter((one) => one.component === pod.component && one.ready && !one.deleted);
  const from = Date.now();
  await kube.in(['delete', 'pod', pod.name, '--grace-period=0', '--force', '--wait=false']);
  const readyMs = await kube.until(UNREPLACED, () => unreplaced(kube, pod, before.length), RECOVERED_MS_MAX);
  await kube.until('requests still fail', async () => stillFailing(seen), RECOVERED_MS_MAX);
  const to = Date.now();
  const killed = {
    pod: pod.name,
    readyMs,
    noticedMs: Math.max((seen.lastFailureAt() ?? from) - from, 0),
    failures: seen.failuresBetween(from, to),
    silenceMs: seen.longestSilenceMs(from, to),
  };
  progress.say(lineOf(killed));
  return killed;
}

const stillFailing = (seen: Seen): string | undefined => {
  const count = seen.failuresBetween(Date.now() - CALM_MS, Date.now());
  return count > 0 ? `${count} in the last ${CALM_MS / 1_000} s` : undefined;
};

function lineOf({ pod, readyMs, noticedMs, failures, silenceMs }: Kill): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const name = pod.replace(`${RELEASE}-`, '').padEnd(34);
  if (failures === 0) return `${name} ready again in ${seconds(readyMs).padStart(6)}, nobody noticed`;
  return `${name} ready again in ${seconds(readyMs).padStart(6)}, ${failures} attempts failed in ${seconds(noticedMs)}, longest silence ${seconds(silenceMs)}`;
}

/** Undefined when as many are ready as before, and one of them is new. */
async function unreplaced(kube: Kube, { component, uid }: Pod, count: number): Promise<string | undefined> {
  const ready = (await kube.pods()).filter((one) => one.component === component && one.ready && !one.deleted);
  const others = ready.filter((one) => one.uid !== uid);
  return others.length >= count ? undefined : `${others.length} of ${count} of ${component} are ready`;
}
