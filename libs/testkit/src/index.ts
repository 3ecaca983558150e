export * from './database.ts';
export * from './eventually.ts';
export * from './quiet.ts';
export * from './topic.ts';
