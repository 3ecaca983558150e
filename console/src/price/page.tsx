import { useEffect, useState } from 'react';
import { AnswerCard } from '../api/answer-card.tsx';
import { type Answer, ask, bodyOf, isOk } from '../api/ask.ts';
import { Bars } from './bars.tsx';
import { factsText, hopsOf, isBusy, numberText, type Price, plotsOf, rangeText } from './price.ts';
import './price.css';

const COMMAND = 'npm run bench -- --rungs single,bare,retries,guarded,five,traced';

export function PricePage() {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    const over = new AbortController();
    ask({ method: 'GET', path: '/v1/price' }, { signal: over.signal })
      .then(setAnswer)
      .catch((error: unknown) => {
        if (!over.signal.aborted) throw error;
      });
    return () => over.abort();
  }, []);
  return (
    <div className="price stack">
      <h1>Price</h1>
      <p className="quiet">
        What five services cost over the same code in one process, measured in turns: one machine is right while it
        suffices, and a distributed system has to be earned. A turn takes about a minute:
      </p>
      <pre className="command scroll" tabIndex={0} aria-label="Command">
        {COMMAND}
      </pre>
      {answer && isOk(answer) && <Measured price={bodyOf<Price>(answer)} />}
      {answer && !isOk(answer) && (
        <section className="stack" aria-labelledby="none">
          <h2 id="none">No result</h2>
          <AnswerCard answer={answer} />
        </section>
      )}
    </div>
  );
}

function Measured({ price }: { readonly price: Price }) {
  const { measuredAt, ratios, rungs, machine, plan, loads } = price;
  return (
    <>
      <section aria-labelledby="ratios">
        <h2 id="ratios">Ratios</h2>
        <ul className="ratios">
          {Object.entries(ratios).map(([name, figure]) => (
            <li className="panel" key={name}>
              <strong>{numberText(figure.median)}</strong>
              <span>{name}</span>
              <span className="quiet">{rangeText(figure)}</span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="figures">
        <h2 id="figures">By rung</h2>
        {rungs.some(({ says }) => says !== '') && (
          <dl className="facts panel">
            {rungs.map(({ rung, says }) => (
              <div className="pair" key={rung}>
                <dt>{rung}</dt>
                <dd>{says}</dd>
              </div>
            ))}
          </dl>
        )}
        <div className="plots">
          {plotsOf(price).map((plot) => (
            <Bars plot={plot} key={plot.name} />
          ))}
        </div>
      </section>
      <Hops price={price} />
      <section className="panel" aria-labelledby="taken">
        <h2 id="taken">Taken on</h2>
        {isBusy(price) && (
          <p>
            <strong>Others were on this machine</strong>: more processes wanted a core than there are. Read the ratios
            and the CPU, not the rates.
          </p>
        )}
        <dl className="facts">
          <dt>When</dt>
          <dd>
            <time dateTime={measuredAt}>{new Date(measuredAt).toLocaleString()}</time>
          </dd>
          <dt>Machine</dt>
          <dd>{factsText(machine)}</dd>
          <dt>Plan</dt>
          <dd>{factsText(plan)}</dd>
          <dt>Load average before the turns</dt>
          <dd>{loads.join(', ') || 'not written down'}</dd>
        </dl>
      </section>
    </>
  );
}

function Hops({ price }: { readonly price: Price }) {
  const rows = hopsOf(price);
  if (rows.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="hops">
      <h2 id="hops">Bytes an order, by hop</h2>
      <p className="quiet">Sent and received by whoever opened the connection.</p>
      <div className="scroll" role="group" aria-labelledby="hops" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Hop</th>
              {price.rungs.map(({ rung }) => (
                <th scope="col" className="number" key={rung}>
                  {rung}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ hop, bytes }) => (
              <tr key={hop}>
                <th scope="row">{hop}</th>
                {price.rungs.map(({ rung }, at) => {
                  const seen = bytes[at];
                  return (
                    <td className="number" key={rung}>
                      {seen ? `${numberText(seen.sent)} + ${numberText(seen.received)}` : '–'}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
