/** What an answer means for whoever asked, in a sentence: the reply contract of docs/failures.md. */
import type { Answer } from './ask.ts';

export type Ending = 'done' | 'refused' | 'not_done' | 'unknown';

export function endingOf({ status, retryAfterS, problem }: Answer): Ending {
  if (status >= 200 && status < 300) return 'done';
  if (status === 0 || status === 504) return 'unknown';
  // 500 says nothing about what was done before it.
  if (status === 500) return 'unknown';
  if (status === 429 || status === 503 || status === 408) return 'not_done';
  if (status === 409 && retryAfterS !== undefined) return 'not_done';
  return problem ? 'refused' : 'unknown';
}

export function meaningOf(answer: Answer): string {
  const { replayed, retryAfterS, question } = answer;
  switch (endingOf(answer)) {
    case 'done':
      return replayed ? 'The first answer under this key, given again. Nothing was done a second time.' : 'Done.';
    case 'refused':
      return 'Refused for good: nothing was done, and asking the same again will not change that.';
    case 'not_done':
      return `Nothing was done. Try again${retryAfterS === undefined ? '' : ` in ${seconds(retryAfterS)}`}.`;
    case 'unknown':
      return question.key === undefined
        ? 'Whether it was done is unknown.'
        : 'Whether it was done is unknown. Send the same again: under its key it happens once at most.';
  }
}

const seconds = (count: number): string => `${count} second${count === 1 ? '' : 's'}`;

const PARTS: Readonly<Record<string, string>> = {
  'auth=local-keys': 'auth could not be asked; the token was judged by its signature',
  'menu=stale': 'this is the last menu that was read',
  'report=stale': 'this is the last report that was read',
};

/** "menu=stale;age=12" in words. */
export function degradedInWords(header: string): string {
  return header
    .split(',')
    .map((member) => {
      const [mark = '', ...parameters] = member.trim().split(';');
      const age = parameters.map((one) => /^age=(\d+)$/.exec(one.trim())?.[1]).find((found) => found !== undefined);
      return (PARTS[mark] ?? mark) + (age === undefined ? '' : ` (${seconds(Number(age))} old)`);
    })
    .join('; ');
}
