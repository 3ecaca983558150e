import { type FormEvent, useId, useState } from 'react';
import { useStore } from '../store.ts';
import { counter, type Menu, openMenu, placeOrder } from './counter.ts';
import { money } from './money.ts';

const QUANTITY_MAX = 20;

export function MenuPanel({ loggedIn }: { readonly loggedIn: boolean }) {
  const { cafes, menu } = useStore(counter);
  const id = useId();
  return (
    <section className="panel" aria-labelledby="menu">
      <h2 id="menu">Menu</h2>
      <div className="field">
        <label htmlFor={id}>Café</label>
        <select id={id} value={menu?.cafe.cafeId ?? ''} onChange={(event) => void openMenu(event.target.value)}>
          {cafes.map(({ cafeId, name, city }) => (
            <option key={cafeId} value={cafeId}>
              {name}, {city}
            </option>
          ))}
        </select>
      </div>
      {menu && <OrderForm key={menu.cafe.cafeId} menu={menu} loggedIn={loggedIn} />}
    </section>
  );
}

function OrderForm({ menu, loggedIn }: { readonly menu: Menu; readonly loggedIn: boolean }) {
  const [quantities, setQuantities] = useState<ReadonlyMap<string, number>>(new Map());
  const [busy, setBusy] = useState(false);
  const total = menu.items.reduce((sum, { itemId, priceCents }) => sum + priceCents * (quantities.get(itemId) ?? 0), 0);

  const order = async (): Promise<void> => {
    setBusy(true);
    await placeOrder(menu.cafe.cafeId, quantities);
    setBusy(false);
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void order();
  };
  return (
    <form onSubmit={onSubmit} aria-label="Order">
      <table>
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col" className="number">
              Price
            </th>
            <th scope="col" className="number">
              Left
            </th>
            <th scope="col">How many</th>
          </tr>
        </thead>
        <tbody>
          {menu.items.map(({ itemId, name, priceCents, stockUnits }) => (
            <tr key={itemId}>
              <td>{name}</td>
              <td className="number">{money(priceCents, menu.currency)}</td>
              <td className="number">{stockUnits}</td>
              <td>
                <input
                  className="quantity"
                  type="number"
                  min={0}
                  max={QUANTITY_MAX}
                  aria-label={`How many ${name}`}
                  value={quantities.get(itemId) ?? 0}
                  onChange={(event) => setQuantities(new Map(quantities).set(itemId, Number(event.target.value)))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="actions order">
        <button type="submit" className="main" disabled={busy || !loggedIn}>
          Order for {money(total, menu.currency)}
        </button>
        <button type="button" onClick={() => void openMenu(menu.cafe.cafeId)}>
          Look again
        </button>
        {!loggedIn && <span className="quiet">Log in to order.</span>}
      </div>
    </form>
  );
}
