import { describe, expect, it, jest } from '@jest/globals';

// session.ts reads sessionStorage when it is loaded, and there is no browser here.
jest.unstable_mockModule('../session/session.ts', () => ({ askAs: jest.fn() }));
const { storyOf, told } = await import('./labs.ts');

const run = { id: 'a', lab: 'messages', short: true, state: 'running', startedAt: '', endedAt: null } as const;
const said = (sequence: number, text: string) => ({ sequence, event: { kind: 'said', text } as const });

describe('the story of a run', () => {
  it('goes on with what came later, and takes nothing twice', () => {
    const first = told(storyOf(run), { run, heard: [said(1, 'a'), said(2, 'b')] });
    const again = told(first, { run, heard: [said(2, 'b'), said(3, 'c')] });
    expect([again.lines, again.sequence]).toEqual([['a', 'b', 'c'], 3]);
  });

  it('sorts what was said by what it is', () => {
    const found = { kind: 'found', outcome: 'broken', withPattern: '0', traces: [], lookAt: [] } as const;
    const story = told(storyOf(run), {
      run: { ...run, state: 'broken' },
      heard: [
        { sequence: 1, event: { kind: 'sentence', sentence: 'it holds', outcome: 'broken' } },
        { sequence: 2, event: found },
        { sequence: 3, event: { kind: 'failed', why: 'could not be healed' } },
      ],
    });
    expect(story).toMatchObject({
      run: { state: 'broken' },
      sentences: [{ sentence: 'it holds', outcome: 'broken' }],
      found,
      failures: ['could not be healed'],
    });
  });
});
