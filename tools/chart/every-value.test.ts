/** Every value that values.schema.json takes does something, and what it does is seen in the manifests. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { isSeen, RENDERS_NOTHING, renderingOf, rows, WORLDS } from './every-value.ts';
import { findHelm } from './programs.ts';
import { CHART, type Kubernetes, rendered } from './render.ts';
import { at } from './seen.ts';

// Each rendering is two processes: 0.3 s, and on a busy machine ten times that.
jest.setTimeout(60_000);

const here = findHelm() !== undefined;
const withHelm = here ? describe : describe.skip;

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const schema = JSON.parse(readFileSync(path.join(CHART, 'values.schema.json'), 'utf8')) as Schema;

/** "entry.ingress.host": every place that holds a value and not a group of values. */
function leavesOf(one: Schema, name: string): string[] {
  const meant = one.$ref === undefined ? one : schema.$defs?.[one.$ref.replace('#/$defs/', '')];
  if (meant?.properties === undefined) return [name];
  return Object.entries(meant.properties).flatMap(([key, inner]) => leavesOf(inner, name ? `${name}.${key}` : key));
}

const leaves = leavesOf(schema, '');
/** A row may give a whole group, such as an affinity: then each value inside counts. */
const isGiven = (leaf: string): boolean =>
  rows.some(
    ({ path: of, value }) =>
      leaf === of || (leaf.startsWith(`${of}.`) && at(value, leaf.slice(of.length + 1)) !== undefined),
  );

describe('the table of values', () => {
  it('has a row for each leaf of the schema', () => {
    expect(leaves.length).toBeGreaterThan(200);
    expect(leaves.filter((leaf) => !isGiven(leaf) && !(leaf in RENDERS_NOTHING))).toEqual([]);
  });

  it('has no row for what the schema does not know', () => {
    const known = (of: string): boolean => leaves.some((leaf) => leaf === of || leaf.startsWith(`${of}.`));
    expect([...rows.map((row) => row.path), ...Object.keys(RENDERS_NOTHING)].filter((of) => !known(of))).toEqual([]);
  });
});

withHelm('every value', () => {
  const usual: Kubernetes[] = here ? rendered() : [];

  describe.each(WORLDS)('of the world "%s"', (world) => {
    const objects: Kubernetes[] = here ? rendered(renderingOf(world)) : [];
    const own = rows.filter((row) => row.world === world);

    it.each(own.map((row) => [row.path, row] as const))('%s is seen where it belongs, and not without it', (_, row) => {
      expect(row.seen(objects)).toEqual('as' in row ? row.as : row.value);
      expect(isSeen(row, usual)).toBe(false);
    });
  });
});

withHelm('clients of a NodePort or a load balancer', () => {
  it.each(['NodePort', 'LoadBalancer'])('%s: come with their own addresses unless somebody says otherwise', (type) => {
    const gateway = rendered({ set: [`entry.type=${type}`] }).find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === 'seams-gateway',
    );
    expect(gateway?.spec).toMatchObject({ type, externalTrafficPolicy: 'Local' });
  });

  it('ClusterIP has no such policy: Kubernetes refuses it', () => {
    const gateway = rendered().find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'seams-gateway');
    expect(gateway?.spec).not.toHaveProperty('externalTrafficPolicy');
  });
});
