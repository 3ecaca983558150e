/** Proves that every rule still fires: runs the real rules over a tree of breaches (breaches.ts) and compares. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { boundaryRules, graphBreaches, importBreaches } from '../check/boundaries.ts';
import { configuredLintRules, lintBreaches } from '../check/lint.ts';
import { engineRule, lockBreaches, lockRule } from '../check/lockfile.ts';
import type { Outcome } from '../check/run.ts';
import { tidyBreaches, tidyRules } from '../check/tidy.ts';
import { type Breach, treeOf } from '../check/tree.ts';
import { type Fixture, fixtures } from './breaches.ts';
import { arrows, graph, graphFindings, setting } from './setting.ts';

type Finding = Pick<Breach, 'rule' | 'file' | 'line'>;

export function canary(project: string): Outcome {
  const configuration = readFileSync(join(project, '.oxlintrc.json'), 'utf8');
  const rules = [
    ...configuredLintRules(configuration),
    ...tidyRules.map(({ name }) => name),
    ...Object.keys(boundaryRules),
    lockRule,
    engineRule,
  ];
  const expected = [...fixtures.map(expectedFrom), ...graphFindings];
  const found = findIn(project, configuration);

  const proven = expected.map(({ rule }) => rule);
  const wrong = [
    ...rules
      .filter((rule) => !proven.includes(rule))
      .map((rule) => `${rule}: no breach in tools/canary/breaches.ts proves this rule`),
    ...proven.filter((rule) => !rules.includes(rule)).map((rule) => `${rule}: there is no such rule any more`),
    ...without(expected, found).map((finding) => `${said(finding)}: this rule no longer fires`),
    ...without(found, expected).map((finding) => `${said(finding)}: fires where it should not, or twice`),
  ];
  return {
    ok: wrong.length === 0,
    output: wrong.join('\n'),
    note: `${rules.length} rules, ${found.length} breaches found of ${expected.length}`,
  };
}

function expectedFrom({ rule, file, breaking }: Fixture): Finding {
  const line = breaking.split('\n').findIndex((text) => text.endsWith('// breach')) + 1;
  return { rule, file, line: Math.max(1, line) };
}

function findIn(project: string, configuration: string): Breach[] {
  const root = mkdtempSync(join(tmpdir(), 'seams-canary-'));
  try {
    const texts = {
      ...setting,
      '.oxlintrc.json': configuration,
      ...Object.fromEntries(fixtures.map(({ file, breaking }) => [file, breaking])),
    };
    for (const [file, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const tree = treeOf(root);
    return [
      ...lintBreaches(project, root),
      ...tidyBreaches(tree, arrows),
      ...importBreaches(tree),
      ...graphBreaches(tree, graph),
      ...lockBreaches(tree.read('package-lock.json')),
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What is in `all` and not in `some`, counting doubles. */
function without(all: readonly Finding[], some: readonly Finding[]): Finding[] {
  const left = some.map(said);
  return all.filter((finding) => {
    const at = left.indexOf(said(finding));
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

const said = ({ file, line, rule }: Finding): string => `${file}:${line}  ${rule}`;
