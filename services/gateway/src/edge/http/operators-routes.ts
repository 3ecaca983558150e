/** What operators look at and break; routes.ts has them all. Never refused for a lack of room: they are needed then. */
import { z } from 'zod';
import { labName, labReplies, labRequests, runId } from './lab-schemas.ts';
import { guarded, type Route, route } from './route.ts';
import { orderId, replies } from './schemas.ts';

const operators = {
  ...guarded,
  operatorsMay: 'break things, run labs and look into the stores',
  criticality: 'never_shed',
} as const;

const sequence = (text: string) =>
  z.strictObject({
    after: z
      .preprocess(
        (given) => (typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : given),
        z.int().min(0).default(0),
      )
      .describe(text),
  });

/** Without lab mode, and where nobody can break processes, there are none of these. */
const NO_LABS = 'no_labs_here';
const silent = {
  503: ['lab_runner_unavailable'],
  504: ['lab_runner_unavailable'],
} as const;
const forOperators = { ...silent, 404: [NO_LABS] } as const;

export const operatorsRoutes = {
  floor: route({
    ...operators,
    operatorsMay: 'see how the processes are',
    method: 'GET',
    path: '/v1/floor',
    summary: 'How every process is and what goes from whom to whom, as of the last second; for operators',
    status: 200,
    query: sequence(
      'The `sequence` of the last picture: the answer is the next one, or the same one when none comes within a second',
    ),
    reply: replies.floor,
    refusals: { 503: ['floor_unavailable'], 504: ['floor_unavailable'] },
  }),
  listLabs: route({
    ...operators,
    method: 'GET',
    path: '/v1/labs',
    summary: 'Every lab that there is, what to predict of it, and the last runs; for operators, in lab mode',
    status: 200,
    reply: labReplies.labs,
    refusals: forOperators,
  }),
  runLab: route({
    ...operators,
    method: 'POST',
    path: '/v1/labs/{name}/runs',
    summary: 'Run a lab, one at a time; for operators, in lab mode',
    status: 201,
    params: z.strictObject({ name: labName }),
    body: labRequests.runBody,
    reply: labReplies.labRun,
    refusals: { ...forOperators, 404: [NO_LABS, 'lab_unknown'], 409: ['lab_running', 'random_running', 'not_well'] },
  }),
  followLab: route({
    ...operators,
    method: 'GET',
    path: '/v1/labs/runs/{id}',
    summary: 'What a run has said since, or nothing when nothing comes within a second; for operators, in lab mode',
    status: 200,
    params: z.strictObject({ id: runId }),
    query: sequence('The greatest `sequence` that was heard'),
    reply: labReplies.labHeard,
    refusals: { ...forOperators, 404: [NO_LABS, 'run_unknown'] },
  }),
  stopLab: route({
    ...operators,
    method: 'DELETE',
    path: '/v1/labs/runs/{id}',
    summary: 'Stop a run; what it broke is healed behind it; for operators, in lab mode',
    status: 200,
    params: z.strictObject({ id: runId }),
    reply: labReplies.labRun,
    refusals: { ...forOperators, 404: [NO_LABS, 'run_unknown'] },
  }),
  listBreakage: route({
    ...operators,
    method: 'GET',
    path: '/v1/breakage',
    summary: 'What can be broken and what will happen then, and what is broken; for operators, in lab mode',
    status: 200,
    reply: labReplies.breakage,
    refusals: forOperators,
  }),
  breakProcess: route({
    ...operators,
    method: 'POST',
    path: '/v1/breakage',
    summary: 'Break a process, or add a replica; how it ended, or after a second that it is under way; for operators',
    status: 202,
    body: labRequests.breakBody,
    reply: labReplies.action,
    refusals: { ...forOperators, 404: [NO_LABS, 'process_unknown'], 409: ['lab_running', 'not_possible'] },
  }),
  healAll: route({
    ...operators,
    method: 'DELETE',
    path: '/v1/breakage',
    summary: 'Heal everything, and stop the lab or the plan that would break it again; for operators, in lab mode',
    status: 202,
    reply: labReplies.action,
    refusals: forOperators,
  }),
  breakByPlan: route({
    ...operators,
    method: 'POST',
    path: '/v1/breakage/random',
    summary: 'Break one process after another by a seed, until it is healed or its time is over; for operators',
    status: 201,
    body: labRequests.randomBody,
    reply: labReplies.randomRun,
    refusals: { ...forOperators, 409: ['lab_running', 'random_running'] },
  }),
  lookAtOrder: route({
    ...operators,
    method: 'GET',
    path: '/v1/orders/{orderId}/stores',
    summary: 'What each store holds of an order, also before it is counted; for operators, in lab mode',
    status: 200,
    params: z.strictObject({ orderId }),
    reply: labReplies.orderInStores,
    refusals: { ...forOperators, 404: [NO_LABS, 'order_unknown'] },
  }),
} as const satisfies Record<string, Route>;
