import { useEffect, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { Login } from '../session/login.tsx';
import { sessionOf } from '../session/session.ts';
import { useStore } from '../store.ts';
import { counter, lookAtOrders, lookAtWallet, openCafes, send, show, topUp } from './counter.ts';
import { MenuPanel } from './menu-panel.tsx';
import { money } from './money.ts';
import { OrderStores } from './order-stores.tsx';
import { orderPlacedBy } from './stores.ts';
import './counter.css';

export function CounterPage() {
  const session = useStore(sessionOf('customer'));
  const { answers } = useStore(counter);
  const loggedIn = session !== undefined;

  useEffect(() => {
    void openCafes();
  }, []);
  useEffect(() => {
    if (loggedIn) void Promise.all([lookAtWallet(), lookAtOrders()]);
  }, [loggedIn]);

  const [newest] = answers;
  return (
    <>
      <h1>Counter</h1>
      <p className="quiet">Act as a customer. Every answer of the gateway stands beside, with its trace.</p>
      <div className="counter">
        <div className="stack">
          <section className="panel" aria-labelledby="who">
            <h2 id="who">You</h2>
            <Login role="customer" mayRegister onAnswer={show} />
            {session && (
              <p>
                <a href={`#/traces?id=${session.customerId}`}>Your last requests</a>, for operators
              </p>
            )}
            {loggedIn && <WalletPanel />}
          </section>
          <MenuPanel loggedIn={loggedIn} />
          {loggedIn && <OrdersPanel />}
        </div>
        <section className="stack" aria-labelledby="answers">
          <h2 id="answers">What was answered</h2>
          <p className="unseen" role="status">
            {newest && `${newest.answer.question.method} ${newest.answer.question.path}: ${newest.answer.status}`}
          </p>
          {answers.map(({ id, answer, first }) => (
            <AnswerCard
              key={id}
              answer={answer}
              first={first}
              onAgain={answer.question.key === undefined ? undefined : () => void send(answer.question)}
            >
              <StoresOf orderId={first === undefined ? orderPlacedBy(answer) : undefined} />
            </AnswerCard>
          ))}
        </section>
      </div>
    </>
  );
}

/** Once an order: the same answer given again says nothing new of it. */
const StoresOf = ({ orderId }: { readonly orderId: string | undefined }) =>
  orderId === undefined ? null : <OrderStores orderId={orderId} />;

const TOP_UPS_CENTS = [500, 2_000, 5_000];

function WalletPanel() {
  const { wallet } = useStore(counter);
  const [busy, setBusy] = useState(false);
  const put = async (cents: number): Promise<void> => {
    setBusy(true);
    await topUp(cents);
    setBusy(false);
  };
  if (!wallet) return null;
  return (
    <div className="wallet">
      <p>
        Wallet <strong className="balance">{money(wallet.balanceCents, wallet.currency)}</strong>
      </p>
      <div className="actions">
        {TOP_UPS_CENTS.map((cents) => (
          <button key={cents} type="button" disabled={busy} onClick={() => void put(cents)}>
            Top up {money(cents, wallet.currency)}
          </button>
        ))}
        <button type="button" onClick={() => void lookAtWallet()}>
          Look again
        </button>
      </div>
    </div>
  );
}

function OrdersPanel() {
  const { orders } = useStore(counter);
  return (
    <section className="panel" aria-labelledby="orders">
      <h2 id="orders">Your orders</h2>
      {orders.length === 0 && <p className="quiet">None yet.</p>}
      {orders.length > 0 && (
        <div className="scroll" role="group" aria-labelledby="orders" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Order</th>
                <th scope="col">What</th>
                <th scope="col">State</th>
                <th scope="col" className="number">
                  Total
                </th>
              </tr>
            </thead>
            <tbody>
              {orders.map(({ orderId, items, status, totalCents, currency, placedAt }) => (
                <tr key={orderId}>
                  <td>
                    <a href={`#/traces?id=${orderId}`}>
                      <code>{orderId}</code>
                    </a>
                    <br />
                    <time className="quiet" dateTime={placedAt}>
                      {new Date(placedAt).toLocaleTimeString()}
                    </time>
                  </td>
                  <td>{items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')}</td>
                  <td>{status}</td>
                  <td className="number">{money(totalCents, currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <button type="button" onClick={() => void lookAtOrders()}>
        Look again
      </button>
    </section>
  );
}
