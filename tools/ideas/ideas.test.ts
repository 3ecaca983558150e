import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ideas } from '../../labs/ideas.ts';
import { catalogue } from '../labs/catalogue.ts';
import { filesNamed, pageOf } from './page.ts';
import { proofs } from './proofs.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const { labs, coming } = await catalogue();

describe('docs/ideas.md', () => {
  it('is as the labs and the proofs are (npm run ideas makes it)', () => {
    expect(readFileSync(path.join(checkout, 'docs/ideas.md'), 'utf8')).toBe(pageOf(labs));
  });

  it('names files that exist', () => {
    expect(filesNamed(labs).filter((file) => !existsSync(path.join(checkout, file)))).toEqual([]);
  });

  it('has all ideas: each with a lab has tests and a trace, each without says what there is of it', () => {
    expect(Object.keys(proofs)).toEqual(Object.keys(ideas));
    const shown = Object.keys(ideas).filter((number) => !coming.some(({ idea }) => idea === Number(number)));
    expect(shown.filter((number) => !proofs[Number(number)]?.tests.length || !proofs[Number(number)]?.trace)).toEqual(
      [],
    );
    expect(coming.filter(({ idea }) => !proofs[idea]?.exists)).toEqual([]);
  });

  it('names every lab, and tests by their names', () => {
    const page = pageOf(labs);
    expect(labs.filter(({ name }) => !page.includes(`labs/${name}.ts`))).toEqual([]);
    expect(Object.values(proofs).flatMap(({ tests }) => tests.filter((file) => !file.endsWith('.test.ts')))).toEqual(
      [],
    );
  });
});
