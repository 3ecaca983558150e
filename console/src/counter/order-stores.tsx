import { type ReactNode, useEffect, useState } from 'react';
import type { Answer } from '../api/ask.ts';
import { sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import type { OrderInStores } from './stores.ts';
import { lookUntilSettled, settledOf } from './watch-stores.ts';

/** What each store holds of one order: for an operator, who looks over the customer's shoulder. */
export function OrderStores({ orderId }: { readonly orderId: string }) {
  const operator = useStore(sessionOf('operator')) !== undefined;
  return (
    <div className="stores" role="group" aria-label={`Order ${orderId} in every store`}>
      <h4>In every store</h4>
      {operator ? (
        <Found orderId={orderId} />
      ) : (
        <p className="quiet">
          An operator sees here what each store holds of it: <a href="#/floor">log in as one</a> beside yourself.
        </p>
      )}
    </div>
  );
}

function Found({ orderId }: { readonly orderId: string }) {
  const [found, setFound] = useState(() => settledOf(orderId));
  const [failed, setFailed] = useState<Answer>();
  /** Zero: nobody is looking. Each number more is one more time that somebody wanted to. */
  const [round, setRound] = useState(1);
  const [looking, setLooking] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round looks again
  useEffect(() => {
    if (settledOf(orderId)) return setLooking(false);
    setLooking(true);
    return lookUntilSettled(orderId, {
      onFound: (next) => {
        setFound(next);
        setFailed(undefined);
      },
      onFailure: setFailed,
      onEnd: () => setLooking(false),
    });
  }, [orderId, round]);
  return (
    <>
      {found && <Rows found={found} />}
      {failed && <p className="quiet">{failed.problem?.detail ?? `The answer was ${failed.status}.`}</p>}
      {!found && !failed && <p className="quiet">Looking…</p>}
      {!looking && !settledOf(orderId) && (
        <button type="button" onClick={() => setRound(round + 1)}>
          Look into the stores again
        </button>
      )}
    </>
  );
}

function Rows({ found: { postgres, kafka, kafkaSays, analytics } }: { readonly found: OrderInStores }) {
  return (
    <table>
      <tbody>
        <Row store="Postgres" what="order">
          {postgres.order}
        </Row>
        <Row store="Postgres" what="stock">
          {postgres.stock}
        </Row>
        <Row store="Postgres" what="ledger">
          {postgres.ledger}
        </Row>
        <Row store="Postgres" what="outbox">
          {postgres.event}
        </Row>
        <Row store="Kafka" what="record">
          {kafka
            ? `${kafka.topic}, partition ${kafka.partition}, offset ${kafka.offset}, key ${kafka.key}, ${kafka.bytes} bytes`
            : kafkaSays}
        </Row>
        <Row store="analytics" what="inbox">
          {analytics ? `counted at ${new Date(analytics.countedAt).toLocaleTimeString()}` : 'not counted yet'}
        </Row>
      </tbody>
    </table>
  );
}

interface RowShown {
  readonly store: string;
  readonly what: string;
  readonly children: ReactNode;
}

const Row = ({ store, what, children }: RowShown) => (
  <tr data-store={what}>
    <th scope="row">
      {store} {what}
    </th>
    <td>{children}</td>
  </tr>
);
