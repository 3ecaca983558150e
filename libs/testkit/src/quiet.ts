import { createLogger, type Logger } from '@seams/telemetry';

/** A logger that says nothing, for code under test. */
export const quietLogger: Logger = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
