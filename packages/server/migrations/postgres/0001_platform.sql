-- Workspaces, people, keys and jobs: what every other part stands on.
-- Runs as tagtree_owner. Rules: every table lives in schema tagtree; a workspace table starts with workspace_id and has
-- row-level security forced; the server reads and writes as tagtree_app (one workspace at a time, app.workspace) or as
-- tagtree_worker (queues of all workspaces). Statements are idempotent.

do $$ begin
  if not exists (select from pg_namespace where nspname = 'tagtree') then create schema tagtree; end if;
end $$;
grant usage on schema tagtree to tagtree_app, tagtree_worker;

-- The workspace of the running transaction; null outside of one, so that nothing is seen.
create or replace function tagtree.current_workspace() returns int language sql stable parallel safe
  as $$ select nullif(current_setting('app.workspace', true), '')::int $$;

-- Facts about the whole installation. master_key_check: proves that the key of this start is the one data was sealed with.
create table if not exists tagtree.instance (
  name  text primary key,
  value jsonb not null
);
grant select, insert, update on tagtree.instance to tagtree_app;

create table if not exists tagtree.workspace (
  id         int generated always as identity primary key,
  slug       text not null unique check (slug ~ '^[a-z][a-z0-9-]{0,62}$'),
  name       text not null,
  time_zone  text not null,
  currency   text not null check (currency ~ '^[A-Z]{3}$'),
  language   text not null default 'zh' check (language in ('zh', 'en')),
  -- The ClickHouse database of this workspace: isolation by construction.
  database   text not null generated always as ('ws_' || lpad(id::text, greatest(4, length(id::text)), '0')) stored,
  -- creating: its ClickHouse database is not complete yet; archived: nothing is computed or accepted any more.
  state      text not null default 'creating' check (state in ('creating', 'ready', 'archived')),
  settings   jsonb not null default '{}',
  created_at timestamptz not null default now()
);
grant select, insert, update on tagtree.workspace to tagtree_app, tagtree_worker;

create table if not exists tagtree.app_user (
  id             int generated always as identity primary key,
  name           text not null unique check (name ~ '^[a-z0-9][a-z0-9._@-]{0,62}$'),
  display_name   text not null,
  password_hash  text not null,
  -- May create workspaces and people, and enters every workspace.
  instance_admin boolean not null default false,
  disabled_at    timestamptz,
  created_at     timestamptz not null default now()
);
grant select, insert, update on tagtree.app_user to tagtree_app;

