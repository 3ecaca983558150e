/** A command to its exit code: what ends it early is said in one line, and the code is 1. */
export async function command(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(`seams: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
