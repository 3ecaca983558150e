/** docs/ideas.md as text, from the labs that there are and from proofs.ts. */
import { fallacies, ideas } from '../../labs/ideas.ts';
import type { Description } from '../labs/catalogue.ts';
import { type Proof, proofs } from './proofs.ts';

const linked = (file: string): string => `[${file.split('/').at(-1)}](../${file})`;
const list = (files: readonly string[]): string =>
  files.length === 0 ? '–' : [...new Set(files)].map(linked).join(', ');

/** Every file that the page names, for a test. */
export const filesNamed = (labs: readonly Description[]): string[] => [
  ...Object.values(proofs).flatMap(({ tests, code = [] }) => [...tests, ...code]),
  ...labs.flatMap(({ name, code }) => [`labs/${name}.ts`, ...code]),
];

export function pageOf(labs: readonly Description[]): string {
  const rows = Object.entries(ideas).map(([number, title]) => {
    const own = labs.filter((lab) => lab.ideas.includes(Number(number)));
    return { number, title, own, proof: proofs[Number(number)] ?? { tests: [] } };
  });
  const shown = rows.filter(({ own }) => own.length > 0);
  const coming = rows.filter(({ own }) => own.length === 0);
  return `# From ideas to code

Made by \`npm run ideas\` from \`labs/\` and \`tools/ideas/proofs.ts\`; \`npm run check\` fails when it is not as they are, or names what is not
there. \`npm run lab -- NAME\` runs a lab and prints its traces; the console shows both ([labs.md](labs.md)).

## ${shown.length} of ${rows.length} with a lab

| # | idea | lab | code | tests | in the trace |
| --- | --- | --- | --- | --- | --- |
${shown.map(({ number, title, own, proof }) => shownRow(number, title, own, proof)).join('\n')}

## Coming

| # | idea | what there is of it | code | tests | in the trace |
| --- | --- | --- | --- | --- | --- |
${coming.map(({ number, title, proof }) => `| ${number} | ${title} | ${proof.exists ?? 'nothing yet'} | ${list(proof.code ?? [])} | ${list(proof.tests)} | ${proof.trace ?? '–'} |`).join('\n')}

## The fallacies

| "…" | disproved by |
| --- | --- |
${fallacies.map((fallacy) => `| ${fallacy} | ${labsOf(labs.filter((lab) => lab.fallacy === fallacy))} |`).join('\n')}
`;
}

const labsOf = (labs: readonly Description[]): string =>
  labs.length === 0 ? 'coming' : labs.map(({ name }) => `[\`${name}\`](../labs/${name}.ts)`).join(', ');

const shownRow = (number: string, title: string, own: readonly Description[], { tests, trace }: Proof): string =>
  `| ${number} | ${title} | ${labsOf(own)} | ${list(own.flatMap(({ code }) => code))} | ${list(tests)} | ${trace ?? '–'} |`;
