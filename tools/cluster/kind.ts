/** kind: Kubernetes in Docker, from k8s/kind.yaml; images by the Dockerfile. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { infrastructure } from '../../topology.ts';
import { imageNames } from '../images/contents.ts';
import { appVersion, CHECKOUT, nextVersion } from './chart.ts';
import type { Place } from './place.ts';
import { run } from './run.ts';

const CLUSTER = 'seams';
/** With the download of the node's image. */
const UP_MS_MAX = 15 * 60_000;

export function kindPlace(): Place {
  const context = `kind-${CLUSTER}`;
  const exists = async (): Promise<boolean> => (await run('kind', ['get', 'clusters'])).split('\n').includes(CLUSTER);
  return {
    name: 'kind',
    access: { kubectl: ['kubectl', '--context', context], helm: ['helm', '--kube-context', context], env: {} },
    helmArguments: [],
    exists,
    up: async (say) => {
      if (await exists()) return say('the kind cluster "seams" is there already');
      const config = path.join(CHECKOUT, 'k8s/kind.yaml');
      const create = ['create', 'cluster', '--name', CLUSTER, '--config', config, '--wait', '120s'];
      await run('kind', create, { msMax: UP_MS_MAX, onLine: say });
    },
    images: async (say) => {
      const revision = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: CHECKOUT, encoding: 'utf8' }).stdout.trim();
      for (const name of imageNames) {
        const images = [appVersion(), nextVersion()].map((tag) => `seams/${name}:${tag}`);
        say(`building ${images[0]} with the Dockerfile`);
        const args = ['--build-arg', `SERVICE=${name}`, '--build-arg', `REVISION=${revision}`];
        const tags = images.flatMap((image) => ['--tag', image]);
        await run('docker', ['build', ...args, ...tags, CHECKOUT], { msMax: UP_MS_MAX });
        await run('kind', ['load', 'docker-image', '--name', CLUSTER, ...images], { msMax: UP_MS_MAX });
      }
    },
    // kind brings a provisioner.
    volumes: async () => {},
    nodePortHost: '127.0.0.1',
    // As k8s/kind.yaml maps them: the ports that they have on a laptop without Kubernetes.
    mapped: { api: infrastructure['load-balancer'].ports.http, traces: infrastructure.traces.ports.query },
    down: async () => {
      await run('kind', ['delete', 'cluster', '--name', CLUSTER], { msMax: UP_MS_MAX });
    },
  };
}
