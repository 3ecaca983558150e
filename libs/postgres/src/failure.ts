import { types } from 'node:util';
import { Failure } from '@seams/call';
import { DatabaseError } from 'pg';

/**
 * What an error of pg means while nothing is committed: the transaction is rolled back, so the request was not done.
 * Codes: PostgreSQL 18, appendix A. Any other code is a mistake in our SQL.
 */
const NOT_DONE: Readonly<Record<string, { kind: 'unavailable' | 'timed_out' | 'conflict'; reason: string }>> = {
  '40001': { kind: 'conflict', reason: 'database_conflict' }, // serialization_failure
  '40P01': { kind: 'conflict', reason: 'database_conflict' }, // deadlock_detected
  '55P03': { kind: 'unavailable', reason: 'database_busy' }, // lock_not_available
  '57014': { kind: 'timed_out', reason: 'deadline_passed' }, // query_canceled, by statement_timeout
  '25P03': { kind: 'timed_out', reason: 'deadline_passed' }, // idle_in_transaction_session_timeout
  '53100': { kind: 'unavailable', reason: 'database_full' }, // disk_full
  '53200': { kind: 'unavailable', reason: 'database_busy' }, // out_of_memory
  '53300': { kind: 'unavailable', reason: 'database_busy' }, // too_many_connections
  '57P01': { kind: 'unavailable', reason: 'database_down' }, // admin_shutdown
  '57P02': { kind: 'unavailable', reason: 'database_down' }, // crash_shutdown
  '57P03': { kind: 'unavailable', reason: 'database_down' }, // cannot_connect_now
  '25006': { kind: 'unavailable', reason: 'database_read_only' }, // read_only_sql_transaction: a standby
};

const PEOPLE: Readonly<Record<string, string>> = {
  database_conflict: 'Another request changed the same thing at the same time.',
  database_busy: 'The database has too much to do.',
  database_down: 'The database cannot be reached.',
  database_full: 'The database has no room left.',
  database_read_only: 'The database takes no writes right now.',
  deadline_passed: 'The deadline passed.',
};

/** An error of a statement before COMMIT as a Failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof DatabaseError) {
    const meaning = NOT_DONE[error.code ?? ''];
    if (!meaning) return Failure.from(error);
    return new Failure(meaning.kind, meaning.reason, PEOPLE[meaning.reason], { cause: error });
  }
  if (isReadTimeout(error))
    return new Failure('timed_out', 'deadline_passed', PEOPLE.deadline_passed, { cause: error });
  if (isConnectionError(error))
    return new Failure('unavailable', 'database_down', PEOPLE.database_down, { cause: error });
  return Failure.from(error);
}

/**
 * An error of a write that commits, be it COMMIT or a statement on its own: an ERROR of the server says that it rolled
 * back, a connection that went away or a silent server says nothing, so nobody knows.
 */
export function commitFailureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof DatabaseError && !endedConnection(error)) return failureOf(error);
  return new Failure('timed_out', 'commit_outcome_unknown', 'The database went away while it was asked to commit.', {
    cause: error,
  });
}

/** True when the connection can no longer be trusted to be idle and whole. */
export function breaksConnection(error: unknown): boolean {
  return !(error instanceof DatabaseError) || endedConnection(error);
}

/**
 * Whether the server ended the session with this error (FATAL, PANIC) instead of the statement alone (ERROR). Judged by the
 * code where the severity is not the English word: the server translates it by lc_messages. A damaged server (classes 58
 * and XX) counts as ended, for it may be a PANIC.
 */
function endedConnection({ severity, code = '' }: DatabaseError): boolean {
  if (severity === 'ERROR') return false;
  return severity === 'FATAL' || severity === 'PANIC' || /^(08|57P|58|XX|25P03|25P04)/.test(code);
}

/** pg's own text for query_timeout (pg 8.23.1, client.js); it has no code. */
function isReadTimeout(error: unknown): boolean {
  return types.isNativeError(error) && error.message === 'Query read timeout';
}

function isConnectionError(error: unknown): boolean {
  // Unlike instanceof, it knows an error of Node's own from inside jest, which has an Error of its own.
  if (!types.isNativeError(error)) return false;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)/.test(code) || CONNECTION_TEXTS.test(error.message)
  );
}

// pg and pg-pool give these without a code (pg 8.23.1).
const CONNECTION_TEXTS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;
