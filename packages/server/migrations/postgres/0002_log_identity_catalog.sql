-- The ordered log, what the applier keeps about it, identities, and the catalog of names. Idempotent.
-- bigint instants named *_ts are ms since 1970 UTC; *_seq are batch_no * 65536 + row.

-- One row per appended piece of a request. Daily partitions: a day is dropped once all of it is stored.
create table if not exists ingest_log (
  workspace_id int not null,
  log_no       bigint generated always as identity,
  -- UTC day of arrival, the partition key.
  day          date not null,
  received_at  timestamptz not null default now(),
  -- 1 events (any facts of a stream), 2 import chunk, 3 command
  kind         smallint not null,
  source       text not null,
  import_id    int not null default 0,
  n            int not null,
  bytes        int not null,
  -- JSON array of incoming facts (or one command object), gzip when large.
  body         bytea not null,
  primary key (workspace_id, log_no, day)
) partition by range (day);
alter table ingest_log alter column body set storage external;

-- Appended so far; changed by whoever holds the append lock of the workspace.
create table if not exists log_head (
  workspace_id int primary key,
  log_no       bigint not null default 0,
  n            bigint not null default 0,
  bytes        bigint not null default 0
);

-- Applied so far and the counters the applier hands out; changed only by the lease holder.
create table if not exists applier_head (
  workspace_id   int primary key,
  batch_no       int not null default 0,
  log_to         bigint not null default 0,
  applied_n      bigint not null default 0,
  applied_bytes  bigint not null default 0,
  next_node      int not null default 1,
  next_edge      bigint not null default 1,
  has_superseded boolean not null default false
);

-- Readable so far. Apart from applier_head: a running plan holds that row while the batch before it is being stored.
create table if not exists stored_head (
  workspace_id int primary key,
  batch_no     int not null default 0,
  log_to       bigint not null default 0
);

create table if not exists lease (
  workspace_id int not null,
  name         text not null,
  holder       text not null,
  epoch        int not null default 1,
  expires_at   timestamptz not null,
  primary key (workspace_id, name)
);

-- One atomic step of the applier. planned: its bodies are durable, ClickHouse may have any part of them.
create table if not exists batch (
  workspace_id int not null,
  batch_no     int not null,
  log_to       bigint not null,
  epoch        int not null,
  state        text not null check (state in ('planned', 'stored')),
  planned_at   timestamptz not null default now(),
  stored_at    timestamptz,
  n            int not null,
  -- reload: the override dictionary must be read again once the bodies are in
  reload       boolean not null default false,
  primary key (workspace_id, batch_no)
);
create index if not exists batch_planned on batch (workspace_id, batch_no) where state = 'planned';
create index if not exists batch_stored_at on batch (workspace_id, stored_at);

-- The exact bytes of each insert, sent again as they are after a crash; removed when the batch is stored.
create table if not exists batch_body (
  workspace_id int not null,
  batch_no     int not null,
  ordinal      smallint not null,
  target       text not null,
  columns      text[] not null,
  n            int not null,
  body         bytea not null,
  primary key (workspace_id, batch_no, ordinal)
);
alter table batch_body alter column body set storage external;

-- Keys of streamed messages of the last weeks (exactly once within the horizon). Weekly partitions.
create table if not exists seen_message (
  workspace_id int not null,
  week         int not null,
  h            bigint not null,
  primary key (workspace_id, week, h)
) partition by list (week);

-- Keys of file facts, for ever. The newest seq of a key counts; an undone import takes its rows away.
create table if not exists import_key (
  workspace_id int not null,
  h            bigint not null,
  import_id    int not null,
  -- Hash of the content where the key names a thing that may change; null: the key is the content.
  content      bigint,
  -- The rows this fact became: seq … seq + n - 1.
  seq          bigint not null,
  n            smallint not null,
  primary key (workspace_id, h, import_id)
);

create table if not exists source (
  workspace_id int not null,
  source_id    smallint not null,
  key          text not null,
  primary key (workspace_id, source_id),
  unique (workspace_id, key)
);

-- What became of the facts of one import; import 0 is everything streamed.
create table if not exists import_result (
  workspace_id int not null,
  import_id    int not null,
  received     bigint not null default 0,
  created      bigint not null default 0,
  updated      bigint not null default 0,
  duplicate    bigint not null default 0,
  rejected     bigint not null default 0,
  profiles     bigint not null default 0,
  merged       bigint not null default 0,
  values_refused bigint not null default 0,
  identities_left_out bigint not null default 0,
  -- reason -> how often, over rejected facts, refused values and left out identities
  reasons      jsonb not null default '{}',
  first_at     timestamptz not null default now(),
  last_at      timestamptz not null default now(),
  primary key (workspace_id, import_id)
);

