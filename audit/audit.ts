/**
 * Was anything lost? Eight checks from outside, in an order that makes work in flight harmless: the client's journal,
 * then storage in one snapshot, then Kafka's log to where it ends after that, then the projections. What a later
 * source holds and an earlier one does not is looked up once more before it is called a breach. docs/audit.md says why
 * each comparison holds while orders come in.
 */
import * as analytics from './analytics-is-truth.ts';
import { type Correction, correctionsInAnalytics, correctionsInStorage } from './corrections.ts';
import { type Facts, readFacts } from './facts.ts';
import { readJournal } from './journal.ts';
import { ledgerInStorage } from './ledger-balances.ts';
import { type LogRecord, readLog } from './log.ts';
import { doubledInJournal, doubledInStorage } from './no-doubled-order.ts';
import * as lost from './no-lost-order.ts';
import * as outbox from './outbox-is-complete.ts';
import { readProjections, untilCounted } from './projections.ts';
import { sha256 } from './protos.ts';
import type { Question } from './question.ts';
import * as refused from './refused-leaves-nothing.ts';
import { answersAgainstTables, askedAgain } from './replays-are-stable.ts';
import { NotAnswered, operatorOf, type Rest } from './rest.ts';
import { inSnapshot } from './snapshot.ts';
import { stockInStorage } from './stock-is-conserved.ts';
import { type AuditReport, reportOf } from './verdict.ts';

export interface AuditedSystem {
  readonly url: string;
  readonly brokers: readonly string[];
  /** URLs of a role that can read all tables of these databases and write none. */
  readonly storageUrl: string;
  readonly analyticsUrl: string;
  readonly operator: { readonly email: string; readonly password: string };
}

export interface AuditOptions {
  readonly journalFile?: string | undefined;
  /** How long what waits when the audit begins may take to be published, and then counted. */
  readonly waitMs: number;
  /** Told what is done next, for the person who waits. */
  readonly progress: (doing: string) => void;
}

/** Its dead letters are not events of the outbox. More topics are read when rows name them. */
const ORDERS_TOPIC = 'seams.orders.v1';

export async function audit(system: AuditedSystem, options: AuditOptions): Promise<AuditReport> {
  const [startedAt, beganAt] = [Date.now(), performance.now()];
  const { progress, waitMs, journalFile } = options;
  const journal = journalFile === undefined ? undefined : readJournal(journalFile);
  const rest = await operatorOf(system.url, system.operator);

  const giveUpAt = beganAt + waitMs;
  progress(`waiting for what is on its way to Kafka, ${waitMs / 1_000} s at most for all that is in flight`);
  await outbox.untilPublished(system.storageUrl, giveUpAt);
  progress('reading storage in one snapshot (checks 1 to 6)');
  const { facts, inSql, corrected } = await readStorage(system);

  progress("reading Kafka's log from offset 0 (check 7)");
  const topics = [...new Set([ORDERS_TOPIC, ...[...facts.events.values()].map(({ topic }) => topic)])];
  const log = await outbox.readUntilMarked(facts, () => readLog(system.brokers, topics)).catch(unread);
  const readBack = await lost.readBack(facts, rest, journal);

  progress('comparing the projections (check 8)');
  const { questions: eighth, corrections } = await auditProjections({ system, facts, rest, log }, { waitMs, giveUpAt });

  const outside = [lost.acknowledgedInJournal(facts, journal), readBack];
  return reportOf(
    { startedAt, ms: Math.round(performance.now() - beganAt) },
    [
      ['no lost order', [lost.answeredButMissing(facts), ...inSql.lost, ...outside]],
      ['no doubled order', [...inSql.doubled, doubledInJournal(facts, journal), ...corrected.doubled]],
      ['refused leaves nothing', [...inSql.left, refused.refusedInJournal(facts, journal)]],
      ['replays are stable', [answersAgainstTables(facts), askedAgain()]],
      ['stock is conserved', [...inSql.stock, ...corrected.stock]],
      ['the ledger balances', [...inSql.ledger, ...corrected.ledger]],
      ['the outbox is complete', [...inSql.outbox, ...corrected.outbox, ...(await auditLog(system, facts, log))]],
      ['analytics is the truth', eighth],
    ],
    [...corrected.corrections, ...corrections],
  );
}

/** Without Kafka all that SQL and REST tell is looked at all the same. */
function unread(error: unknown): NotAnswered {
  if (error instanceof NotAnswered) return error;
  throw error;
}

