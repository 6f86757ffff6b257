import type pg from 'pg'
import { inTransaction } from '../../store/postgres.js'

/** Drops the days of the log that are stored completely; the two newest stay. */
export async function dropStoredLogDays(worker: pg.Pool): Promise<void> {
  const days = await inTransaction(worker, async (tx) => {
    const { rows } = await tx.query<{ day: string }>(
      `select to_date(substr(c.relname, 12), 'YYYYMMDD')::text as day
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'tagtree.ingest_log'::regclass
         and to_date(substr(c.relname, 12), 'YYYYMMDD') < (now() at time zone 'UTC')::date - 1
       order by 1`,
    )
    return rows.map((row) => row.day)
  })
  for (const day of days) {
    await inTransaction(worker, async (tx) => {
      const left = await tx.query(
        `select 1 from (select workspace_id, max(log_no) as last from ingest_log where day = $1 group by workspace_id) l
         where not exists (
           select from batch b where b.workspace_id = l.workspace_id and b.state = 'stored' and b.log_to >= l.last)
         limit 1`,
        [day],
      )
      if (left.rowCount === 0) await tx.query('select drop_log_day($1)', [day])
    })
  }
}
