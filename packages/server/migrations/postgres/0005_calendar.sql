-- The workspace calendar, item catalogues, relations read from both ends, exchange rates. Idempotent.

-- The relation whose rows this one reads from the other end; null = it has rows of its own.
alter table relation_kind add column if not exists inverse_of text;

-- The item catalogue whose items the value names.
alter table catalog_property add column if not exists catalogue text;

-- Days that do not follow the week, and days with a promotion. kind null: as the week says.
create table if not exists calendar_day (
  workspace_id int not null,
  day          date not null,
  kind         text check (kind in ('workday', 'restday', 'holiday')),
  holiday      text,
  promotion    text,
  primary key (workspace_id, day)
);

-- Years that were taken from a built-in calendar; they are not taken again by themselves.
create table if not exists calendar_year (
  workspace_id int not null,
  country      text not null,
  year         int not null,
  loaded_at    timestamptz not null default now(),
  primary key (workspace_id, country, year)
);

-- Named stretches of local days, both ends included. promotion: what the calendar calls its days.
create table if not exists calendar_period (
  workspace_id int not null,
  id           text not null,
  labels       jsonb not null,
  from_day     date not null,
  to_day       date not null,
  promotion    text,
  primary key (workspace_id, id),
  check (from_day <= to_day)
);

create table if not exists item_catalogue (
  workspace_id int not null,
  key          text not null,
  labels       jsonb not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, key)
);

create table if not exists item_property (
  workspace_id int not null,
  catalogue    text not null,
  name         text not null,
  type         text not null check (type in ('number', 'money', 'text', 'date', 'bool', 'list')),
  labels       jsonb not null,
  -- null: it lives in the JSON column props
  column_name  text,
  planned      boolean not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, catalogue, name)
);

-- What one unit of a currency is worth in the base currency, from a local day until the next one listed.
create table if not exists exchange_rate (
  workspace_id int not null,
  currency     text not null,
  day          date not null,
  rate         numeric(24, 8) not null check (rate > 0),
  primary key (workspace_id, currency, day)
);

do $$
declare
  name text;
begin
  foreach name in array array['calendar_day', 'calendar_year', 'calendar_period', 'item_catalogue', 'item_property',
    'exchange_rate'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists in_workspace on %I', name);
    execute format(
      'create policy in_workspace on %I using (workspace_id = nullif(current_setting(''app.workspace'', true), '''')::int)', name);
    execute format('grant select, insert, update, delete on %I to tagtree_app, tagtree_worker', name);
  end loop;
end $$;
