-- What lists hold. Idempotent: it may be applied twice.

-- Every change of a list is a content of its own; a version of the list's document names one, so that undoing an edit
-- also undoes what was put on it. Contents are numbered from 1 per list and never reused; 0 is the empty beginning.
create table if not exists list_content (
  workspace_id int not null,
  number int not null,
  content int not null,
  made_at timestamptz not null default now(),
  -- { how: add | remove | replace, fileId, reading: { columns, file } }; fileId null = given in the request
  source jsonb not null,
  -- what became of the rows: { rows, matched, duplicate, listed, unmatched, size }
  counts jsonb not null,
  -- rows of the file that named nobody: [[row, reason], …]
  unmatched jsonb not null default '[]',
  primary key (workspace_id, number, content)
);

-- Somebody is (or, where a list began as a snapshot, is no longer) on the list, from one content on until another.
create table if not exists list_entry (
  workspace_id int not null,
  number int not null,
  node_id int not null,
  listed boolean not null,
  from_content int not null,
  to_content int,
  primary key (workspace_id, number, node_id, from_content)
);

create table if not exists list_value (
  workspace_id int not null,
  number int not null,
  value text not null,
  from_content int not null,
  to_content int,
  primary key (workspace_id, number, value, from_content)
);

do $$
declare
  name text;
begin
  foreach name in array array['list_content', 'list_entry', 'list_value'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists of_workspace on %I', name);
    execute format(
      'create policy of_workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::int)', name);
    execute format('grant select, insert, update, delete on %I to tagtree_app', name);
  end loop;
end $$;
