/** The programs behind the part "chart" object to what they are there for: a guard that lets all pass guards nothing. */
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { findGoProgram } from '../chart/programs.ts';
import { keptSchemaFolder } from '../chart/schemas.ts';
import { kubeconform, kubeScore } from './chart.ts';
import { root } from './run.ts';

// Each look is a process of its own: 0.1 s, and on a busy machine far more.
jest.setTimeout(60_000);

const deployment = (container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: breach }
spec:
  selector: { matchLabels: { app: breach } }
  template:
    metadata: { labels: { app: breach } }
    spec: { containers: [${container}] }
`;

/** Installed and made by the part "chart" in CI, before these tests; on other machines by hand. */
const conform = findGoProgram('kubeconform');
const score = findGoProgram('kube-score');
const schemas = keptSchemaFolder(process.env.SEAMS_CACHE ?? path.join(root, '.seams/cache'));

(conform && schemas ? describe : describe.skip)('kubeconform', () => {
  it.each([
    [
      'a field that is none',
      '{ name: a, image: a, imagePullPolice: Never }',
      "additional properties 'imagePullPolice' not allowed",
    ],
    ['a number as a word', '{ name: a, image: a, ports: [{ containerPort: eighty }] }', 'got string, want integer'],
  ])('refuses %s', (_, container, why) => {
    expect(kubeconform(conform ?? '', schemas ?? '', [deployment(container)]).join()).toContain(why);
  });

  it('accepts what is right', () => {
    expect(kubeconform(conform ?? '', schemas ?? '', [deployment('{ name: a, image: a }')])).toEqual([
      undefined,
      undefined,
    ]);
  });
});

(score ? describe : describe.skip)('kube-score', () => {
  it('finds a container without limits critical', () => {
    expect(kubeScore(score ?? '', [deployment('{ name: a, image: "a:1" }')]).join()).toContain(
      'Memory limit is not set',
    );
  });
});
