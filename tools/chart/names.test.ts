/** What a user chooses and Kubernetes limits: the release's name, the chart's version, variables of a service. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { chartFacts } from './facts.ts';
import { containersOf, podsOf } from './pods.ts';
import { findHelm } from './programs.ts';
import { CHART, type Kubernetes, rendered } from './render.ts';

// Each rendering is two processes: 0.3 s, and on a busy machine ten times that.
jest.setTimeout(60_000);

const withHelm = findHelm() !== undefined ? describe : describe.skip;

const DNS_1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const IMAGE = /^[a-z0-9]+([._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const LENGTH_MAX: Readonly<Record<string, number>> = { Service: 63, Job: 63, StatefulSet: 52, Deployment: 63 };

const labelsOf = (objects: readonly Kubernetes[]): string[] =>
  objects.flatMap(({ metadata }) => Object.values(metadata.labels ?? {}));

withHelm('the name of a release', () => {
  const longest = 'b'.repeat(53);
  it.each([
    'seams',
    `team-a-review-${'x'.repeat(30)}`,
    longest,
    'b'.repeat(43),
    'b'.repeat(44),
    'shop.v2',
    '2026-class',
    '7',
  ])('%s makes names that Kubernetes takes', (release) => {
    const objects = rendered({ release });
    for (const { kind, metadata } of objects) {
      const most = LENGTH_MAX[kind];
      if (most === undefined) continue;
      expect(metadata.name).toMatch(DNS_1035_LABEL);
      expect([metadata.name, metadata.name.length <= most]).toEqual([metadata.name, true]);
    }
    for (const value of labelsOf(objects)) expect(value.length).toBeLessThanOrEqual(63);
  });

  it('is not changed where it is valid, and stays unique where it is', () => {
    const namesOf = (release: string) => rendered({ release }).map(({ metadata }) => metadata.name);
    expect(namesOf('seams')).toContain('seams-postgres');
    const [one, other] = [namesOf(`${longest.slice(1)}1`), namesOf(`${longest.slice(1)}2`)];
    expect(one.filter((name) => other.includes(name))).toEqual([]);
    expect(namesOf('shop.v2').filter((name) => namesOf('shop-v2').includes(name))).toEqual([]);
  });
});

withHelm('a version with build metadata', () => {
  it('has no "+" in a label or an image', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'seams-version-'));
    try {
      cpSync(CHART, folder, { recursive: true });
      const file = path.join(folder, 'Chart.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^(version|appVersion): .*$/gm, '$1: 0.1.0+abc123'));
      const objects = rendered({ chart: folder });
      for (const value of labelsOf(objects)) expect(value).toMatch(LABEL_VALUE);
      const images = podsOf(objects).flatMap((pod) => containersOf(pod).map(({ image }) => image));
      for (const image of images) expect(image).toMatch(IMAGE);
      expect(images).toContain('seams/gateway:0.1.0_abc123');
      expect(labelsOf(objects)).toContain('seams-0.1.0_abc123');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

withHelm('services.<name>.env', () => {
  it('comes instead of a variable that the chart gives, whichever, and each is there once', () => {
    const usual = podsOf(rendered()).filter(({ component }) => component in chartFacts().workloads);
    const set = usual.flatMap(({ component, spec }) =>
      (spec.containers[0]?.env ?? []).map(({ name }) => `services.${component}.env.${name}=mine`),
    );
    expect(set.length).toBeGreaterThan(100);
    for (const { component, spec } of podsOf(rendered({ set }))) {
      if (!(component in chartFacts().workloads)) continue;
      const env = spec.containers[0]?.env ?? [];
      expect([component, new Set(env.map(({ name }) => name)).size]).toEqual([component, env.length]);
      expect(env.filter(({ value }) => value !== 'mine')).toEqual([]);
    }
  });

  it('adds one that the chart does not know', () => {
    const [auth] = podsOf(rendered({ set: ['services.auth.env.MINE=$(HOST)'] })).filter(
      ({ component }) => component === 'auth',
    );
    expect(auth?.spec.containers[0]?.env?.at(-1)).toEqual({ name: 'MINE', value: '$(HOST)' });
  });
});
