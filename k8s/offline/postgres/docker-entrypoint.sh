#!/bin/sh
# Stands in for the entry point of the public image: the same variables, as far as the chart uses them.
set -eu
[ "${1:-postgres}" = postgres ] || exec "$@"
: "${PGDATA:=/var/lib/postgresql/18/docker}"
export PGDATA
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=${POSTGRES_PASSWORD:-}
  [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || password=$(cat "$POSTGRES_PASSWORD_FILE")
  [ -n "$password" ] || { echo 'Error: Database is uninitialized and superuser password is not specified.' >&2; exit 1; }
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  printf '%s\n' "$password" >/tmp/password
  # shellcheck disable=SC2086 # several arguments in one variable, as in the public image
  initdb --username="${POSTGRES_USER:-postgres}" --pwfile=/tmp/password --pgdata="$PGDATA" ${POSTGRES_INITDB_ARGS:-}
  rm -f /tmp/password
  # As the public image's sample of postgresql.conf says.
  printf "listen_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n" >>"$PGDATA/postgresql.conf"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
fi
exec "${@:-postgres}"
