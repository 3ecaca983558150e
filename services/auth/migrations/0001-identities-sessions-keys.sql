-- Who there is, who is logged in, and what signs. The role "auth" (the service) gets exactly what it needs: it adds
-- identities and keys and never changes or removes one.

CREATE TABLE identities (
  -- Ascending in time, so that new rows go to one end of the index.
  subject uuid PRIMARY KEY DEFAULT uuidv7(),
  -- As its owner wrote it, for showing.
  email text NOT NULL,
  -- Lower case and NFC: what makes two spellings one account.
  email_canonical text NOT NULL UNIQUE,
  -- PHC string of argon2id, with its own salt and costs.
  password_hash text NOT NULL,
  display_name text NOT NULL,
  roles text[] NOT NULL,
  -- The cafés that a staff member works at.
  cafe_ids text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);

-- One login and every refresh token that came of it. Refreshing locks this row, so a family that is revoked while one
-- of its tokens is being exchanged gets no new token afterwards.
CREATE TABLE token_families (
  family uuid PRIMARY KEY,
  subject uuid NOT NULL REFERENCES identities,
  started_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX token_families_by_subject ON token_families (subject);

CREATE TABLE refresh_tokens (
  -- SHA-256 of the token: 32 random bytes need no salt, and a copy of this table logs nobody in.
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  family uuid NOT NULL REFERENCES token_families,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);

-- The oldest key that is not retired signs; all the others are published too. So a new key is known everywhere before
-- it signs, which begins when the older one is retired.
CREATE TABLE signing_keys (
  -- RFC 7638 thumbprint of the public key.
  kid text PRIMARY KEY,
  private_jwk jsonb NOT NULL,
  public_jwk jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz
);

GRANT USAGE ON SCHEMA public TO auth;
GRANT SELECT, INSERT ON identities TO auth;
GRANT SELECT, INSERT, UPDATE (revoked_at) ON token_families TO auth;
GRANT SELECT, INSERT, UPDATE (used_at) ON refresh_tokens TO auth;
GRANT SELECT, INSERT ON signing_keys TO auth;
