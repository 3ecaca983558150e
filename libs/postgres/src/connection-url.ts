/**
 * The URL that node-postgres is given. Two things differ from the URL that an operator writes:
 * - the password is a variable of its own, because a generated one may hold # / ? % @ : and a URL would need it encoded;
 * - sslmode means what it means in libpq and every other client. node-postgres 8 reads require and verify-ca as verify-full.
 *
 * @throws Error when it is no URL; the message does not repeat it, because it may hold a password
 */
export function connectionUrl(url: string, password?: string): string {
  if (!URL.canParse(url))
    throw new Error('the URL of Postgres is none: encode the password, or give it beside the URL');
  const parsed = new URL(url);
  if (password !== undefined) parsed.password = encodeURIComponent(password);
  const mode = parsed.searchParams.get('sslmode');
  // no-verify is node-postgres' own; libpq says require.
  if (mode === 'no-verify') parsed.searchParams.set('sslmode', 'require');
  if (mode !== null) parsed.searchParams.set('uselibpqcompat', 'true');
  return parsed.href;
}
