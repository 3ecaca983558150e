/** A command to its exit code: what ends it early is said in one line, and the code is 1. */
export async function command(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(`seams: ${lineOf(error)}`);
    process.exitCode = 1;
  }
}

/** What went wrong, in one line. parseArgs explains a negative number in three. */
export function lineOf(error: unknown): string {
  const { message } = Object(error) as { readonly message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  const [, option] = /^Option '([^']+)' argument is ambiguous\./.exec(text) ?? [];
  if (option === undefined) return text;
  return `${option.replace(/^-\w, /, '')} takes no value that begins with "-"`;
}