const readStorage = ({ storageUrl }: AuditedSystem) =>
  inSnapshot(storageUrl, async (snapshot) => ({
    inSql: {
      lost: await lost.lostInStorage(snapshot),
      doubled: await doubledInStorage(snapshot),
      left: await refused.leftInStorage(snapshot),
      stock: await stockInStorage(snapshot),
      ledger: await ledgerInStorage(snapshot),
      outbox: await outbox.outboxInStorage(snapshot),
    },
    corrected: await correctionsInStorage(snapshot),
    facts: await readFacts(snapshot),
  }));

type Log = readonly LogRecord[] | NotAnswered;

async function auditLog(system: AuditedSystem, facts: Facts, log: Log): Promise<Question[]> {
  if (log instanceof NotAnswered) return [outbox.eventsAgainstOrders(facts), outbox.unreadLog(facts, log.message)];
  const later = await lookUp(system, outbox.unknownTo(facts, log));
  return [
    outbox.eventsAgainstOrders(facts),
    outbox.eventsInLog(facts, log),
    outbox.logAgainstRows(log, (eventId) => facts.events.get(eventId) ?? later.get(eventId)),
    outbox.versionsAscend(log),
  ];
}

/** What was asked for, and the performance.now() at which it is over. */
interface Wait {
  readonly waitMs: number;
  readonly giveUpAt: number;
}

interface Given {
  readonly system: AuditedSystem;
  readonly facts: Facts;
  readonly rest: Rest;
  readonly log: Log;
}

async function auditProjections(
  { system, facts, rest, log }: Given,
  { waitMs, giveUpAt }: Wait,
): Promise<{ questions: Question[]; corrections: readonly Correction[] }> {
  const published = [...facts.events.values()].filter((event) => event.published).map(({ eventId }) => eventId);
  // The relay may have taken all the time there was, and whether analytics advances is seen only by looking twice.
  const advancesBy = performance.now() + Math.min(waitMs, analytics.ADVANCE_MS_MAX);
  const counted = await untilCounted(system.analyticsUrl, published, Math.max(giveUpAt, advancesBy));
  const now = performance.now();
  const before = await readProjections(system.analyticsUrl);
  const isUnread = log instanceof NotAnswered;
  const behind = isUnread
    ? analytics.uncounted(facts, before)
    : analytics.behindOf(facts, log, before, { counted, now });
  const reports = await analytics.readReports(before, rest);
  const after = await readProjections(system.analyticsUrl);
  const later = await lookUp(
    system,
    [...before.inbox.keys()].filter((eventId) => !facts.events.has(eventId)),
  );
  const { question, corrections } = await correctionsInAnalytics(system.analyticsUrl);
  const questions = [
    analytics.inboxAgainstEvents(facts, later, before),
    analytics.publishedAreCounted(facts, before, waitMs, behind),
    ...analytics.totalsAgainstTruth(analytics.truthOf(facts, later, before, behind), before),
    analytics.reportsAgainstTables(reports, before, after),
    question,
    ...(isUnread ? [analytics.unknownProgress(behind, log.message)] : []),
  ];
  return { questions, corrections };
}

const LOOK_UP = `SELECT b.event_id AS "eventId", b.topic, b.message_key AS "orderId", b.payload, o.cafe_id AS "cafeId",
    o.total_cents::text AS "totalCents", round(extract(epoch FROM o.placed_at) * 1000)::bigint::text AS "placedAtMs"
  FROM outbox b LEFT JOIN orders o ON o.order_id::text = b.message_key WHERE b.event_id::text = ANY ($1)`;

interface LookedUp {
  readonly eventId: string;
  readonly topic: string;
  readonly orderId: string;
  readonly payload: Buffer;
  readonly cafeId: string | null;
  readonly totalCents: string;
  readonly placedAtMs: string;
}

/** A second look at the outbox, later than all that was read elsewhere: an event is written before it is sent. */
async function lookUp(
  { storageUrl }: AuditedSystem,
  ids: readonly string[],
): Promise<Map<string, analytics.LaterEvent>> {
  if (ids.length === 0) return new Map();
  const rows = await inSnapshot(storageUrl, (snapshot) => snapshot.rows<LookedUp>(LOOK_UP, [ids]));
  return new Map(
    rows.map(({ eventId, topic, orderId, payload, cafeId, totalCents, placedAtMs }) => [
      eventId,
      {
        topic,
        orderId,
        contentSha256: sha256(payload),
        order: cafeId === null ? undefined : { orderId, cafeId, totalCents, placedAtMs },
      },
    ]),
  );
}
