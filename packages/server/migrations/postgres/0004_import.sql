-- Uploaded files, saved mappings, imports and how far they are. Idempotent.

-- A file that was uploaded whole; its bytes lie in <data>/files/<workspace>/<id>.
create table if not exists import_file (
  workspace_id int not null,
  id           int generated always as identity,
  name         text not null,
  bytes        bigint not null,
  sha256       bytea not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, sha256)
);

-- Versions are never changed; the highest one is used.
create table if not exists import_mapping (
  workspace_id int not null,
  id           text not null,
  version      int not null,
  -- json, not jsonb: the order of subjects and outputs means something
  body         json not null,
  created_by   text,
  created_at   timestamptz not null default now(),
  archived_at  timestamptz,
  primary key (workspace_id, id, version)
);

-- id is import_id of every row the import brings. Progress is committed with the log chunk it stands for.
create table if not exists import (
  workspace_id int not null,
  id           int generated always as identity,
  file_id      int not null,
  file_name    text not null,
  mapping_id   text not null,
  mapping      json not null,
  dry_run      boolean not null default false,
  -- rows: the file is read; orders: lines become orders; applying: the log is applied
  phase        text not null default 'rows' check (phase in ('rows', 'orders', 'applying', 'done')),
  state        text not null default 'running'
               check (state in ('running', 'done', 'canceled', 'failed', 'undoing', 'undone')),
  job_id       bigint,
  undo_job_id  bigint,
  -- ms since 1970: the moment of facts without a time; kept, so that a resumed import makes the same facts
  started_ms   bigint not null,
  -- Chunks of the file that are in the log, and the rows in them
  chunks       int not null default 0,
  rows_read    bigint not null default 0,
  rows_rejected bigint not null default 0,
  -- Rows that repeat a line of their order
  rows_repeated bigint not null default 0,
  -- reason -> how many rows
  reasons      jsonb not null default '{}',
  facts        bigint not null default 0,
  orders       bigint not null default 0,
  -- The last order that is in the log: { output, key }, the key in base64: it is a text of the file
  order_cursor jsonb,
  -- Bytes of the file of rejected rows that count; anything behind them is from a chunk that was not committed
  rejected_bytes bigint not null default 0,
  log_no       bigint,
  -- What a dry run found
  report       jsonb,
  created_by   text,
  created_at   timestamptz not null default now(),
  finished_at  timestamptz,
  primary key (workspace_id, id)
);
create index if not exists import_of_file on import (workspace_id, file_id);

do $$
declare
  name text;
begin
  foreach name in array array['import_file', 'import_mapping', 'import'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists in_workspace on %I', name);
    execute format(
      'create policy in_workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::int)', name);
    execute format('grant select, insert, update, delete on %I to tagtree_app, tagtree_worker', name);
  end loop;
end $$;
