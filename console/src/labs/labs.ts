/** GET /v1/labs and the run of one, as the gateway's OpenAPI describes them. */
import { again } from '../api/again.ts';
import { type Answer, bodyOf, isForGood, isOk, type Question } from '../api/ask.ts';
import { askAs } from '../session/session.ts';
import { storeOf } from '../store.ts';

export interface Lab {
  readonly name: string;
  readonly ideas: readonly number[];
  readonly fallacy?: string;
  readonly question: string;
  readonly prediction: { readonly ask: string; readonly answers: readonly string[]; readonly right: number };
  readonly with: string;
  readonly without?: string;
  /** What it takes on an idle machine with two cores. */
  readonly seconds: { readonly short: number; readonly full: number };
  readonly code: readonly string[];
}

/** Not seen: what it is judged by was late or lost, mostly on a busy machine. */
export type Outcome = 'held' | 'broken' | 'not_seen';

export interface Sentence {
  readonly sentence: string;
  readonly outcome: Outcome;
  /** What was missing to judge it. */
  readonly notSeen?: string;
}

export interface Run {
  readonly id: string;
  readonly lab: string;
  readonly short: boolean;
  readonly state: 'running' | 'healing' | Outcome | 'failed' | 'stopped';
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface Labs {
  readonly labs: readonly Lab[];
  readonly coming: readonly { readonly idea: number; readonly title: string }[];
  readonly runs: readonly Run[];
}

export interface NamedTrace {
  readonly what: string;
  readonly traceId: string;
}

export type LabEvent =
  | { readonly kind: 'said'; readonly text: string }
  | ({ readonly kind: 'sentence' } & Sentence)
  | {
      readonly kind: 'found';
      readonly outcome: Outcome;
      readonly withPattern: string;
      readonly withoutPattern?: string;
      readonly traces: readonly NamedTrace[];
      readonly lookAt: readonly string[];
    }
  | { readonly kind: 'failed'; readonly why: string };

/** Everything that a run has said so far, sorted by what it is. */
export interface Story {
  readonly run: Run;
  readonly sequence: number;
  readonly lines: readonly string[];
  readonly sentences: readonly Sentence[];
  readonly found: Extract<LabEvent, { kind: 'found' }> | undefined;
  readonly failures: readonly string[];
}

interface Heard {
  readonly run: Run;
  readonly heard: readonly { readonly sequence: number; readonly event: LabEvent }[];
}

export const storyOf = (run: Run): Story => ({
  run,
  sequence: 0,
  lines: [],
  sentences: [],
  found: undefined,
  failures: [],
});

export function told(story: Story, { run, heard }: Heard): Story {
  const later = heard.filter(({ sequence }) => sequence > story.sequence).map(({ event }) => event);
  return {
    run,
    sequence: Math.max(story.sequence, ...heard.map(({ sequence }) => sequence)),
    lines: [...story.lines, ...later.flatMap((event) => (event.kind === 'said' ? [event.text] : []))],
    sentences: [...story.sentences, ...later.filter((event) => event.kind === 'sentence')],
    found: later.find((event) => event.kind === 'found') ?? story.found,
    failures: [...story.failures, ...later.flatMap((event) => (event.kind === 'failed' ? [event.why] : []))],
  };
}

/** What was predicted, by lab: it stays when the page is left, and goes with the tab. */
export const predictions = storeOf<ReadonlyMap<string, number>>(new Map());

export const predict = (lab: string, answer: number): void =>
  predictions.change((now) => new Map(now).set(lab, answer));

export const listLabs = (): Promise<Answer> => askAs('operator', { method: 'GET', path: '/v1/labs' });

/** Never sent again by itself: whoever got no answer sees in the list whether it runs. */
export function runLab(lab: string, short: boolean): Promise<Answer> {
  const question: Question = { method: 'POST', path: `/v1/labs/${lab}/runs`, body: JSON.stringify({ short }) };
  return askAs('operator', question);
}

export const stopRun = (id: string): Promise<Answer> =>
  askAs('operator', { method: 'DELETE', path: `/v1/labs/runs/${id}` });

const AGAIN_MS = 300;

/** Asks for what was said since, until it has ended. Returns what ends it. */
export function follow(first: Run, onStory: (story: Story) => void, onFailure: (answer: Answer) => void): () => void {
  let story = storyOf(first);
  return again(async (over) => {
    const path = `/v1/labs/runs/${first.id}?after=${story.sequence}`;
    const answer = await askAs('operator', { method: 'GET', path }, over);
    if (isOk(answer)) {
      const heard = bodyOf<Heard>(answer);
      story = told(story, heard);
      onStory(story);
      return story.run.endedAt === null || heard.heard.length > 0 ? 0 : undefined;
    }
    // A lab breaks what carries this, too: then it is asked again. A run that nobody knows any longer is not.
    onFailure(answer);
    return isForGood(answer) ? undefined : AGAIN_MS;
  });
}
