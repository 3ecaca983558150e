import { Fragment, useState } from 'react';
import { LogRows } from './log-rows.tsx';
import { type LogLine, linesBySpan } from './logs.ts';
import { endOf, failed, msOf, type Row, rowsOf, type Span, type Trace } from './trace.ts';

export function Waterfall({ trace, lines }: { readonly trace: Trace; readonly lines: readonly LogLine[] }) {
  const bySpan = linesBySpan(trace, lines);
  const elsewhere = bySpan.get(null) ?? [];
  const [opened, setOpened] = useState<string>();
  const wholeUs = Math.max(1, ...trace.spans.map(endOf));
  return (
    <div className="scroll" role="region" aria-label="Waterfall" tabIndex={0}>
      <table className="waterfall">
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Process</th>
            <th scope="col" className="number">
              Starts
            </th>
            <th scope="col" className="number">
              Takes
            </th>
            <th scope="col" className="when">
              When
            </th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(trace).map((row) => (
            <Fragment key={row.span.spanId}>
              <SpanRow
                row={row}
                wholeUs={wholeUs}
                open={opened === row.span.spanId}
                onToggle={() => setOpened(opened === row.span.spanId ? undefined : row.span.spanId)}
              />
              {opened === row.span.spanId && <Details span={row.span} />}
              <LogRows lines={bySpan.get(row.span.spanId) ?? []} startedAt={trace.startedAt} depth={row.depth} />
            </Fragment>
          ))}
          <LogRows lines={elsewhere} startedAt={trace.startedAt} depth={0} />
        </tbody>
      </table>
    </div>
  );
}

interface RowShown {
  readonly row: Row;
  readonly wholeUs: number;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function SpanRow({ row: { span, depth }, wholeUs, open, onToggle }: RowShown) {
  const percent = (us: number): string => `${(100 * us) / wholeUs}%`;
  const isFailed = failed(span);
  return (
    <tr data-failed={isFailed}>
      <td style={{ paddingInlineStart: `${0.5 + depth}rem` }}>
        <button type="button" className="plain" aria-expanded={open} onClick={onToggle}>
          {span.operation}
        </button>
        {isFailed && <strong className="failed"> failed</strong>}
      </td>
      <td>{span.process}</td>
      <td className="number">{msOf(span.startUs)}</td>
      <td className="number">{msOf(span.durationUs)}</td>
      <td className="when">
        <span className="bar" style={{ marginInlineStart: percent(span.startUs), width: percent(span.durationUs) }} />
      </td>
    </tr>
  );
}

function Details({ span: { tags, events } }: { readonly span: Span }) {
  return (
    <tr>
      <td colSpan={5}>
        <dl className="facts">
          {Object.entries(tags).map(([name, value]) => (
            <div className="pair" key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{String(value)}</code>
              </dd>
            </div>
          ))}
          {events.map(({ atUs, name }) => (
            <div className="pair" key={`${atUs} ${name}`}>
              <dt>at {msOf(atUs)}</dt>
              <dd>{name}</dd>
            </div>
          ))}
        </dl>
      </td>
    </tr>
  );
}
