-- Definitions, the tag catalogue, runs and what they publish. Idempotent: it may be applied twice.

create table if not exists category (
  workspace_id int not null,
  id text not null,
  parent_id text,
  name jsonb not null,
  theme text,
  note jsonb,
  position int not null,
  state text not null default 'live' check (state in ('live', 'archived', 'deleted')),
  primary key (workspace_id, id)
);

-- The head of a tag, segment, metric or tree: where it stands in the catalogue and which version counts.
create table if not exists definition (
  workspace_id int not null,
  id text not null,
  kind text not null check (kind in ('tag', 'segment', 'metric', 'tree', 'list')),
  -- The number in ClickHouse. Tags, segments and lists share one id space from 1000 on; a number below is the
  -- population of the subject kind with that number.
  number int not null,
  subject text not null default 'person',
  category_id text,
  position int not null default 0,
  -- null while only a draft exists
  published_version int,
  -- null when nothing differs from what is published
  draft_version int,
  state text not null default 'live' check (state in ('live', 'archived', 'deleted')),
  owner_id int,
  primary key (workspace_id, id),
  unique (workspace_id, number)
);

create table if not exists definition_version (
  workspace_id int not null,
  id text not null,
  version int not null,
  body jsonb not null,
  author_id int,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id, version)
);

create table if not exists definition_use (
  workspace_id int not null,
  from_id text not null,
  -- uses belong to a version, so that undoing an edit also undoes what it used
  version int not null,
  to_id text not null,
  primary key (workspace_id, from_id, version, to_id)
);
create index if not exists definition_use_to on definition_use (workspace_id, to_id);

-- Row images of every change to category and definition, so that any change can be undone.
create table if not exists catalogue_change (
  workspace_id int not null,
  change_no bigint generated always as identity,
  at timestamptz not null default now(),
  actor_id int,
  summary jsonb not null,
  images jsonb not null,
  undone_by bigint,
  primary key (workspace_id, change_no)
);

-- ClickHouse code of a value: code 0 is blank, codes are never reused.
create table if not exists value_code (
  workspace_id int not null,
  number int not null,
  code int not null,
  label text not null,
  primary key (workspace_id, number, code),
  unique (workspace_id, number, label)
);

-- Cuts of a relative definition, made by one run and used by later ones until the schedule asks for new ones.
create table if not exists fit (
  workspace_id int not null,
  definition_id text not null,
  version int not null,
  key text not null,
  as_of timestamptz not null,
  value jsonb not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, definition_id, version, key, as_of)
);

create table if not exists workspace_clock (
  workspace_id int primary key,
  clock bigint not null default 0
);

create sequence if not exists tag_pass_id as bigint;
create table if not exists tag_run (
  workspace_id int not null,
  run_id bigint generated always as identity primary key,
  -- runs of one pass publish together
  pass_id bigint not null,
  definition_id text not null,
  number int not null,
  version int not null,
  as_of timestamptz not null,
  last_batch int not null,
  state text not null check (state in ('running', 'published', 'superseded', 'failed', 'aborted', 'cleaned')),
  clock bigint,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  -- { values: { "<code>": people }, blank, population }
  counts jsonb,
  -- { rows, bytes, ms } of the whole pass, shared by its tags
  cost jsonb,
  error jsonb,
  -- its bitmaps are gone because a later run replaced them; its history stays
  bitmaps_dropped boolean not null default false
);
create index if not exists tag_run_by_definition on tag_run (workspace_id, definition_id, run_id desc);
create index if not exists tag_run_unpublished on tag_run (workspace_id, state) where state in ('running', 'failed', 'aborted', 'superseded');

create table if not exists tag_head (
  workspace_id int not null,
  number int not null,
  base_run bigint not null,
  version int not null,
  as_of timestamptz not null,
  last_batch int not null,
  -- how ClickHouse holds the value: codes (bitmaps), number or date (tag_numbers)
  value_type text not null check (value_type in ('codes', 'number', 'date')),
  clock bigint not null,
  counts jsonb not null,
  published_at timestamptz not null default now(),
  primary key (workspace_id, number)
);

do $$
declare
  name text;
begin
  foreach name in array array['category', 'definition', 'definition_version', 'definition_use', 'catalogue_change',
    'value_code', 'fit', 'workspace_clock', 'tag_run', 'tag_head'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists of_workspace on %I', name);
    execute format(
      'create policy of_workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::int)', name);
    execute format('grant select, insert, update, delete on %I to tagtree_app', name);
  end loop;
  grant usage on sequence tag_pass_id to tagtree_app;
end $$;
