/**
 * What a lab is: one idea, driven through the public interfaces of a running system, with what must hold. A new one is a
 * file here that exports it and is called like it; every list of labs is made from the files that there are.
 */
import type { Running } from '../tools/system/running.ts';
import type { Expectation } from './expectation.ts';
import type { Fallacy } from './ideas.ts';

export interface Lab {
  /** As in `npm run lab -- NAME`, and as its file is called. */
  readonly name: string;
  /** Numbers in labs/ideas.ts. */
  readonly ideas: readonly number[];
  /** The one that it disproves, if any. */
  readonly fallacy?: Fallacy;
  readonly question: string;
  /** To be made before anything is shown: what will it be? */
  readonly prediction: Prediction;
  /** What the first of the two numbers is measured with. */
  readonly with: string;
  /** What the second one is measured without; undefined where nothing can be left out. */
  readonly without?: string;
  /** What it takes on a machine with two cores that has little else to do: for the time that is left. */
  readonly seconds: { readonly short: number; readonly full: number };
  /** Where to read on: paths in this repository. */
  readonly code: readonly string[];
  run(system: Running, say: (line?: string) => void, options: Options): Promise<Finding>;
}

export interface Prediction {
  readonly ask: string;
  readonly answers: readonly string[];
  /** Which of the answers is right: an index. */
  readonly right: number;
}

export interface Picture {
  /** What the bars are, with the unit. */
  readonly title: string;
  /** In the order in which they were measured; the pattern's own first, and what does without it marked. */
  readonly bars: readonly { readonly name: string; readonly value: number; readonly without?: boolean }[];
}

export interface Options {
  /** The same with less of everything, for tests. */
  readonly short: boolean;
}

export interface Finding {
  /** Each a sentence that held, did not hold, or could not be judged. */
  readonly expectations: readonly Expectation[];
  /** The two numbers: with the pattern, and without it where it can be done without. */
  readonly withPattern: string;
  readonly withoutPattern?: string;
  /** What its numbers look like beside each other (tools/labs/picture.ts). */
  readonly picture?: Picture;
  /** Traces and code, a line each. A line with an address …/api/traces/ID names a trace; what stands before it says which. */
  readonly lookAt: readonly string[];
}
