/** The stores of a system that `npm start` brought up. */
import {
  ORDERS_TOPIC,
  placeIn,
  placeInLog,
  readCounted,
  readOutbox,
  readPostgres,
  readRecord,
} from '../../order/stores.ts';
import { readTrace } from '../../order/trace.ts';
import { runningSystem } from '../../system/running.ts';
import { superuser } from '../postgres-roles.ts';
import type { Stores } from './order-in-stores.ts';

/** Looked up each time: a port may be another one after a restart, and the runner answers in a millisecond. */
export function storesOf(dataDir: string): Stores {
  const urlOf = async (database: string): Promise<string> =>
    (await runningSystem(dataDir)).postgresUrl(superuser, database);
  return {
    topic: ORDERS_TOPIC,
    rows: async (orderId) => readPostgres(await urlOf('storage'), orderId),
    outbox: async (orderId) => readOutbox(await urlOf('storage'), orderId),
    countedAt: async (eventId) => readCounted(await urlOf('analytics'), eventId),
    place: async (event) => {
      const { tracesUrl, kafkaBroker } = await runningSystem(dataDir);
      return placeIn(await readTrace(tracesUrl, event.traceId, () => true, 0)) ?? placeInLog(kafkaBroker, event);
    },
    record: async (place) =>
      readRecord([(await runningSystem(dataDir)).kafkaBroker], { topic: ORDERS_TOPIC, ...place }),
  };
}
