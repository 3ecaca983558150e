/** What a lab is: one idea, driven through the public interfaces of a running system, with what must hold. */
import type { Running } from '../tools/system/running.ts';

export interface Lab {
  /** As in `npm run lab -- NAME`. */
  readonly name: string;
  /** Number of the idea in docs/ideas.md. */
  readonly idea: number;
  readonly question: string;
  run(system: Running, say: (line?: string) => void, options: Options): Promise<Finding>;
}

export interface Options {
  /** The same with less of everything, for tests. */
  readonly short: boolean;
}

export interface Finding {
  /** What held or did not, each a sentence. The lab fails when one did not hold. */
  readonly expectations: readonly { readonly sentence: string; readonly held: boolean }[];
  /** The two numbers: with the pattern, and without it where it can be done without. */
  readonly withPattern: string;
  readonly withoutPattern?: string;
  readonly lookAt: readonly string[];
}
