import { fieldsOf, isBad, type LogLine } from './logs.ts';
import { msOf } from './trace.ts';

interface Shown {
  readonly lines: readonly LogLine[];
  readonly startedAt: string;
  readonly depth: number;
}

/** What a process wrote while it worked on the span above, a row a line. */
export function LogRows({ lines, startedAt, depth }: Shown) {
  // Two lines of one span may say the same at the same millisecond; their order tells them apart and never changes.
  return lines.map((line, index) => (
    <tr className="line" data-level={line.level} key={`${index} ${line.at}`}>
      <td colSpan={4} style={{ paddingInlineStart: `${1 + depth}rem` }}>
        {isBad(line) ? <strong className="failed">{line.level}</strong> : <span>{line.level}</span>} {line.process}:{' '}
        {line.message} <span className="fields">{fieldsOf(line)}</span>
      </td>
      <td className="when">{msOf((Date.parse(line.at) - Date.parse(startedAt)) * 1_000)}</td>
    </tr>
  ));
}