create table if not exists tagtree.workspace_member (
  workspace_id int not null references tagtree.workspace (id),
  user_id      int not null references tagtree.app_user (id),
  role         text not null check (role in ('viewer', 'editor', 'admin')),
  created_at   timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index if not exists workspace_member_user on tagtree.workspace_member (user_id);
alter table tagtree.workspace_member enable row level security;
alter table tagtree.workspace_member force row level security;
drop policy if exists in_workspace on tagtree.workspace_member;
create policy in_workspace on tagtree.workspace_member using (workspace_id = tagtree.current_workspace());
-- A person sees her own memberships before she has chosen a workspace.
drop policy if exists own_membership on tagtree.workspace_member;
create policy own_membership on tagtree.workspace_member for select
  using (user_id = nullif(current_setting('app.user', true), '')::int);
grant select, insert, update, delete on tagtree.workspace_member to tagtree_app;

-- Only the SHA-256 of a token is kept. kind local: the session in <data>/run/address.json, renewed at every start.
create table if not exists tagtree.session (
  token_hash bytea primary key,
  user_id    int not null references tagtree.app_user (id),
  kind       text not null check (kind in ('person', 'local')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index if not exists session_of_user on tagtree.session (user_id);
grant select, insert, update, delete on tagtree.session to tagtree_app;

-- One row per refused login; older ones are removed when the next is written.
create table if not exists tagtree.login_attempt (
  at           timestamptz not null default now(),
  name_hash    bytea not null,
  address_hash bytea not null
);
create index if not exists login_attempt_name on tagtree.login_attempt (name_hash, at);
create index if not exists login_attempt_address on tagtree.login_attempt (address_hash, at);
grant select, insert, delete on tagtree.login_attempt to tagtree_app;

create table if not exists tagtree.api_key (
  workspace_id int not null references tagtree.workspace (id),
  id           int generated always as identity,
  name         text not null,
  -- First characters, shown in lists; the whole key is shown once, only its SHA-256 is kept.
  prefix       text not null,
  key_hash     bytea not null unique,
  scopes       text[] not null,
  created_by   int references tagtree.app_user (id),
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  primary key (workspace_id, id)
);
alter table tagtree.api_key enable row level security;
alter table tagtree.api_key force row level security;
drop policy if exists in_workspace on tagtree.api_key;
create policy in_workspace on tagtree.api_key using (workspace_id = tagtree.current_workspace());
-- Who presents a key may read that one row: the workspace is not known before.
drop policy if exists presented on tagtree.api_key;
create policy presented on tagtree.api_key for select
  using (key_hash = decode(nullif(current_setting('app.key_hash', true), ''), 'hex'));
grant select, insert, update on tagtree.api_key to tagtree_app;

-- The answer of a request that created or started something, replayed when the same Idempotency-Key comes again.
-- workspace_id 0: requests that are about no workspace (create a workspace).
create table if not exists tagtree.idempotency_key (
  workspace_id int not null,
  principal    text not null,
  key          text not null,
  endpoint     text not null,
  request_hash bytea not null,
  -- null while the first request is running.
  status       smallint,
  response     jsonb,
  -- While running: after this moment the first request counts as lost and the key may be taken over.
  held_until   timestamptz not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, principal, key)
);
create index if not exists idempotency_key_age on tagtree.idempotency_key (workspace_id, created_at);
alter table tagtree.idempotency_key enable row level security;
alter table tagtree.idempotency_key force row level security;
drop policy if exists in_workspace on tagtree.idempotency_key;
create policy in_workspace on tagtree.idempotency_key using (workspace_id = tagtree.current_workspace());
grant select, insert, update, delete on tagtree.idempotency_key to tagtree_app;

create table if not exists tagtree.job (
  workspace_id     int not null references tagtree.workspace (id),
  id               bigint generated always as identity primary key,
  kind             text not null,
  params           jsonb not null default '{}',
  -- At most one queued or running job per (kind, unique_key) of a workspace.
  unique_key       text,
  state            text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'canceled')),
  progress         jsonb not null default '{}',
  result           jsonb,
  -- Of the last attempt: { code, message, at }. Kept while the job waits for its next attempt.
  error            jsonb,
  run_at           timestamptz not null default now(),
  attempts         int not null default 0,
  max_attempts     int not null default 5,
  -- Servers that died while working on it, since it last reported progress.
  crashes          int not null default 0,
  cancel_requested boolean not null default false,
  -- While running: who works on it and until when that is believed without a sign of life.
  lease_holder     text,
  lease_until      timestamptz,
  created_by       text,
  created_at       timestamptz not null default now(),
  started_at       timestamptz,
  finished_at      timestamptz
);
create index if not exists job_due on tagtree.job (run_at) where state = 'queued';
create index if not exists job_leased on tagtree.job (lease_until) where state = 'running';
create index if not exists job_of_workspace on tagtree.job (workspace_id, id desc);
create unique index if not exists job_unique on tagtree.job (workspace_id, kind, unique_key)
  where state in ('queued', 'running') and unique_key is not null;
alter table tagtree.job enable row level security;
alter table tagtree.job force row level security;
drop policy if exists in_workspace on tagtree.job;
create policy in_workspace on tagtree.job using (workspace_id = tagtree.current_workspace());
drop policy if exists of_worker on tagtree.job;
create policy of_worker on tagtree.job to tagtree_worker using (true) with check (true);
grant select, insert, update on tagtree.job to tagtree_app, tagtree_worker;
