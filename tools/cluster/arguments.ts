/** For commands that take none: what somebody wrote by mistake is said, not ignored. */
export function noArguments(command: string, args: readonly string[]): void {
  if (args.length > 0) throw new Error(`${command} takes no arguments, not "${args.join(' ')}"`);
}
