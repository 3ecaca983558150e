export * from './database.ts';
export * from './ending.ts';
export * from './eventually.ts';
export * from './quiet.ts';
export * from './service.ts';
export * from './topic.ts';
