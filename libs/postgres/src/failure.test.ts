import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { breaksConnection, commitFailureOf } from './failure.ts';

/** As a server gives it: severity and message in the language of lc_messages, the code always the same. */
function databaseError(severity: string, code: string): DatabaseError {
  const error = new DatabaseError('text', 4, 'error');
  return Object.assign(error, { severity, code });
}

describe('an error of a server', () => {
  it.each([
    // severity    code    at a commit that is                       ends the connection
    ['ERROR', '23505', 'bug/unexpected', false],
    ['FEHLER', '23505', 'bug/unexpected', false],
    ['ERREUR', '55P03', 'unavailable/database_busy', false],
    ['FEHLER', '57014', 'timed_out/deadline_passed', false],
    ['FATAL', '57P01', 'timed_out/commit_outcome_unknown', true],
    ['ПАНИКА', 'XX000', 'timed_out/commit_outcome_unknown', true],
    ['SCHWERWIEGEND', '57P01', 'timed_out/commit_outcome_unknown', true],
    ['SCHWERWIEGEND', '25P03', 'timed_out/commit_outcome_unknown', true],
    ['ERROR', 'XX000', 'bug/unexpected', false],
  ])('%s %s at a commit is %s; ends the connection: %s', (severity, code, failure, ends) => {
    const error = databaseError(severity, code);
    const { kind, reason } = commitFailureOf(error);
    expect([`${kind}/${reason}`, breaksConnection(error)]).toEqual([failure, ends]);
  });
});
