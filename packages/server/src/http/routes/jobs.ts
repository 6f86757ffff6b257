import * as contract from '@tagtree/core/contract/jobs'
import type pg from 'pg'
import { z } from 'zod'
import { cancelJob, listJobs, readJob, showJob } from '../../jobs/job-records.js'
import { inWorkspace } from '../../store/postgres.js'
import { type Bound, bind } from '../bind.js'

/** Seeing and stopping jobs. `pool` works as tagtree_app. */
export function jobRoutes(pool: pg.Pool): Bound[] {
  return [
    bind(contract.listJobs, async ({ query }, { workspace, cursors, language }) => {
      const before = cursors.read(query.cursor, z.number().int())
      const rows = await inWorkspace(pool, workspace.id, (tx) =>
        listJobs(tx, workspace.id, { ...query, before, limit: query.limit + 1 }),
      )
      const items = rows.slice(0, query.limit).map((row) => showJob(row, language))
      const last = items.at(-1)
      return { items, nextCursor: rows.length > query.limit && last ? cursors.write(last.id) : null }
    }),
    bind(contract.showJob, async ({ params }, { workspace, language }) =>
      showJob(await inWorkspace(pool, workspace.id, (tx) => readJob(tx, workspace.id, params.id)), language),
    ),
    bind(contract.cancelJob, async ({ params }, { workspace, language }) =>
      showJob(await inWorkspace(pool, workspace.id, (tx) => cancelJob(tx, workspace.id, params.id)), language),
    ),
  ]
}
