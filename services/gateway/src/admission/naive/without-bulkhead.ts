import { LAB_HEADER, type Pattern } from '@seams/call';
import type { Criticality } from '../gate.ts';

const BULKHEAD: Pattern = 'bulkhead';

/** By name in lower case, as they came. */
interface Incoming {
  readonly headersDistinct: Readonly<Record<string, readonly string[] | undefined>>;
}

/**
 * Without a bulkhead: who names it is let in as long as there is any place, so a slow kind of request takes them all. The
 * header is only looked at here; what else it says is judged once the request is let in.
 */
export const withoutBulkhead = ({ headersDistinct }: Incoming, criticality: Criticality): Criticality =>
  (headersDistinct[LAB_HEADER.without] ?? [])
    .flatMap((value) => value.split(','))
    .some((name) => name.trim() === BULKHEAD)
    ? 'pay'
    : criticality;
