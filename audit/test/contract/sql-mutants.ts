/**
 * Mutants of a statement, as Stryker makes them of TypeScript: one operator, join, sign or text at a time. A condition of an audit
 * that no planted breach needs is one that nobody would miss.
 */

const OPERATORS: readonly (readonly [pattern: RegExp, to: string])[] = [
  [/ <> /g, ' = '],
  [/ = /g, ' <> '],
  // Not between moments: no order was placed at the very one.
  [/ < (?!interval)/g, ' <= '],
  [/(?<!placed_at\)) > /g, ' >= '],
  [/ \+ /g, ' - '],
  [/ AND /g, ' OR '],
  [/ OR /g, ' AND '],
  [/\bNOT (?=\(|EXISTS)/g, ''],
  [/\bIS DISTINCT FROM\b/g, 'IS NOT DISTINCT FROM'],
  [/\bIS NULL\b/g, 'IS NOT NULL'],
  [/\b(?:LEFT|FULL) JOIN\b/g, 'JOIN'],
  [/\bcoalesce\((\w\.\w+), 0\)/g, '$1'],
  [/(?<=[\s(])-(?=\w)/g, ''],
  [/\bsum\(/g, 'max('],
  [/\bcount\(\*\)/g, '-1'],
  [/ HAVING [^)]*$/g, ''],
  [/'(?:[^'])*'/g, "'mutant'"],
];

export interface SqlMutant {
  readonly sql: string;
  /** The place and the change, for whoever reads that it survived. */
  readonly change: string;
}

const AROUND = 45;

export function sqlMutantsOf(sql: string): SqlMutant[] {
  return OPERATORS.flatMap(([pattern, to]) =>
    [...sql.matchAll(pattern)].map((match) => {
      const [end, text] = [match.index + match[0].length, match[0].replace(new RegExp(pattern.source), to)];
      // A look-around needs its surroundings, which the match alone lacks.
      const changed = text === match[0] ? to : text;
      const before = sql.slice(Math.max(0, match.index - AROUND), match.index);
      return {
        sql: sql.slice(0, match.index) + changed + sql.slice(end),
        change: `${before}[${match[0]} → ${changed}]${sql.slice(end, end + AROUND)}`.replaceAll(/\s+/g, ' '),
      };
    }),
  );
}
