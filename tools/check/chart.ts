/**
 * The chart in each of its profiles, and k8s/: lint, strict schemas, kube-score without a critical finding. A program that
 * is not on this machine is named in the part's note: what was not looked at does not look like what passed.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findHelm, type GO_PROGRAMS, goProgram, HOW_TO_HELM, howToGoProgram } from '../chart/programs.ts';
import { lint, Refused, type Rendering, renderedText } from '../chart/render.ts';
import { schemaFolder } from '../chart/schemas.ts';
import { type Outcome, type Part, root } from './run.ts';

const PROFILES: readonly Rendering[] = [
  {},
  { values: ['values-kind.yaml'] },
  { values: ['values-minikube.yaml'] },
  { values: ['values-production.yaml'] },
];

/** Their operators publish no Go module and no package; they were checked by hand (docs/kubernetes.md). */
const WITHOUT_SCHEMA = ['Kafka', 'KafkaNodePool', 'KafkaTopic', 'Cluster', 'Database', 'OpenTelemetryCollector'];
/** Always would ask a registry for a tag that never changes. */
const NOT_ASKED = ['container-image-pull-policy'];
const MANIFESTS = ['k8s/namespaces.yaml', 'k8s/production', 'k8s/chaos'];
const MS_MAX = 120_000;

/** What one program says of one input; undefined when it has nothing to object to. */
type Objection = string | undefined;

function run(program: string, args: readonly string[], input?: string): Objection {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: MS_MAX,
    ...(input === undefined ? {} : { input }),
  });
  return status === 0 ? undefined : `${path.basename(program)}: ${error?.message ?? ''}${stdout}${stderr}`;
}

function textOf(profile: Rendering): { text: string; objection?: string } {
  try {
    lint(profile);
    return { text: renderedText(profile) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { text: '', objection: error.message };
  }
}

export function kubeconform(program: string, schemas: string, texts: readonly string[]): Objection[] {
  const args = ['-strict', '-schema-location', `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`];
  return [
    ...texts.map((text) => run(program, [...args, '-'], text)),
    run(program, [...args, '-skip', WITHOUT_SCHEMA.join(','), ...MANIFESTS]),
  ];
}

export const kubeScore = (program: string, texts: readonly string[]): Objection[] =>
  texts.map((text) =>
    run(program, ['score', '--output-format', 'ci', '--ignore-test', NOT_ASKED.join(','), '-'], text),
  );

const LOOKS: Record<keyof typeof GO_PROGRAMS, (program: string, texts: readonly string[]) => Objection[] | undefined> =
  {
    kubeconform: (program, texts) => {
      const schemas = schemaFolder(process.env.SEAMS_CACHE ?? path.join(root, '.seams/cache'));
      return schemas === undefined ? undefined : kubeconform(program, schemas, texts);
    },
    'kube-score': kubeScore,
  };

/** What it objects to, or why it was not asked. A registry that is away is no fault of the chart's. */
function lookedAt(name: keyof typeof LOOKS, texts: readonly string[]): Objection[] | string {
  const how = `${name} (${howToGoProgram(name)})`;
  try {
    const program = goProgram(name);
    return (program === undefined ? undefined : LOOKS[name](program, texts)) ?? how;
  } catch (error) {
    // Go itself failed; anything else is ours.
    if (!(error instanceof Error && 'status' in error)) throw error;
    return `${how}: ${error.message.split('\n').filter(Boolean).slice(0, 2).join(': ')}`;
  }
}

function chartOutcome(): Outcome {
  if (findHelm() === undefined) return { ok: true, output: '', note: `SKIPPED: ${HOW_TO_HELM}` };
  const profiles = PROFILES.map(textOf);
  const texts = profiles.map(({ text }) => text).filter(Boolean);
  const objections: Objection[] = profiles.map(({ objection }) => objection);
  const looked = ['helm lint'];
  const skipped: string[] = [];

  for (const name of Object.keys(LOOKS) as (keyof typeof LOOKS)[]) {
    const found = lookedAt(name, texts);
    if (typeof found === 'string') skipped.push(found);
    else {
      objections.push(...found);
      looked.push(name);
    }
  }

  const output = objections.filter((one) => one !== undefined).join('\n');
  const note = `${PROFILES.length} profiles, ${looked.join(', ')}`;
  return { ok: output === '', output, note: skipped.length === 0 ? note : `${note}; SKIPPED: ${skipped.join(', ')}` };
}

export const chart: Part = { name: 'chart', run: chartOutcome };
