import { createReadStream, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { savePeriod } from '@tagtree/core/contract/calendar'
import { ApiError, type Client } from '@tagtree/core/contract/client'
import { createWorkspace, listWorkspaces } from '@tagtree/core/contract/govern'
import { showImport, startImport, uploadFile } from '@tagtree/core/contract/import'
import { showJob } from '@tagtree/core/contract/jobs'
import { applyPlan } from '@tagtree/core/contract/plan'
import { giveValues, runTags } from '@tagtree/core/contract/tag'
import { keyAccounts } from '@tagtree/core/demo/key-accounts'
import { DEMO_MAPPINGS } from '@tagtree/core/demo/mappings/mappings'
import { demoPeriods } from '@tagtree/core/demo/periods'
import { DEMO_CUSTOMERS, DEMO_SEED } from '@tagtree/core/demo/shop'
import { AppError } from '@tagtree/core/kernel/app-error'
import { demoPlan, demoSqlPlan } from './demo-plan.js'
import { clientOf, type FirstStep, type FirstStepContext } from './first-step.js'
import { writeDemoApart } from './write-demo-apart.js'

const slug = 'demo'

export interface DemoOptions {
  readonly dataDirectory: string
  /** Default 20,000. */
  readonly customers?: number
  /** Makes the files; default in a process of its own, which needs the built program. */
  readonly write?: typeof writeDemoApart
}

/**
 * Fills a new installation with the demo shop 云岚商城, through the API as a user would: files are uploaded and imported
 * with their mappings, the catalogue is applied as a plan file, a list of key accounts is put in, tags run. A start that was cut off is completed by the
 * next one, because files and keys are the same for the same workspace.
 */
export function demoStep(options: DemoOptions): FirstStep {
  return {
    title: null,
    async run(context) {
      const client = clientOf(context)
      const { items } = await client.call(listWorkspaces)
      const demo = items.find((workspace) => workspace.slug === slug)
      const folder = join(options.dataDirectory, 'demo')
      // The folder stands until everything is loaded.
      if (items.length > 0 && !(demo && existsSync(folder))) return
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const workspace = demo ?? (await createDemoWorkspace(client))
      await savePeriods(clientOf(context, slug), Date.parse(workspace.createdAt))
      await loadFiles(context, folder, Date.parse(workspace.createdAt), options)
      await computeTags(context, Date.parse(workspace.createdAt), options)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function createDemoWorkspace(client: Client): Promise<{ createdAt: string }> {
  return client.call(createWorkspace, {
    body: { slug, name: '云岚商城', timeZone: 'Asia/Shanghai', currency: 'CNY', language: 'zh' },
  })
}

/** The shop's promotions; holidays came with the time zone. */
async function savePeriods(client: Client, now: number): Promise<void> {
  for (const { id, ...body } of demoPeriods(now)) await client.call(savePeriod, { params: { id }, body })
}

async function loadFiles(
  context: FirstStepContext,
  folder: string,
  now: number,
  { customers = DEMO_CUSTOMERS, write = writeDemoApart }: DemoOptions,
): Promise<void> {
  const begun = performance.now()
  context.say('正在生成演示商城 云岚商城 …', 'making the demo shop 云岚商城 …')
  const files = await write(folder, { seed: DEMO_SEED, now, customers }, context.signal)
  const client = clientOf(context, slug)
  let rows = 0
  for (const file of files) {
    const size = statSync(file.path).size
    const stored = await client.call(uploadFile, {
      query: { name: file.name },
      bodyStream: {
        contentType: 'application/octet-stream',
        body: createReadStream(file.path),
        contentLength: size,
      },
    })
    const started = await client.call(startImport, {
      body: { fileId: stored.id, mapping: DEMO_MAPPINGS[file.name] as never },
    })
    if (started.jobId !== null) await waitForJob(client, started.jobId, context.signal)
    const report = await client.call(showImport, { params: { id: started.id } })
    rows += report.rows.read
    const { created, duplicate } = report.result
    context.say(
      `  ${file.name}：${report.rows.read} 行 → ${created} 条新增，${duplicate} 条重复，${report.rows.rejected + report.result.rejected} 条被拒`,
      `  ${file.name}: ${report.rows.read} rows → ${created} created, ${duplicate} duplicate, ${report.rows.rejected + report.result.rejected} rejected`,
    )
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  context.say(
    `已导入 ${rows.toLocaleString('en-US')} 行，用时 ${seconds} 秒；正在计算标签 …`,
    `${rows.toLocaleString('en-US')} rows imported in ${seconds} s; computing tags …`,
  )
}

/**
 * Applies the plan of the demo, puts in the list of key accounts as the shop's staff would, and waits for the run. After an
 * earlier, cut off start there may be nothing left to apply.
 */
async function computeTags(
  context: FirstStepContext,
  now: number,
  { customers = DEMO_CUSTOMERS }: DemoOptions,
): Promise<void> {
  const client = clientOf(context, slug)
  const given = keyAccounts({ seed: DEMO_SEED, now, customers }).map(({ memberNumber, value }) => ({
    identities: [{ kind: 'user_id', value: memberNumber }],
    value,
  }))
  await applyPlans(client)
  // At once: the run that follows the plan gathers for a moment and then has these values too.
  const job =
    given.length === 0
      ? await client.call(runTags, { body: {} })
      : (await client.call(giveValues, { params: { id: 'vip_manual' }, body: { given } })).job
  await waitForJob(client, job.id, context.signal)
}

async function applyPlans(client: Client): Promise<void> {
  try {
    await client.call(applyPlan, { body: { files: [demoPlan(), demoSqlPlan()] } })
  } catch (error) {
    // An operator's own ClickHouse; the rest of the demo does without SQL tags.
    if (!(error instanceof ApiError) || error.code !== 'SQL_TAGS_NOT_SET_UP') throw error
    await client.call(applyPlan, { body: { files: [demoPlan()] } })
  }
}

async function waitForJob(client: Client, id: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const job = await client.call(showJob, { params: { id } })
    if (job.state === 'done') return
    if (job.state === 'failed' || job.state === 'canceled') {
      throw new AppError('JOB_NOT_DONE', {
        words: { id, state: job.state, reason: job.error?.message ?? job.state },
      })
    }
    await pause(150, undefined, { signal })
  }
}
