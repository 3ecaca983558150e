/** Each pod deleted under load, one after another: how long until another stands in, and what clients saw. */
import { type Kube, type Pod, RELEASE } from './kube.ts';
import type { Context } from './prove-upgrades.ts';

export interface Kill {
  readonly pod: string;
  /** From the deletion until a pod that is ready stands in its place. */
  readonly recoveredMs: number;
  /** Attempts without a definite answer until then. */
  readonly failures: number;
  /** The longest time without any definite answer. */
  readonly silenceMs: number;
}

const RECOVERED_MS_MAX = 180_000;
const UNREPLACED = 'nothing has taken its place';

/** Without a grace period: as when its machine is lost, no drain, no goodbye. */
export async function killAll(context: Context, chosen: (pod: Pod) => boolean = () => true): Promise<Kill[]> {
  const { kube } = context.system;
  const kills: Kill[] = [];
  const pods = (await kube.pods()).filter((pod) => !pod.deleted && chosen(pod));
  for (const pod of pods.sort((a, b) => (a.name < b.name ? -1 : 1))) kills.push(await kill(context, pod));
  return kills;
}

async function kill({ system: { kube }, seen, progress }: Context, pod: Pod): Promise<Kill> {
  const before = (await kube.pods()).filter((one) => one.component === pod.component && one.ready && !one.deleted);
  const from = Date.now();
  await kube.in(['delete', 'pod', pod.name, '--grace-period=0', '--force', '--wait=false']);
  await kube.until(UNREPLACED, () => unreplaced(kube, pod, before.length), RECOVERED_MS_MAX);
  const to = Date.now();
  const recovered = {
    pod: pod.name,
    recoveredMs: to - from,
    failures: seen.failuresBetween(from, to),
    silenceMs: seen.longestSilenceMs(from, to),
  };
  const { recoveredMs, failures, silenceMs } = recovered;
  progress.say(
    `${pod.name.replace(`${RELEASE}-`, '').padEnd(36)} back in ${seconds(recoveredMs)}, ${failures} attempts failed, longest silence ${seconds(silenceMs)}`,
  );
  return recovered;
}

/** Undefined when as many are ready as before, and one of them is new. */
async function unreplaced(kube: Kube, { component, uid }: Pod, count: number): Promise<string | undefined> {
  const ready = (await kube.pods()).filter((one) => one.component === component && one.ready && !one.deleted);
  const others = ready.filter((one) => one.uid !== uid);
  return others.length >= count ? undefined : `${others.length} of ${count} of ${component} are ready`;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1).padStart(5)} s`;
