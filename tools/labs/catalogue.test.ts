import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ideas } from '../../labs/ideas.ts';
import { allLabs, catalogue, labNamed, labsNamed } from './catalogue.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const labs = await allLabs();

describe('the labs', () => {
  it('are found by their files, each idea of them or among those to come', async () => {
    expect(labs.length).toBeGreaterThanOrEqual(12);
    const { coming } = await catalogue();
    const shown = new Set([...labs.flatMap((lab) => lab.ideas), ...coming.map(({ idea }) => idea)]);
    expect([...shown].sort((a, b) => a - b)).toEqual(Object.keys(ideas).map(Number));
  });

  it.each(labs.map((lab) => [lab.name, lab] as const))('%s says what to expect, and where the code is', (_, lab) => {
    const { answers, right } = lab.prediction;
    expect(answers.length).toBeGreaterThanOrEqual(2);
    expect(answers.length).toBeLessThanOrEqual(4);
    expect(new Set(answers).size).toBe(answers.length);
    expect(answers[right]).toBeDefined();
    expect(lab.ideas.filter((idea) => ideas[idea] === undefined)).toEqual([]);
    expect(lab.code.length).toBeGreaterThan(0);
    expect(lab.code.filter((file) => !existsSync(path.join(checkout, file)))).toEqual([]);
  });

  it('take six minutes at most together, on an idle machine with two cores', () => {
    const sum = (form: 'short' | 'full') => labs.reduce((total, { seconds }) => total + seconds[form], 0);
    expect(sum('full')).toBeLessThanOrEqual(360);
    expect(sum('short')).toBeLessThan(sum('full'));
  });

  it('does not take another path for a name', async () => {
    await expect(labNamed('../tools/lab')).rejects.toThrow('there is no lab');
    await expect(labNamed('client')).rejects.toThrow('there are: three-endings');
  });

  it('are named by a list, and come by idea however it is ordered', async () => {
    expect((await labsNamed('messages, three-endings')).map(({ name }) => name)).toEqual(['three-endings', 'messages']);
    expect(await labsNamed(undefined)).toHaveLength(labs.length);
    await expect(labsNamed('messages,gravity')).rejects.toThrow('there is no lab "gravity"; there are: three-endings');
  });
});
