/** `npm run cluster:up` and `cluster:down`. */
import { noArguments } from './arguments.ts';
import { install, uninstall } from './install.ts';
import { Kube, NAMESPACE } from './kube.ts';
import type { Place } from './place.ts';
import { startProgress } from './progress.ts';
import { installedSystem } from './system.ts';

export async function bringUp(place: Place, args: readonly string[]): Promise<boolean> {
  noArguments('cluster:up', args);
  const progress = startProgress();
  progress.say(`bringing up Seams on Kubernetes: ${place.name}`);
  await place.up(progress.say);
  await place.images(progress.say);
  const seconds = await install(place, progress);
  const { url, tracesUrl } = await installedSystem(place);
  progress.say(`ready, ${seconds.toFixed(0)} s after helm began`);
  console.log(`
the API     ${url}          curl ${url}/v1/cafes/harbour/menu
the traces  ${tracesUrl}
look next   npm run cluster:order    one order, its trace through every pod
            npm run cluster:status   each pod with its memory and CPU
            npm run cluster:audit    was anything lost?
            npm run cluster:prove    upgrades, kills and network policies under load, with figures
            npm run cluster:down     takes it away`);
  return true;
}

export async function takeDown(place: Place, args: readonly string[]): Promise<boolean> {
  noArguments('cluster:down', args);
  const progress = startProgress();
  const ours = place.down;
  progress.say(ours ? `taking the cluster away: ${place.name}` : `uninstalling from ${place.name}; the cluster stays`);
  if (!(await place.exists())) {
    progress.say('no cluster runs: nothing to do');
    return true;
  }
  if (ours) await ours();
  else {
    const kube = new Kube(place.access);
    await uninstall(kube);
    await kube.kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait']);
  }
  progress.say(ours ? 'gone, with its data' : `gone, with the namespace ${NAMESPACE} and its volumes' claims`);
  return true;
}
