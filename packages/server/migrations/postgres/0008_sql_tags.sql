-- What kind of value the statement of a SQL tag gives, as its last check found; a statement is known by its hash.
create table if not exists sql_statement (
  workspace_id int not null,
  hash         text not null,
  value_kind   text not null check (value_kind in ('text', 'number', 'date', 'bool')),
  checked_at   timestamptz not null default now(),
  primary key (workspace_id, hash)
);

do $$
declare
  name text;
begin
  foreach name in array array['sql_statement'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists of_workspace on %I', name);
    execute format(
      'create policy of_workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::int)', name);
    execute format('grant select, insert, update, delete on %I to tagtree_app', name);
  end loop;
end $$;