-- Facts and values that could not be taken as they were; the record is encrypted.
create table if not exists quarantine (
  workspace_id int not null,
  id           bigint generated always as identity,
  batch_no     int not null,
  import_id    int not null,
  source       text not null,
  at           timestamptz not null default now(),
  -- record: the whole fact waits here; value: one value was left out, the fact was taken
  level        text not null check (level in ('record', 'value')),
  reason       text not null,
  pointer      text not null default '',
  record_enc   bytea not null,
  primary key (workspace_id, id)
);
create index if not exists quarantine_of_import on quarantine (workspace_id, import_id, id);

-- Undone imports. Readers bind them as excluded until their rows are physically gone.
create table if not exists import_excluded (
  workspace_id int not null,
  import_id    int not null,
  seq          bigint not null,
  excluded_at  timestamptz not null default now(),
  -- The batch after which nothing is computed from the import any more; null while the undo is working.
  finished_batch int,
  cleaned_at   timestamptz,
  primary key (workspace_id, import_id)
);

-- One strong identity, or one tenure of a weak one (a shared device has several owners over time).
create table if not exists identity_node (
  workspace_id int not null,
  node_id      int not null,
  subject      smallint not null,
  kind         text not null,
  value_blind  bytea not null,
  value_enc    bytea not null,
  strong       boolean not null,
  tenure       int not null default 0,
  -- A tenure begins here; null: since ever.
  tenure_ts    bigint,
  -- Latest login known in this tenure, at most an hour behind; null: none yet.
  login_ts     bigint,
  -- The smallest node of its component, since profile_seq; earlier ones are in node_profile.
  profile_id   int not null,
  profile_seq  bigint not null,
  created_seq  bigint not null,
  primary key (workspace_id, node_id),
  unique (workspace_id, kind, value_blind, tenure)
);
create index if not exists identity_node_profile on identity_node (workspace_id, profile_id);

-- Former profiles of nodes: valid from_seq <= seq < to_seq.
create table if not exists node_profile (
  workspace_id int not null,
  node_id      int not null,
  profile_id   int not null,
  from_seq     bigint not null,
  to_seq       bigint not null,
  primary key (workspace_id, node_id, from_seq)
);
create index if not exists node_profile_changed on node_profile (workspace_id, to_seq);

-- Evidence that two nodes are one subject, once per source of evidence; edge_id is log order.
create table if not exists identity_edge (
  workspace_id int not null,
  edge_id      bigint not null,
  a            int not null,
  b            int not null,
  rule         text not null,
  import_id    int not null,
  evidence_seq bigint not null,
  known_seq    bigint not null,
  removed_seq  bigint,
  -- null: it united (or found united). Else why it did not.
  reason       text,
  primary key (workspace_id, edge_id)
);
create unique index if not exists identity_edge_once on identity_edge (workspace_id, a, b, import_id) where removed_seq is null;
create index if not exists identity_edge_b on identity_edge (workspace_id, b) where removed_seq is null;
create index if not exists identity_edge_import on identity_edge (workspace_id, import_id, edge_id) where import_id > 0;

create table if not exists node_presence (
  workspace_id int not null,
  node_id      int not null,
  import_id    int not null,
  first_ts     bigint not null,
  primary key (workspace_id, node_id, import_id)
);

create table if not exists subject_kind (
  workspace_id int not null,
  number       smallint not null,
  key          text not null,
  labels       jsonb not null,
  primary key (workspace_id, number),
  unique (workspace_id, key)
);

create table if not exists identity_kind (
  workspace_id      int not null,
  key               text not null,
  subject           text not null,
  strong            boolean not null,
  limit_per_profile int,
  priority          int not null,
  normalise         text not null check (normalise in ('text', 'phone', 'email')),
  labels            jsonb not null,
  -- A kind <key>.<scope> (one per app or system) takes these rules and is counted by itself.
  primary key (workspace_id, key)
);

create table if not exists relation_kind (
  workspace_id int not null,
  key          text not null,
  from_subject text not null,
  to_subject   text not null,
  many         boolean not null,
  labels       jsonb not null,
  noun         jsonb not null,
  primary key (workspace_id, key)
);

