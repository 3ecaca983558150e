/** Runs oxlint over a tree and says its findings as breaches; reads from its configuration which rules must still fire. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Breach } from './tree.ts';

/** As much of `oxlint --format json` as is used here. */
interface Diagnostic {
  readonly message: string;
  readonly code?: string;
  readonly help?: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

/** `tree` holds its own .oxlintrc.json, for the globs in it are relative to where it lies. */
export function lintBreaches(project: string, tree: string): Breach[] {
  // oxlint finds the type-aware half (tsgolint) on the PATH
  const PATH = `${join(project, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
  const run = spawnSync(
    process.execPath,
    [join(project, 'node_modules/.bin/oxlint'), '--type-aware', '--format', 'json', '--config', '.oxlintrc.json', '.'],
    {
      cwd: tree,
      encoding: 'utf8',
      env: { ...process.env, PATH },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (!run.stdout.trimStart().startsWith('{')) throw new Error(`oxlint did not run: ${run.stdout}${run.stderr}`);
  const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: Diagnostic[] };
  return diagnostics.map(breachOf);
}

function breachOf(diagnostic: Diagnostic): Breach {
  const rule = lintRuleOf(diagnostic);
  const own = ownMessage(diagnostic);
  const instead = own ?? [diagnostic.message, diagnostic.help].filter(Boolean).join(' ');
  return { file: diagnostic.filename.replace(/^\.\//, ''), line: diagnostic.labels[0]?.span.line ?? 1, rule, instead };
}

/** Our messages in .oxlintrc.json begin with the rule's name: `capability-opens-no-socket: declare a port …`. */
const OWN = /^(?:Unexpected use of '\w+'\. )?([a-z]+(?:-[a-z]+)+): (.+)$/s;

/** oxlint says our message as the help of an import or a property, and at the end of the message of a global. */
function ownMessage({ message, help }: Diagnostic): string | undefined {
  return OWN.exec(help ?? '')?.[2] ?? OWN.exec(message)?.[2];
}

/** `capability-reads-no-clock(Date.now)`, `capability-knows-no-driver`, `max-params(4)`, `no-floating-promises`. */
function lintRuleOf({ code = 'parse-error', message, help }: Diagnostic): string {
  const own = OWN.exec(help ?? '')?.[1] ?? OWN.exec(message)?.[1];
  const rule = /\(([^)]+)\)/.exec(code)?.[1] ?? code;
  if (own !== undefined) {
    const named = rule === 'no-restricted-imports' ? undefined : /'([\w.]+)'/.exec(message)?.[1];
    return named === undefined ? own : `${own}(${named})`;
  }
  const bound = /Maximum allowed is (\d+)/i.exec(`${message} ${help}`)?.[1];
  return bound === undefined ? rule : `${rule}(${bound})`;
}

type Setting = string | readonly [severity: string, ...options: Options[]];
interface Options {
  readonly max?: number;
  readonly name?: string;
  readonly object?: string;
  readonly property?: string;
  readonly message?: string;
  readonly paths?: readonly Options[];
  readonly patterns?: readonly Options[];
}
type Rules = Readonly<Record<string, Setting>>;

/** Every rule that the configuration switches on, by the names that lintRuleOf gives to their findings. */
export function configuredLintRules(configuration: string): string[] {
  const { rules, overrides } = JSON.parse(withoutComments(configuration)) as {
    rules: Rules;
    overrides: { rules: Rules }[];
  };
  const scopes = [rules, ...overrides.map((override) => override.rules)];
  return [
    ...new Set(scopes.flatMap((scope) => Object.entries(scope).flatMap(([rule, setting]) => namesOf(rule, setting)))),
  ];
}

function namesOf(rule: string, setting: Setting): string[] {
  const [severity, ...options] = typeof setting === 'string' ? [setting] : setting;
  if (severity === 'off') return [];
  const plain = rule.split('/').at(-1) ?? rule;
  const restricted = options.flatMap((option) => [...(option.paths ?? []), ...(option.patterns ?? [])]);
  if (restricted.length > 0) return restricted.map(ownName);
  if (plain.startsWith('no-restricted-')) {
    return options.map((option) => `${ownName(option)}(${option.name ?? `${option.object}.${option.property}`})`);
  }
  return [options[0]?.max === undefined ? plain : `${plain}(${options[0].max})`];
}

function ownName({ message = '', ...entry }: Options): string {
  const own = OWN.exec(message)?.[1];
  if (own === undefined)
    throw new Error(`.oxlintrc.json: begin the message with a rule's name: ${JSON.stringify(entry)}`);
  return own;
}

/** Whole lines only: that is how we write them, and a URL in a value stays whole. */
const withoutComments = (text: string): string => text.replace(/^\s*\/\/.*$/gm, '');
