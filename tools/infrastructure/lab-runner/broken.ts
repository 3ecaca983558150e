/** What is broken now, by what is there: whoever broke it, and also after this process was started again. */
import { notAsPlanned } from '../../system/make-whole.ts';
import type { SystemStatus } from '../../system/status.ts';

export interface Broken {
  readonly process: string;
  readonly how: 'frozen' | 'on its way back' | 'added' | 'removed';
  readonly sentence: string;
}

/** `thawAt`: when those that were frozen from here are thawed by themselves, on the clock of `now`. */
export function brokenIn({ processes }: SystemStatus, thawAt: ReadonlyMap<string, number>, now: number): Broken[] {
  const ill = processes
    .filter(({ state }) => state !== 'ready')
    .map(({ name, state }): Broken => {
      if (state !== 'frozen')
        return { process: name, how: 'on its way back', sentence: `${name} is ${state}, and comes back by itself.` };
      const at = thawAt.get(name);
      const until =
        at === undefined ? 'until somebody heals it' : `for ${Math.max(0, Math.ceil((at - now) / 1_000))} s more`;
      return { process: name, how: 'frozen', sentence: `${name} is frozen, ${until}.` };
    });
  const names = processes.map(({ name }) => name);
  if (names.includes('single')) return ill;
  const moved = notAsPlanned(names).flatMap(({ service, missing, added }): Broken[] => [
    ...added.map((name): Broken => ({ process: name, how: 'added', sentence: `${name} was added.` })),
    ...(missing > 0
      ? [
          {
            process: service,
            how: 'removed' as const,
            sentence: `${missing === 1 ? 'A replica' : `${missing} replicas`} of ${service} ${missing === 1 ? 'was' : 'were'} removed.`,
          },
        ]
      : []),
  ]);
  return [...ill, ...moved];
}
