-- Runs for moments of the past, and what arrived too late for what was published. Idempotent.

-- base: moves what is published now; backfill: a moment before the history; correction: a moment of the history again,
-- with what arrived since.
alter table tag_run add column if not exists kind text not null default 'base'
  check (kind in ('base', 'backfill', 'correction'));
-- How ClickHouse holds the values of the run, and whether a subject may have several; null: an older run.
alter table tag_run add column if not exists value_type text check (value_type in ('codes', 'number', 'date'));
alter table tag_run add column if not exists multi boolean;
-- What the history of a number was at a moment.
create index if not exists tag_run_moments on tag_run (workspace_id, number, as_of, run_id) where state = 'published';

-- Batches with facts older than what was published when they came: the moments since from_ts are due for correction.
create table if not exists late_batch (
  workspace_id int not null,
  batch_no     int not null,
  -- Oldest late fact, ms since 1970.
  from_ts      bigint not null,
  primary key (workspace_id, batch_no)
);

do $$
declare
  name text;
begin
  foreach name in array array['late_batch'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists of_workspace on %I', name);
    execute format(
      'create policy of_workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::int)', name);
    execute format('grant select, insert, update, delete on %I to tagtree_app, tagtree_worker', name);
  end loop;
  -- The applier compares what comes with what is published.
  grant select on tag_head to tagtree_worker;
end $$;
