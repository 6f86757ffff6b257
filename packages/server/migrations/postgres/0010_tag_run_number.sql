-- Finding the runs that replaced a run looks runs up by the number of what they computed. Idempotent.
create index if not exists tag_run_by_number on tag_run (workspace_id, number, clock) where state = 'published';
