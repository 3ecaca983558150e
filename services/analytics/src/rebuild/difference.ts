/** Were the numbers right that the rebuilt ones replace? */

/** By event id; read while neither generation changed. */
export interface Difference {
  /** Counted, and not in the log. */
  readonly onlyLive: readonly string[];
  /** In the log, and not counted: missed, or not yet come to. */
  readonly onlyRebuilt: readonly string[];
  /** Counted with other content than the log's first event of this id. */
  readonly otherContent: readonly string[];
}

export interface CafeTotal {
  readonly cafeId: string;
}

export interface MinuteTotal extends CafeTotal {
  readonly minuteMs: number;
}

export type Pair<Name> = Name & {
  readonly liveOrders: number;
  readonly liveCents: number;
  readonly rebuiltOrders: number;
  readonly rebuiltCents: number;
};

/** An event as the log has it. */
export interface Place {
  readonly cafeId: string;
  readonly minuteMs: number;
  readonly cents: number;
  readonly partition: number;
  readonly offset: bigint;
}

export interface Judged<Name> {
  readonly name: Name;
  readonly before: Sum;
  readonly after: Sum;
  /** Orders that are counted now and that analytics had not come to: they made nothing wrong. */
  readonly ahead: number;
  readonly wasRight: boolean;
}

export interface Sum {
  readonly orders: number;
  readonly cents: number;
}

export interface Verdict {
  readonly cafes: readonly Judged<CafeTotal>[];
  readonly wrongMinutes: readonly Judged<MinuteTotal>[];
  readonly missed: readonly string[];
  readonly wereRight: boolean;
}

interface Found {
  readonly difference: Difference;
  readonly totals: readonly Pair<CafeTotal>[];
  readonly minutes: readonly Pair<MinuteTotal>[];
}

/**
 * The rebuild reads the log to its end, analytics may be some events behind. An event that only the rebuilt tables have
 * was missed when the group had committed an offset beyond it; else analytics had not come to it, and the old number
 * plus these must be the new one.
 *
 * @param places of the events that only the rebuilt tables have
 * @param committed the group's next offset by partition, read before the tables were compared
 */
export function judge(
  { difference, totals, minutes }: Found,
  places: ReadonlyMap<string, Place>,
  committed: ReadonlyMap<number, bigint>,
): Verdict {
  const isAhead = (id: string): boolean => {
    const place = places.get(id);
    return place !== undefined && place.offset >= (committed.get(place.partition) ?? -1n);
  };
  const ahead = difference.onlyRebuilt.filter(isAhead).flatMap((id) => places.get(id) ?? []);
  const cafes = totals.map((pair) =>
    judged(
      pair,
      ahead.filter(({ cafeId }) => cafeId === pair.cafeId),
    ),
  );
  const wrongMinutes = minutes
    .map((pair) =>
      judged(
        pair,
        ahead.filter(({ cafeId, minuteMs }) => cafeId === pair.cafeId && minuteMs === pair.minuteMs),
      ),
    )
    .filter(({ wasRight }) => !wasRight);
  const missed = difference.onlyRebuilt.filter((id) => !isAhead(id));
  const wrongEvents = missed.length + difference.onlyLive.length + difference.otherContent.length;
  const wereRight = cafes.every(({ wasRight }) => wasRight) && wrongMinutes.length === 0 && wrongEvents === 0;
  return { cafes, wrongMinutes, missed, wereRight };
}

function judged<Name extends CafeTotal>(pair: Pair<Name>, ahead: readonly Place[]): Judged<Pair<Name>> {
  const before = { orders: pair.liveOrders, cents: pair.liveCents };
  const after = { orders: pair.rebuiltOrders, cents: pair.rebuiltCents };
  const aheadCents = ahead.reduce((sum, { cents }) => sum + cents, 0);
  const wasRight = before.orders + ahead.length === after.orders && before.cents + aheadCents === after.cents;
  return { name: pair, before, after, ahead: ahead.length, wasRight };
}
