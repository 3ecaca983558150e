/** What Nest gives to the controllers, by name. */
export const AUTH = Symbol('auth, behind its policy');
export const BUSINESS_LOGIC = Symbol('business-logic, behind its policy');
export const AUDITOR = Symbol('the auditor, behind its policy');
export const WATCHER = Symbol('the watcher, behind its policy');
export const LOGS = Symbol('what the processes wrote, behind its policy');
export const LAB_RUNNER = Symbol('the lab runner, behind its policy');
export const PRICE = Symbol('what the benchmark measured last');
export const TRACES = Symbol('the trace store, behind its policy');
export const ANALYTICS = Symbol('analytics, behind its policy');
export const ADMISSION = Symbol('who is let in, and how often');
export const TIME_LIMITS = Symbol('how long a request may take');
