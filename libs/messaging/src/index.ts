export * from './consumer.ts';
export * from './fenced-publisher.ts';
export type { KafkaOptions } from './kafka.ts';
export * from './log-reader.ts';
export * from './message.ts';
export * from './publisher.ts';
