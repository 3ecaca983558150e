/** kubectl and helm against one cluster, in the namespace of one release. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, openApi } from './api.ts';
import { type RunOptions, run } from './run.ts';

export const RELEASE = 'seams';
export const NAMESPACE = 'seams';

export interface Access {
  /** With what names the cluster, for example ["kubectl", "--context", "kind-seams"]. */
  readonly kubectl: readonly string[];
  readonly helm: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Pod {
  readonly name: string;
  /** The chart's component, for example "storage" or "kafka". */
  readonly component: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly uid: string;
  readonly address: string;
  readonly deleted: boolean;
  readonly images: readonly string[];
  readonly startedAt: string;
  /** Why it does not run, in Kubernetes' words. */
  readonly waiting: string | undefined;
}

interface PodJson {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly restartCount: number;
  readonly state?: { readonly waiting?: { readonly reason?: string } };
}

const POLL_MS = 250;
export const ofRelease = `labelSelector=${encodeURIComponent(`app.kubernetes.io/instance=${RELEASE}`)}`;

export class Kube {
  readonly #access: Access;
  #api: Promise<Api> | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  kubectl(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const [command = '', ...first] = this.#access.kubectl;
    return run(command, [...first, ...args], { env: this.#access.env, ...options });
  }

  helm(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const [command = '', ...first] = this.#access.helm;
    return run(command, [...first, '--namespace', NAMESPACE, ...args], { env: this.#access.env, ...options });
  }

  in(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.kubectl(['--namespace', NAMESPACE, ...args], options);
  }

  /** From the API server, for example "/api/v1/nodes". */
  async read<T>(path: string): Promise<T> {
    this.#api ??= openApi(this.#access.kubectl, this.#access.env);
    return (await this.#api).get<T>(path);
  }

  /** Of our namespace, for example readOurs('apps/v1', 'deployments'). */
  readOurs<T>(group: string, what: string): Promise<T> {
    return this.read(`/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/${NAMESPACE}/${what}`);
  }

  /** What it keeps open to read. */
  async close(): Promise<void> {
    const api = this.#api;
    this.#api = undefined;
    await api?.then(
      (one) => one.close(),
      () => {}, // it never opened, and that was told to who wanted to read
    );
  }

  async apply(...objects: readonly object[]): Promise<void> {
    const input = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    await this.kubectl(['apply', '-f', '-'], { input });
  }

  /** Of the release, without Jobs that are over. */
  async pods(): Promise<Pod[]> {
    const { items } = await this.readOurs<{ items: PodJson[] }>('v1', `pods?${ofRelease}`);
    return items.map(podOf).filter(({ phase, component }) => phase !== 'Succeeded' && component !== 'test');
  }

  /** Values of a Secret, as text. */
  async secret(name: string): Promise<Record<string, string>> {
    const { data } = await this.readOurs<{ data: Record<string, string> }>('v1', `secrets/${name}`);
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    );
  }

  /** Resolves with the milliseconds until it held. @throws Error that says what was waited for, and what is seen instead */
  async until(what: string, holds: () => Promise<string | undefined>, msMax: number): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      const missing = await holds();
      if (missing === undefined) return Math.round(performance.now() - startedAt);
      if (performance.now() - startedAt > msMax) throw new Error(`${what} after ${msMax / 1_000} s: ${missing}`);
      await sleep(POLL_MS);
    }
  }
}

function podOf({ metadata, spec, status }: PodJson): Pod {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return {
    name: metadata.name,
    component: metadata.labels?.['app.kubernetes.io/component'] ?? '',
    phase: status.phase,
    ready: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    uid: metadata.uid,
    address: status.podIP ?? '',
    deleted: metadata.deletionTimestamp !== undefined,
    images: spec.containers.map(({ image }) => image),
    startedAt: metadata.creationTimestamp,
    waiting: containers.flatMap(({ state }) => state?.waiting?.reason ?? [])[0],
  };
}
