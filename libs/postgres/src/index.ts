export * from './connection-url.ts';
export * from './db.ts';
export * from './failure.ts';
export * from './migrate.ts';
