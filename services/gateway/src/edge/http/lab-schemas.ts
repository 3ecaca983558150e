/** The bodies of what operators break and run: labs, and what is broken now. Made by tools/infrastructure/lab-runner. */
import { z } from 'zod';
import { named, orderId } from './schemas.ts';
import { instant, shortName } from './text-schemas.ts';

const count = z.int().min(0);

export const labName = shortName;
export const runId = z.uuid();

const OUTCOMES = ['held', 'broken', 'not_seen'] as const;

const lab = z
  .object({
    name: shortName,
    ideas: z.array(z.int()),
    fallacy: z.string().optional().describe('The one of the eight that it disproves'),
    question: z.string(),
    prediction: z.object({ ask: z.string(), answers: z.array(z.string()), right: count.describe('An index') }),
    with: z.string(),
    without: z.string().optional(),
    seconds: z.object({ short: count, full: count }).describe('What it takes on an idle machine with two cores'),
    code: z.array(z.string()),
  })
  .register(named, { id: 'Lab' });
const labRun = z
  .object({
    id: runId,
    lab: shortName,
    short: z.boolean(),
    state: z.enum(['running', 'healing', ...OUTCOMES, 'failed', 'stopped']),
    startedAt: instant,
    endedAt: instant.nullable(),
  })
  .register(named, { id: 'LabRun' });
const labs = z
  .object({
    labs: z.array(lab),
    coming: z.array(z.object({ idea: z.int(), title: z.string() })).describe('Ideas that no lab shows yet'),
    runs: z.array(labRun).describe('The newest first'),
  })
  .register(named, { id: 'Labs' });

const labOutcome = z.enum(OUTCOMES).describe('not_seen: what it is judged by was late or lost; run it again');
const labEvent = z
  .union([
    z.object({ kind: z.literal('said'), text: z.string() }),
    z.object({
      kind: z.literal('sentence'),
      sentence: z.string(),
      outcome: labOutcome,
      notSeen: z.string().optional().describe('What was missing to judge it'),
    }),
    z.object({
      kind: z.literal('found'),
      outcome: labOutcome,
      withPattern: z.string(),
      withoutPattern: z.string().optional(),
      traces: z.array(z.object({ what: z.string(), traceId: z.string() })),
      lookAt: z.array(z.string()),
    }),
    z.object({ kind: z.literal('failed'), why: z.string() }),
  ])
  .register(named, { id: 'LabEvent' });
const labHeard = z
  .object({ run: labRun, heard: z.array(z.object({ sequence: z.int().min(1), event: labEvent })) })
  .register(named, { id: 'LabHeard' });
const runBody = z.strictObject({ short: z.boolean().optional() }).register(named, { id: 'LabRunRequest' });

const FAULTS = ['kill', 'freeze', 'thaw', 'restart', 'remove', 'add'] as const;
const breakBody = z
  .strictObject({
    fault: z.enum(FAULTS),
    name: shortName.describe('A process; for `add` a service'),
    forS: z.int().min(1).max(300).optional().describe('A freeze ends by itself, after 20 s if nothing is said'),
  })
  .register(named, { id: 'BreakRequest' });
const randomBody = z
  .strictObject({
    seed: z.int().min(1).max(4_294_967_295),
    seconds: z.int().min(1).max(600),
    siblings: z.boolean().optional().describe('Also two replicas of one service at once'),
  })
  .register(named, { id: 'RandomRequest' });
const action = z
  .object({
    id: count,
    at: instant,
    what: z.string(),
    state: z.enum(['under way', 'done', 'failed']),
    said: z.string(),
  })
  .register(named, { id: 'BreakAction' });
const step = z.object({
  atMs: z.number().describe('After the beginning'),
  process: z.string(),
  fault: z.enum(FAULTS),
  forMs: z.number(),
});
const randomRun = z
  .object({
    seed: z.int(),
    seconds: z.int(),
    siblings: z.boolean(),
    startedAt: instant,
    done: count,
    planned: count,
    next: step.nullable(),
  })
  .register(named, { id: 'RandomRun' });
const target = z.object({
  process: z.string(),
  part: z.string(),
  state: z.string(),
  faults: z.array(z.object({ fault: z.enum(FAULTS), sentence: z.string().describe('What will happen') })),
});
const breakage = z
  .object({
    targets: z.array(target),
    services: z.array(z.object({ service: z.string(), replicas: count, sentence: z.string() })),
    broken: z.array(
      z.object({
        process: z.string(),
        how: z.enum(['frozen', 'on its way back', 'added', 'removed']),
        sentence: z.string(),
      }),
    ),
    healing: z.boolean(),
    random: randomRun.nullable(),
    log: z.array(action).describe('The newest first'),
    lab: labRun.nullable().describe('The one that is running'),
  })
  .register(named, { id: 'Breakage' });

const orderInStores = z
  .object({
    orderId,
    postgres: z.object({ order: z.string(), stock: z.string(), ledger: z.string(), event: z.string() }),
    kafka: z
      .object({ topic: z.string(), partition: count, offset: z.string(), key: z.string(), bytes: count })
      .nullable()
      .describe('The record of its event; null as long as it is not known'),
    kafkaSays: z.string().describe('Why it is not known'),
    analytics: z.object({ countedAt: instant }).nullable().describe('Null until the event is counted'),
  })
  .register(named, { id: 'OrderInStores' });

export const labRequests = { runBody, breakBody, randomBody };
export const labReplies = { labs, labRun, labHeard, action, randomRun, breakage, orderInStores };
