/** The operations that a fault plan can name. One that nobody performs would never fire, so it is refused at the edge. */
import { Failure, type FaultPlan } from '@seams/call';
import {
  analyticsService,
  authService,
  menuService,
  menuStoreService,
  orderService,
  orderStoreService,
  walletService,
  walletStoreService,
} from '@seams/contracts';

/** Calls between two services, by callee: both ends can fail. */
const CALLS = {
  auth: [authService],
  'business-logic': [menuService, orderService, walletService],
  storage: [menuStoreService, orderStoreService, walletStoreService],
  analytics: [analyticsService],
} as const satisfies Record<string, readonly object[]>;

/** A record has one end, where either side means the same. */
const RECORDS = ['analytics.OrderPlaced'];
/** COMMIT, the steps of the relay, and the publish of a request without the outbox: nobody stands at another end. */
const ONE_SIDED = ['auth.commit', 'storage.commit', 'storage.Publish', 'relay.Publish', 'relay.Mark'];

const twoSided = new Set([
  ...Object.entries(CALLS).flatMap(([callee, services]) =>
    services.flatMap((service) => Object.keys(service).map((method) => `${callee}.${method}`)),
  ),
  ...RECORDS,
]);

export const FAULT_OPERATIONS: readonly string[] = [...twoSided, ...ONE_SIDED];

/** @throws Failure invalid/fault_plan_malformed that names the operation which no request comes to */
export function refuseUnknownOperations({ operations }: FaultPlan): void {
  for (const { operation, side } of operations) {
    if (twoSided.has(operation)) continue;
    if (!ONE_SIDED.includes(operation))
      throw malformed(`there is no operation "${operation}"${alternatives(operation)}`);
    if (side === 'server') throw malformed(`"${operation}" has no callee's end, so it takes no /server`);
  }
}

function alternatives(operation: string): string {
  const callee = operation.slice(0, operation.indexOf('.') + 1);
  const known = FAULT_OPERATIONS.filter((one) => one.startsWith(callee));
  return `; there are ${known.length > 0 ? known.join(', ') : 'those of docs/faults.md'}`;
}

const malformed = (why: string): Failure => new Failure('invalid', 'fault_plan_malformed', `Seams-Fault: ${why}.`);
