import { measure } from '@seams/telemetry';

/** Statements that were sent to one database: each is one round trip. */
export interface Seen {
  statements: number;
  /** From asked to answered, or given up, together. */
  ms: number;
}

/** Has the process say what it asks of this database. */
export function measuredStatements(database: string): Seen {
  const seen: Seen = { statements: 0, ms: 0 };
  measure(
    {
      seams_postgres_statements: { kind: 'counter', unit: '{statement}', description: 'That have ended, however.' },
      seams_postgres_statement_seconds: { kind: 'counter', unit: 's', description: 'What those took together.' },
    },
    () => ({
      seams_postgres_statements: [{ labels: { database }, value: seen.statements }],
      seams_postgres_statement_seconds: [{ labels: { database }, value: seen.ms / 1_000 }],
    }),
  );
  return seen;
}
