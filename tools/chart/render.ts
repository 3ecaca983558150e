/** The chart as a cluster would get it: `helm template`, read as objects. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findHelm, HOW_TO_HELM } from './programs.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');
export const CHART = path.join(CHECKOUT, 'helm/seams');
const AS_JSON = path.join(import.meta.dirname, 'as-json');
const MS_MAX = 30_000;
const BYTES_MAX = 64 * 1024 * 1024;

export interface Kubernetes {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

export interface Rendering {
  /** Files beside the chart's values.yaml, for example "values-kind.yaml". */
  readonly values?: readonly string[];
  /** As --set takes them. */
  readonly set?: readonly string[];
  /** Values as an object, after the files. */
  readonly more?: object;
  readonly upgrade?: boolean;
  /** "seams" unless said otherwise. */
  readonly release?: string;
  /** A folder with another chart than ours. */
  readonly chart?: string;
}

/** What Helm says when it refuses, without its own words around it. */
export class Refused extends Error {}

function helm(args: readonly string[]): string {
  const program = findHelm();
  if (program === undefined) throw new Error(HOW_TO_HELM);
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: MS_MAX,
    maxBuffer: BYTES_MAX,
  });
  if (status !== 0) throw new Refused(stderr.trim());
  return stdout;
}

const valuesArguments = ({ values = [], set = [], more }: Rendering, folder: string): string[] => [
  ...values.flatMap((file) => ['--values', path.join(CHART, file)]),
  ...(more === undefined ? [] : ['--values', written(folder, more)]),
  ...set.flatMap((one) => ['--set', one]),
];

function written(folder: string, values: object): string {
  const file = path.join(folder, 'more.json');
  writeFileSync(file, JSON.stringify(values));
  return file;
}

export const lint = (rendering: Rendering): string =>
  inFolder((folder) => helm(['lint', '--strict', CHART, ...valuesArguments(rendering, folder)]));

export const renderedText = (rendering: Rendering): string =>
  inFolder((folder) =>
    helm([
      'template',
      rendering.release ?? 'seams',
      rendering.chart ?? CHART,
      '--namespace',
      'seams',
      ...(rendering.upgrade ? ['--is-upgrade'] : []),
      ...valuesArguments(rendering, folder),
    ]),
  );

export const rendered = (rendering: Rendering = {}): Kubernetes[] => objectsOf(renderedText(rendering));

/** Helm reads YAML, so that nothing else has to. */
export const objectsOf = (yaml: string): Kubernetes[] =>
  inFolder((folder) => {
    const file = path.join(folder, 'all.yaml');
    writeFileSync(file, yaml);
    const text = helm(['template', 'as-json', AS_JSON, '--set-file', `yaml=${file}`]);
    const json = text.slice(text.indexOf('\n{') + 1);
    return (JSON.parse(json) as { items: Kubernetes[] }).items;
  });

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'seams-chart-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
