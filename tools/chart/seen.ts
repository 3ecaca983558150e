/** Where a value is seen in the manifests: for the rows of every-value.ts. */
import { type Container, containersOf, environmentIn, type Pod, podsOf } from './pods.ts';
import type { Kubernetes } from './render.ts';

type Objects = readonly Kubernetes[];
type Look = (objects: Objects) => unknown;

/** A value somewhere inside: "spec.rules.0.host". Names with a dot are quoted: 'metadata."helm.sh/hook"'. */
export function at(from: unknown, path: string): unknown {
  let place = from;
  for (const [, quoted, plain] of path.matchAll(/"([^"]+)"|([^."]+)/g))
    place = (place as Record<string, unknown> | undefined)?.[quoted ?? plain ?? ''];
  return place;
}

export const object =
  (kind: string, name: string, path: string): Look =>
  (objects) =>
    at(
      objects.find((one) => one.kind === kind && one.metadata.name === name),
      path,
    );

export const count =
  (kind: string, name = ''): Look =>
  (objects) =>
    objects.filter((one) => one.kind === kind && one.metadata.name.includes(name)).length;

const pod = (objects: Objects, component: string): Pod | undefined =>
  podsOf(objects).find((one) => one.component === component);

const container = (objects: Objects, component: string): Container | undefined => {
  const found = pod(objects, component);
  return found && containersOf(found).at(-1);
};

export const inPod =
  (component: string, path: string): Look =>
  (objects) =>
    at(pod(objects, component)?.spec, path);

export const inContainer =
  (component: string, path: string): Look =>
  (objects) =>
    at(container(objects, component), path);

export const env =
  (component: string, variable: string): Look =>
  (objects) => {
    const found = container(objects, component);
    return found && environmentIn(found)[variable];
  };

export const secretOf =
  (component: string, variable: string): Look =>
  (objects) =>
    container(objects, component)?.env?.find(({ name }) => name === variable)?.valueFrom?.secretKeyRef?.name;

/** In every pod, once for each different thing that is there. */
export const inEveryPod =
  (path: string): Look =>
  (objects) => [...new Set(podsOf(objects).map(({ spec }) => JSON.stringify(at(spec, path))))];

export const inEveryContainer =
  (ours: boolean, look: (one: Container) => unknown): Look =>
  (objects) => [
    ...new Set(
      podsOf(objects)
        .flatMap(containersOf)
        .filter(({ image }) => /(^|\/)seams\//.test(image) === ours)
        .map(look),
    ),
  ];

/** Whether a text stands anywhere in these objects. */
export const contains =
  (kind: string, name: string, text: string): Look =>
  (objects) =>
    JSON.stringify(objects.filter((one) => one.kind === kind && one.metadata.name === name)).includes(text);
