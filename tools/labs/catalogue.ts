/** The labs that there are, by their files: each file of labs/ that exports a Lab is one, and is called as its file is. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ideas } from '../../labs/ideas.ts';
import type { Lab } from '../../labs/lab.ts';

const folder = path.resolve(import.meta.dirname, '../../labs');

/** All of them, by idea. */
export async function allLabs(): Promise<Lab[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const found = await Promise.all(files.map((file) => labIn(file)));
  const labs = found.filter((lab) => lab !== undefined);
  return labs.sort((a, b) => (a.ideas[0] ?? 0) - (b.ideas[0] ?? 0) || (a.name < b.name ? -1 : 1));
}

/**
 * Reads that one file only.
 * @throws Error with one line for people, when there is no such lab
 */
export async function labNamed(name: string): Promise<Lab> {
  const isThere = /^[a-z0-9-]+$/.test(name) && existsSync(path.join(folder, `${name}.ts`));
  const lab = isThere ? await labIn(`${name}.ts`) : undefined;
  if (lab) return lab;
  throw noLab(name, await allLabs());
}

/**
 * Those that `--only three-endings,messages` names, or all; by idea.
 * @throws Error with one line for people, when there is no lab of one of the names
 */
export async function labsNamed(only: string | undefined): Promise<Lab[]> {
  const labs = await allLabs();
  if (only === undefined) return labs;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !labs.some((lab) => lab.name === name));
  if (unknown !== undefined) throw noLab(unknown, labs);
  return labs.filter(({ name }) => names.includes(name));
}

const noLab = (name: string, labs: readonly Lab[]): Error =>
  new Error(`there is no lab "${name}"; there are: ${labs.map((lab) => lab.name).join(', ')}`);

/** Undefined for what only helps labs. */
async function labIn(file: string): Promise<Lab | undefined> {
  const exported = (await import(`../../labs/${file}`)) as Readonly<Record<string, unknown>>;
  const lab = Object.values(exported).find(isLab);
  if (lab && `${lab.name}.ts` !== file) throw new Error(`labs/${file} holds the lab "${lab.name}": call them alike`);
  return lab;
}

const isLab = (value: unknown): value is Lab =>
  typeof value === 'object' && value !== null && 'run' in value && 'question' in value && 'name' in value;

/** What is said of a lab before it runs. */
export type Description = Omit<Lab, 'run'>;

export interface Catalogue {
  readonly labs: readonly Description[];
  /** Ideas that no lab shows yet. */
  readonly coming: readonly { readonly idea: number; readonly title: string }[];
}

export async function catalogue(): Promise<Catalogue> {
  const labs = await allLabs();
  const shown = new Set(labs.flatMap((lab) => lab.ideas));
  return {
    // JSON has no functions, so what a lab does stays away by itself.
    labs,
    coming: Object.entries(ideas).flatMap(([number, title]) =>
      shown.has(Number(number)) ? [] : [{ idea: Number(number), title }],
    ),
  };
}
