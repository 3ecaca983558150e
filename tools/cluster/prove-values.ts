/** Every value of the chart's schema before an API server, which knows what a schema of values does not. */
import { renderingOf, WORLDS } from '../chart/every-value.ts';
import { rendered } from '../chart/render.ts';
import type { Kube } from './kube.ts';

/** Beside the release that runs: some fields cannot be changed. */
const RELEASE = 'every-value';
/** Their definitions come with operators, which a cluster need not have. */
const OF_OPERATORS = ['Certificate', 'ServiceMonitor', 'HTTPRoute'];
const DRY_RUN = ['apply', '--server-side', '--dry-run=server', '-f', '-'];

/** Resolves with the number of objects that the API server took. @throws Error with its reason for one that it refuses */
export async function proveValues(kube: Kube): Promise<number> {
  let taken = 0;
  for (const world of WORLDS) {
    const items = rendered({ ...renderingOf(world), release: RELEASE }).filter(
      // The Pod of `helm test` alone is admitted at once, and its ServiceAccount is not there in a dry run.
      ({ kind }) => !OF_OPERATORS.includes(kind) && kind !== 'Pod',
    );
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const said = await kube.in(DRY_RUN, { input });
    taken += said.split('\n').filter((line) => line.endsWith('serverside-applied (server dry run)')).length;
  }
  return taken;
}
