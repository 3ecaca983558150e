/**
 * Every value of values.schema.json, each with a value that is not its default and with where that is seen in the manifests. Worlds
 * are what fits into one rendering. every-value.test.ts walks the schema and fails where a leaf has no row; the test on Kubernetes
 * has an API server look at the same renderings.
 */
import { isDeepStrictEqual } from 'node:util';
import { SERVICE_ROWS } from './every-value-of-a-service.ts';
import { CORE_ROWS } from './every-value-of-the-core.ts';
import { STORE_ROWS } from './every-value-of-the-stores.ts';
import type { Kubernetes, Rendering } from './render.ts';

export const WORLDS = ['batteries', 'outside', 'operators', 'bare'] as const;
export type World = (typeof WORLDS)[number];

export interface Row {
  /** As values.yaml nests it: "entry.ingress.host". */
  readonly path: string;
  readonly world: World;
  readonly value: unknown;
  /** Where it is seen. */
  readonly seen: (objects: readonly Kubernetes[]) => unknown;
  /** What is seen there, if not the value itself. */
  readonly as?: unknown;
}

/** What renders nothing, and why. */
export const RENDERS_NOTHING: Readonly<Record<string, string>> = {
  global: 'Helm gives it to every chart; nothing of ours reads it',
  production: 'it refuses: values.test.ts ("labs in production", "batteries in production")',
};

export const rows: readonly Row[] = [...CORE_ROWS, ...STORE_ROWS, ...SERVICE_ROWS];

export const renderingOf = (world: World): Rendering => ({
  // As an upgrade the set-up Job of stores outside is a hook, which alone has a deadline.
  upgrade: world === 'outside',
  more: nested(rows.filter((row) => row.world === world)),
});

function nested(of: readonly Row[]): object {
  const values: Record<string, unknown> = {};
  for (const { path, value } of of) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let place = values;
    for (const name of names) {
      place[name] ??= {};
      place = place[name] as Record<string, unknown>;
    }
    place[last] = value;
  }
  return values;
}

export const isSeen = (row: Row, objects: readonly Kubernetes[]): boolean =>
  isDeepStrictEqual(row.seen(objects), 'as' in row ? row.as : row.value);
