import type { Transaction } from 'kafkajs';
import { type KafkaOptions, oneAnswer } from './kafka.ts';
import type { OutgoingMessage } from './message.ts';
import { replaceableProducer } from './producer.ts';

export interface FencedOptions extends KafkaOptions {
  /** The broker lets one producer of this name publish: the newest. The same for all who stand in for each other. */
  readonly transactionalId: string;
  /**
   * After this the broker aborts what nobody commits. Readers see nothing behind an open transaction, so it is no
   * longer than the turn in which a batch is published.
   */
  readonly transactionMsMax: number;
}

/** One publisher of several that stand in for each other. What one publishes after another came in is refused. */
export interface FencedPublisher {
  /**
   * Becomes the one that the broker takes messages from, in this term, and shuts out whoever was: when this resolves,
   * nothing of theirs gets in any more. False when it had been so already, since an earlier call.
   *
   * It shuts out a successor as well, if it comes late: only who then sees that its term still holds may publish.
   */
  acquireFence(term: number): Promise<boolean>;
  /** All or nothing, and only as the one that came in under this term. Rejects when that is not known. */
  publish(term: number, messages: readonly OutgoingMessage[]): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

// The broker acknowledges a commit before its markers are written, and refuses the next batch until they are, some
// milliseconds later (CONCURRENT_TRANSACTIONS). kafkajs tries a send again, first after its own 100 ms and 3 s in all.
const RETRY_SENDS = { initialRetryTime: 5, retries: 9 };

/**
 * A transactional producer: asking for its id raises the id's epoch at the broker, which ends what an older epoch left
 * open and refuses all that it still sends (KIP-98). Consumers that read what is committed, kafkajs's default, see none
 * of an unfinished batch.
 *
 * A transaction that failed is not aborted here: whether or not the broker got its end, whoever comes in next settles
 * it, and nobody publishes before that.
 */
export function openFencedPublisher(options: FencedOptions): FencedPublisher {
  const { transactionalId, transactionMsMax } = options;
  const producers = replaceableProducer(options, {
    transactionalId,
    transactionTimeout: transactionMsMax,
    retry: RETRY_SENDS,
  });
  let inside: { readonly term: number; next: Transaction | undefined } | undefined;

  const leave = async (): Promise<void> => {
    inside = undefined;
    await producers.discard();
  };
  return {
    acquireFence: async (term) => {
      if (inside?.term === term) return false;
      await leave();
      // kafkajs asks for the id with the first transaction, which begins at the broker with its first message only.
      inside = { term, next: await producers.use((producer) => producer.transaction()) };
      return true;
    },
    publish: async (term, messages) => {
      const mine = inside;
      if (mine?.term !== term) throw new Error(`the publisher is not inside in term ${term}`);
      try {
        const transaction = mine.next ?? (await producers.use((producer) => producer.transaction()));
        mine.next = undefined;
        await producers.sendAll(transaction, messages);
        await transaction.commit();
      } catch (error) {
        await leave();
        throw error;
      }
    },
    // It does not come in ahead: that would shut out the one who leads now.
    ping: () => oneAnswer(options),
    close: leave,
  };
}
