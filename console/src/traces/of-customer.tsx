import { endOf, failed, msOf, type Trace } from './trace.ts';

/** The last requests of a customer, a row each: which of them is worth opening is seen by how it ended. */
export function OfCustomer({ traces }: { readonly traces: readonly Trace[] }) {
  return (
    <section className="panel" aria-labelledby="of-customer">
      <h2 id="of-customer">Of this customer, the newest first</h2>
      <div className="scroll" role="group" aria-labelledby="of-customer" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Trace</th>
              <th scope="col">Request</th>
              <th scope="col">Ended</th>
              <th scope="col" className="number">
                Spans
              </th>
              <th scope="col" className="number">
                Took
              </th>
            </tr>
          </thead>
          <tbody>
            {traces.map((trace) => (
              <Row key={trace.traceId} trace={trace} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ trace: { traceId, startedAt, spans } }: { readonly trace: Trace }) {
  const [first] = spans;
  return (
    <tr>
      <td>
        <a href={`#/traces?id=${traceId}`}>
          <code>{traceId}</code>
        </a>
        <br />
        <time className="quiet" dateTime={startedAt}>
          {new Date(startedAt).toLocaleTimeString()}
        </time>
      </td>
      <td>{first?.operation}</td>
      <td>
        {String(first?.tags['http.response.status_code'] ?? '')}
        {first && failed(first) && <strong className="failed"> failed</strong>}
      </td>
      <td className="number">{spans.length}</td>
      <td className="number">{first && msOf(endOf(first) - first.startUs)}</td>
    </tr>
  );
}
