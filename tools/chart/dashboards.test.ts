import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dashboardFiles } from './dashboards.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const pages = ['docs/metrics.md', 'docs/policies.md'].map((file) => readFileSync(path.join(ROOT, file), 'utf8')).join();
/** Those in the tables of the two pages, without their labels. */
const described = new Set([...pages.matchAll(/`((?:seams|process)_[a-z_]+?)(?:\{[^}]*\})?`/g)].map(([, name]) => name));

const used = [...dashboardFiles()].flatMap(([file, text]) => {
  const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
  return panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ expr }) =>
      [...expr.matchAll(/(?:seams|process)_[a-z_]+/g)].map(([metric]) => ({ file, title, metric })),
    ),
  );
});

describe('the dashboards', () => {
  it.each(used.map(({ file, title, metric }) => [file, title, metric] as const))(
    '%s, %s: %s is described',
    (_, _title, metric) => {
      expect(described).toContain(metric);
    },
  );

  it('show every metric that is described', () => {
    const shown = new Set(used.map(({ metric }) => metric));
    expect([...described].filter((name) => !shown.has(name ?? '') && name !== 'seams_policy_')).toEqual([]);
  });
});
