/**
 * What each store holds of one order, for whoever looks on. Asked again and again until the event is counted, so a
 * question takes less than a gateway waits, and a record of the log, which never changes, is read once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { InKafka, InOutbox, InPostgres, Place } from '../../order/stores.ts';

export interface OrderInStores {
  readonly orderId: string;
  readonly postgres: InPostgres;
  /** Null as long as it is not known; `kafkaSays` tells why. */
  readonly kafka: (Place & { readonly topic: string; readonly key: string; readonly bytes: number }) | null;
  readonly kafkaSays: string;
  readonly analytics: { readonly countedAt: string } | null;
}

/** Where all of it is read. */
export interface Stores {
  readonly topic: string;
  rows(orderId: string): Promise<InPostgres>;
  outbox(orderId: string): Promise<InOutbox | undefined>;
  countedAt(eventId: string): Promise<string | undefined>;
  /** Where in the log a published event is; undefined when the log does not hold it. */
  place(event: InOutbox): Promise<Place | undefined>;
  record(place: Place): Promise<InKafka>;
}

/** Together with Postgres less than the second after which whoever asked is told that it took too long. */
const KAFKA_MS_MAX = 600;
const RECORDS_MAX = 200;

export type LookAtOrder = (orderId: string) => Promise<OrderInStores | undefined>;

/** Undefined for an order that nobody knows. */
export function orderInStores(stores: Stores): LookAtOrder {
  const records = new Map<string, Promise<OrderInStores['kafka']>>();

  const read = async (event: InOutbox): Promise<OrderInStores['kafka']> => {
    const place = await stores.place(event);
    if (!place) return null;
    const { key, bytes } = await stores.record(place);
    return { topic: stores.topic, ...place, key, bytes };
  };
  /** The reading goes on when somebody no longer waits for it, and whoever asks next has it. */
  const recordOf = (event: InOutbox): Promise<OrderInStores['kafka']> => {
    const known = records.get(event.eventId);
    if (known) return known;
    const reading = read(event);
    records.set(event.eventId, reading);
    const [oldest] = records.keys();
    if (records.size > RECORDS_MAX && oldest !== undefined) records.delete(oldest);
    const forget = (): unknown => records.delete(event.eventId); // whoever asks next tries again
    reading.then((found) => found ?? forget(), forget);
    return reading;
  };

  const inKafka = async (event: InOutbox | undefined): Promise<Pick<OrderInStores, 'kafka' | 'kafkaSays'>> => {
    if (!event) return { kafka: null, kafkaSays: 'There is no event of it.' };
    if (!event.published) return { kafka: null, kafkaSays: 'The event waits in the outbox.' };
    const late = Symbol('late');
    try {
      const kafka = await Promise.race([recordOf(event), sleep(KAFKA_MS_MAX, late, { ref: false })]);
      if (kafka === late) return { kafka: null, kafkaSays: 'It is published, and is being read.' };
      return kafka
        ? { kafka, kafkaSays: 'It is there.' }
        : { kafka, kafkaSays: 'It was published; the log does not hold it.' };
    } catch (error) {
      return { kafka: null, kafkaSays: `It cannot be read: ${error instanceof Error ? error.message : String(error)}` };
    }
  };

  return async (orderId) => {
    const [postgres, event] = await Promise.all([stores.rows(orderId), stores.outbox(orderId)]);
    if (postgres.order === 'nothing') return undefined;
    const [kafka, countedAt] = await Promise.all([inKafka(event), event && stores.countedAt(event.eventId)]);
    return { orderId, postgres, ...kafka, analytics: countedAt === undefined ? null : { countedAt } };
  };
}
