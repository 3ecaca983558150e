import { type Floor, msText, rateText, sinceText } from './floor.ts';

export function Processes({ floor }: { readonly floor: Floor }) {
  return (
    <section className="panel" aria-labelledby="processes">
      <h2 id="processes">Processes</h2>
      <div className="scroll" role="group" aria-labelledby="processes" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">State</th>
              <th scope="col" className="number">
                For
              </th>
              <th scope="col" className="number">
                Up
              </th>
              <th scope="col" className="number">
                Memory
              </th>
            </tr>
          </thead>
          <tbody>
            {floor.processes.map(({ name, state, why, forMs, upS, memoryBytes }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td data-state={state}>
                  <strong>{state}</strong>
                  {why && <span className="quiet"> {why}</span>}
                </td>
                <td className="number">{sinceText(forMs)}</td>
                <td className="number">{upS === undefined ? '–' : sinceText(upS * 1_000)}</td>
                <td className="number">{memoryBytes === undefined ? '–' : `${Math.round(memoryBytes / 1e6)} MB`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function Arrows({ floor }: { readonly floor: Floor }) {
  const counted = floor.arrows.filter(({ perSecond }) => perSecond !== null);
  return (
    <section className="panel" aria-labelledby="arrows">
      <h2 id="arrows">From whom to whom</h2>
      <div className="scroll" role="group" aria-labelledby="arrows" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Arrow</th>
              <th scope="col" className="number">
                Rate
              </th>
              <th scope="col" className="number">
                Mean
              </th>
              <th scope="col" className="number">
                Retries
              </th>
              <th scope="col" className="number">
                Refused
              </th>
              <th scope="col">Breakers</th>
            </tr>
          </thead>
          <tbody>
            {counted.map((arrow) => (
              <tr key={`${arrow.from} ${arrow.to}`}>
                <th scope="row">
                  {arrow.from} → {arrow.to}
                </th>
                <td className="number">{rateText(arrow.perSecond)}</td>
                <td className="number">{msText(arrow.meanMs)}</td>
                <td className="number">{arrow.retriesPerSecond === null ? '–' : rateText(arrow.retriesPerSecond)}</td>
                <td className="number">{arrow.refusedPerSecond === null ? '–' : rateText(arrow.refusedPerSecond)}</td>
                <td>
                  {arrow.breakers.length === 0 && '–'}
                  {arrow.breakers.map(({ of, state }) => (
                    <span className="breaker" data-state={state} key={of}>
                      {of} {state}{' '}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function Outbox({ floor: { outbox, topics } }: { readonly floor: Floor }) {
  const { leader, term, waiting, oldestS } = outbox;
  const of = (value: number | null, unit = ''): string =>
    value === null ? 'nobody says' : `${Math.round(value * 10) / 10}${unit}`;
  return (
    <section className="panel" aria-labelledby="outbox">
      <h2 id="outbox">Outbox and topics</h2>
      <dl className="facts">
        <dt>Leader of the relay</dt>
        <dd>{leader ?? 'nobody'}</dd>
        <dt>Term</dt>
        <dd>{of(term)}</dd>
        <dt>Events not on Kafka yet</dt>
        <dd>{of(waiting)}</dd>
        <dt>Age of the oldest</dt>
        <dd>{of(oldestS, ' s')}</dd>
        {topics.map(({ name, partitions }) => (
          <div className="topic" key={name}>
            <dt>{name}</dt>
            <dd>
              {partitions} partition{partitions === 1 ? '' : 's'}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
