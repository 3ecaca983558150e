/**
 * npm run check: what a change must pass before it is committed, in under a minute.
 *
 *   npm run check                     all parts
 *   npm run check -- lint tidy        these parts
 *
 * To add a rule:
 *   about one file's code      .oxlintrc.json, with a message that begins with the rule's name
 *   about names, places, texts  tools/check/tidy.ts
 *   about who imports whom     tools/check/boundaries.ts
 * and in each case a breach of it in tools/canary/breaches.ts: a rule that no breach proves fails the canary.
 * To add a part: a line in tools/check/parts.ts.
 */
import './system/program.ts';
import { parts } from './check/parts.ts';
import { runParts } from './check/run.ts';

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? parts : parts.filter(({ name }) => wanted.includes(name));
if (chosen.length === 0) {
  console.error(`no such part; there are: ${parts.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

const ended = await runParts(chosen);
const failed = ended.filter(({ ok }) => !ok);
console.log(failed.length === 0 ? '' : `\nfailed: ${failed.map(({ name }) => name).join(', ')}`);
console.log(`${ended.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
