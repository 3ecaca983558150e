/**
 * Orders a second from service times, by two laws that need no simulation (docs/capacity.md): no station does more than all of
 * its servers all of the time (bottleneck law), and the mean time of so many clients in a closed loop follows from what
 * each finds before it (mean value analysis, Reiser and Lavenberg, 1980).
 */

export interface Station {
  readonly name: string;
  /** Cores, or replicas that have a core each. */
  readonly servers: number;
  /** Time of one server that one order takes. */
  readonly demandMs: number;
}

export interface Prediction {
  readonly ordersPerS: number;
  readonly meanMs: number;
}

export interface Bound {
  readonly ordersPerS: number;
  readonly station: string;
}

/** X ≤ servers ÷ demand, at the station where that is least. */
export function boundOf(stations: readonly Station[]): Bound {
  const bounds = stations
    .filter(({ demandMs }) => demandMs > 0)
    .map(({ name, servers, demandMs }) => ({ station: name, ordersPerS: (servers / demandMs) * 1_000 }))
    .sort((a, b) => a.ordersPerS - b.ordersPerS);
  const [least] = bounds;
  if (!least) throw new Error('an order takes nothing anywhere');
  return least;
}

/**
 * A closed loop of so many clients, each asking again when it was answered. A station of several servers is taken as one
 * that is so much quicker and a delay for the rest (Seidmann, 1987).
 * @param delayMs what passes while no server works: a disk, a timer, a turn of a group
 */
export function closedLoopOf(stations: readonly Station[], delayMs: number, clients: number): Prediction {
  const queues = stations.map(({ servers, demandMs }) => ({ demandMs: demandMs / servers, waiting: 0 }));
  const spread = stations.reduce((sum, { servers, demandMs }) => sum + (demandMs * (servers - 1)) / servers, delayMs);
  let prediction: Prediction = { ordersPerS: 0, meanMs: 0 };
  for (let n = 1; n <= clients; n++) {
    const residences = queues.map(({ demandMs, waiting }) => demandMs * (1 + waiting));
    const meanMs = residences.reduce((sum, ms) => sum + ms, spread);
    const perMs = n / meanMs;
    for (const [at, queue] of queues.entries()) queue.waiting = perMs * (residences[at] ?? 0);
    prediction = { ordersPerS: perMs * 1_000, meanMs };
  }
  return prediction;
}

/** One machine that everything shares: the system, its stores and its clients. */
export interface SharedMachine {
  readonly cores: number;
  /** Of them, what is used when nobody asks for anything. */
  readonly idleCores: number;
  /** CPU that an order takes before it is answered, its client's too. */
  readonly waitedForMs: number;
  /** CPU that it takes beside or after that: publishing, counting, traces. */
  readonly besideMs: number;
  readonly delayMs: number;
}

export const boundOnOneMachine = ({ cores, idleCores, waitedForMs, besideMs }: SharedMachine): number =>
  ((cores - idleCores) / (waitedForMs + besideMs)) * 1_000;

const STEPS = 200;

/**
 * What nobody waits for takes its share of the cores all the same, the more the quicker orders are: so the rate is found
 * where what it leaves of the cores gives that same rate.
 */
export function onOneMachine(machine: SharedMachine, clients: number): Prediction {
  const { cores, idleCores, waitedForMs, besideMs, delayMs } = machine;
  const at = (ordersPerS: number): Prediction => {
    const left = cores - idleCores - (ordersPerS * besideMs) / 1_000;
    const slower = cores / Math.max(left, cores / 1_000);
    return closedLoopOf([{ name: 'cores', servers: cores, demandMs: waitedForMs * slower }], delayMs, clients);
  };
  // The rate that comes out falls as the one put in rises, so where both are equal can be found by halving.
  let [low, high] = [0, boundOnOneMachine(machine)];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (at(middle).ordersPerS > middle) low = middle;
    else high = middle;
  }
  return at(low);
}