create table if not exists catalog_event (
  workspace_id int not null,
  name         text not null,
  labels       jsonb not null,
  passive      boolean not null default false,
  planned      boolean not null,
  state        text not null default 'live' check (state in ('live', 'blocked')),
  created_at   timestamptz not null default now(),
  primary key (workspace_id, name)
);

create table if not exists catalog_property (
  workspace_id int not null,
  event        text not null,
  item         boolean not null,
  name         text not null,
  type         text not null check (type in ('number', 'money', 'text', 'date', 'bool', 'list')),
  labels       jsonb not null,
  -- null: it lives in the JSON column props
  column_name  text,
  planned      boolean not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, event, item, name)
);

create table if not exists catalog_attribute (
  workspace_id int not null,
  attr_id      smallint not null,
  subject      text not null,
  key          text not null,
  type         text not null check (type in ('number', 'money', 'text', 'date', 'bool', 'list')),
  labels       jsonb not null,
  column_name  text,
  planned      boolean not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, attr_id),
  unique (workspace_id, subject, key)
);

-- Grows with every change of the names a definition may use.
create table if not exists catalog_version (
  workspace_id int primary key,
  version      bigint not null default 1
);

-- Makes the partitions of two days. Called before the first append of a day.
create or replace function open_log_day(d date) returns void language plpgsql security definer
  set search_path = tagtree, pg_temp as $$
declare
  one date;
begin
  perform pg_advisory_xact_lock(hashtext('tagtree.open_log_day'));
  foreach one in array array[d, d + 1] loop
    if to_regclass('tagtree.ingest_log_' || to_char(one, 'YYYYMMDD')) is null then
      execute format('create table %I partition of ingest_log for values from (%L) to (%L)',
        'ingest_log_' || to_char(one, 'YYYYMMDD'), one, one + 1);
    end if;
  end loop;
end $$;

-- Drops the partition of one day. The caller has seen that all of it is stored.
create or replace function drop_log_day(d date) returns void language plpgsql security definer
  set search_path = tagtree, pg_temp as $$
begin
  if d >= (now() at time zone 'UTC')::date - 1 then
    raise exception 'the log of % is still written', d;
  end if;
  execute format('drop table if exists %I', 'ingest_log_' || to_char(d, 'YYYYMMDD'));
end $$;

-- Makes the partitions of a week (number of weeks since 1970) and the next one, and drops those before the horizon.
create or replace function open_seen_week(w int) returns void language plpgsql security definer
  set search_path = tagtree, pg_temp as $$
declare
  one int;
  old text;
begin
  perform pg_advisory_xact_lock(hashtext('tagtree.open_seen_week'));
  foreach one in array array[w - 2, w - 1, w, w + 1] loop
    if to_regclass('tagtree.seen_message_' || one) is null then
      execute format('create table %I partition of seen_message for values in (%s)', 'seen_message_' || one, one);
    end if;
  end loop;
  for old in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'tagtree.seen_message'::regclass and substr(c.relname, 14)::int < w - 2
  loop
    execute format('drop table %I', old);
  end loop;
end $$;

revoke all on function open_log_day(date), drop_log_day(date), open_seen_week(int) from public;
grant execute on function open_log_day(date) to tagtree_app, tagtree_worker;
grant execute on function drop_log_day(date), open_seen_week(int) to tagtree_worker;

do $$
declare
  name text;
begin
  foreach name in array array['ingest_log', 'log_head', 'applier_head', 'stored_head', 'lease', 'batch', 'batch_body', 'seen_message',
    'import_key', 'source', 'import_result', 'quarantine', 'import_excluded', 'identity_node', 'node_profile',
    'identity_edge', 'node_presence', 'subject_kind', 'identity_kind', 'relation_kind', 'catalog_event',
    'catalog_property', 'catalog_attribute', 'catalog_version'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists in_workspace on %I', name);
    execute format(
      'create policy in_workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::int)', name);
    execute format('grant select, insert, update, delete on %I to tagtree_app, tagtree_worker', name);
  end loop;
  -- Queues: the worker looks across workspaces to find work.
  foreach name in array array['ingest_log', 'batch', 'batch_body', 'lease'] loop
    execute format('drop policy if exists of_worker on %I', name);
    execute format('create policy of_worker on %I to tagtree_worker using (true) with check (true)', name);
  end loop;
end $$;
