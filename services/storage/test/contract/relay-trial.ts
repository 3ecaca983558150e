/** Relays as a storage process runs them, on a database of their own and the real Kafka. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type FencedPublisher, openFencedPublisher } from '@seams/messaging';
import { type Db, openDb } from '@seams/postgres';
import { eventually, quietLogger, type TestDatabase, testBrokers, testDatabase } from '@seams/testkit';
import { publishTo } from '../../src/outbound/event-log.ts';
import { createRelay, type Relay } from '../../src/outbound/relay.ts';
import { giveUpLease, markPublished, readWaiting, takeLease } from '../../src/outbox/outbox-store.ts';
import { type Ports, relayOutboxWith } from '../../src/outbox/relay-outbox.ts';

export const LEASE_MS = 600;
const PACE_MS = 10;
const POLL_MS = 150;
const TURN_MS_MAX = 5_000;

export class RelayTrial {
  private readonly relays: Relay[] = [];
  private readonly publishers: FencedPublisher[] = [];

  readonly database: TestDatabase;
  readonly db: Db;
  /** The name by which Kafka knows all relays of this trial. */
  readonly transactionalId = `test-${randomUUID()}`;

  constructor(database: TestDatabase) {
    this.database = database;
    this.db = openDb({
      name: 'storage',
      url: database.url,
      applicationName: 'test',
      connectionsMax: 8,
      log: quietLogger,
    });
  }

  static async begin(): Promise<RelayTrial> {
    return new RelayTrial(await testDatabase('storage', fileURLToPath(new URL('../../migrations', import.meta.url))));
  }

  /** One relay process's way to Kafka. */
  openKafka(): Pick<Ports, 'acquireFence' | 'publish'> {
    const { transactionalId } = this;
    const broker = { brokers: testBrokers(), clientId: 'test', log: quietLogger };
    const publisher = openFencedPublisher({ ...broker, transactionalId, transactionMsMax: TURN_MS_MAX });
    this.publishers.push(publisher);
    return { acquireFence: ({ term }) => publisher.acquireFence(term), publish: publishTo(publisher) };
  }

  async startRelay(holder: string, changes: Partial<Ports> = {}): Promise<Relay> {
    const { db } = this;
    const ports: Ports = {
      takeLease: (ctx) => takeLease(db, ctx, holder, LEASE_MS),
      readWaiting: (ctx, eventsMax) => readWaiting(db, ctx, eventsMax),
      ...this.openKafka(),
      markPublished: (ctx, lease, ids) => markPublished(db, ctx, lease, ids),
      ...changes,
    };
    const relay = createRelay({
      db,
      log: quietLogger,
      pollMs: POLL_MS,
      paceMs: PACE_MS,
      turnMsMax: TURN_MS_MAX,
      relayOutbox: relayOutboxWith(ports),
      giveUpLease: (ctx) => giveUpLease(db, ctx, holder),
    });
    await relay.start();
    this.relays.push(relay);
    return relay;
  }

  async commitEvents(topic: string, count: number, keys = 4): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    for (const [n, eventId] of ids.entries()) {
      await this.database.ask(
        `INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent) VALUES ($1, 'test', $2, $3, $4, '')`,
        [eventId, topic, `key-${n % keys}`, Buffer.from(String(n))],
      );
    }
    return ids;
  }

  allPublished(): Promise<void> {
    return eventually(async () => {
      const waiting = await this.database.ask('SELECT 1 FROM outbox WHERE published_at IS NULL');
      if (waiting.length > 0) throw new Error(`${waiting.length} events still wait`);
    });
  }

  async termNow(): Promise<number> {
    const [lease] = await this.database.ask<{ term: string }>('SELECT term FROM relay_lease');
    return Number(lease?.term);
  }

  /** After each test: no relay, no event, no holder. */
  async clear(): Promise<void> {
    await Promise.all(this.relays.splice(0).map((relay) => relay.stop()));
    await Promise.all(this.publishers.splice(0).map((publisher) => publisher.close()));
    await this.database.ask('DELETE FROM outbox');
    await this.database.ask(`UPDATE relay_lease SET holder = '', expires_at = '-infinity'`);
  }

  async end(): Promise<void> {
    await this.db.close();
    await this.database.drop();
  }
}
