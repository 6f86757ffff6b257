import { collectBatch } from '@tagtree/core/contract/batch'
import * as catalogue from '@tagtree/core/contract/catalogue'
import { ApiError, type Client } from '@tagtree/core/contract/client'
import { type Job, listJobs, showJob } from '@tagtree/core/contract/jobs'
import * as tag from '@tagtree/core/contract/tag'
import { expect } from 'vitest'
import type { z } from 'zod'
import { TAG_RUN } from '../../jobs/tag-run-job.js'
import { readLogLag } from '../../store/log-lag.js'
import { inWorkspace } from '../../store/postgres.js'
import { addTestWorkspace, type TestServer } from '../../testing/test-server.js'

/** A workspace of a running server, worked on through the API alone as its users would. */
export interface Shop {
  readonly workspaceId: number
  readonly client: Client
  /** Sends facts and waits until they are readable. */
  collect(items: BatchItems): Promise<void>
  /** Saves and publishes a definition. */
  save(document: { readonly id: string; readonly [key: string]: unknown }, categoryId?: string): Promise<string>
  /** Waits until every tag is as new as its definition and data. */
  settle(): Promise<void>
  /** Runs tags and waits for the end. */
  run(body?: { ids?: string[]; asOf?: string; refit?: boolean }): Promise<Job>
  /** Waits until a job has ended. */
  ended(id: number): Promise<Job>
}

type BatchItems = z.input<(typeof collectBatch)['body']>

export async function openShop(server: TestServer, slug: string): Promise<Shop> {
  const client = await addTestWorkspace(server, slug)
  const workspaceId = (await server.flow.directory.workspaceBySlug(slug))!.id
  const ended = (id: number): Promise<Job> =>
    until(
      () => client.call(showJob, { params: { id } }),
      ({ state }) => state === 'done' || state === 'failed' || state === 'canceled',
    )
  return {
    workspaceId,
    client,
    ended,
    async collect(body) {
      const { rejected, errors } = await client.call(collectBatch, { body })
      expect({ rejected, errors }).toEqual({ rejected: 0, errors: [] })
      await until(
        () => isReadable(server, workspaceId),
        (readable) => readable,
      )
    },
    async save(document, categoryId) {
      const place = categoryId === undefined ? {} : { categoryId }
      const saved = await client.call(catalogue.saveDefinition, {
        params: { id: document.id },
        body: { document: { version: 1, ...document }, ...place },
      })
      return saved.changeNo
    },
    async settle() {
      await until(
        async () => {
          const [queued, running] = await Promise.all(
            (['queued', 'running'] as const).map((state) => client.call(listJobs, { query: { state, kind: TAG_RUN } })),
          )
          // A job for tomorrow's refresh is always there.
          return [...queued!.items.filter((job) => Date.parse(job.runAt) < Date.now() + 60_000), ...running!.items]
        },
        (jobs) => jobs.length === 0,
      )
    },
    async run(body = {}) {
      return ended((await client.call(tag.runTags, { body })).id)
    },
  }
}

async function isReadable({ postgres }: TestServer, workspaceId: number): Promise<boolean> {
  if ((await readLogLag(postgres.app, workspaceId)) > 0) return false
  return inWorkspace(postgres.app, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ readable: boolean }>(
      `select s.batch_no >= a.batch_no as readable from applier_head a join stored_head s using (workspace_id)
       where workspace_id = $1`,
      [workspaceId],
    )
    return rows[0]?.readable === true
  })
}

/** Looks until it is as wished. */
export async function until<T>(look: () => Promise<T>, isWished: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look()
    if (isWished(found)) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What the server refused, for `toMatchObject`. */
export async function refusal(
  call: Promise<unknown>,
): Promise<Pick<ApiError, 'code' | 'status' | 'message' | 'issues'>> {
  try {
    await call
  } catch (error) {
    if (error instanceof ApiError) {
      const { code, status, message, issues } = error
      return { code, status, message, issues }
    }
    throw error
  }
  return { code: 'it was not refused', status: 200, message: '', issues: [] }
}
