import * as contract from '@tagtree/core/contract/history'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { readInstant, readKnownAt } from '../read-option.js'
import { printRows } from '../terminal.js'
import { jobFailure, waitForJob } from '../wait-for-job.js'
import { valueColumns } from './catalogue.js'

const grains = ['day', 'week', 'month'] as const

/** tagtree tag at | trend | migration | backfill | correct | history: what was published of moments of the past. */
export const addTagHistoryCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program.commands.find((command) => command.name() === 'tag')!
  const knownAt = ['--known-at <instant>', text('只看当时已发布的', 'only what was published by then')] as const
  const noValue = text('（无）', '(none)')

  group
    .command('at <id> <instant>')
    .description(text('某一时刻已发布的各值人数', 'people per value as published at a moment'))
    .option(...knownAt)
    .action(async (id: string, instant: string, options: { knownAt?: string }) => {
      const query = { asOf: readInstant('<instant>', instant), ...readKnownAt(options.knownAt) }
      const tag = await cli.client().call(contract.showTagAt, { params: { id }, query })
      if (cli.options().json) return terminal.out(JSON.stringify(tag, null, 2))
      printRows(terminal, false, valueColumns(text), tag.values)
      terminal.err(
        text(
          `有值 ${tag.known} / 共 ${tag.population}，由截至 ${tag.asOf} 的运行发布`,
          `${tag.known} of ${tag.population} have a value; published by the run as of ${tag.asOf}`,
        ),
      )
    })
  group
    .command('trend <id>')
    .description(text('各值人数的趋势', 'people per value over time'))
    .requiredOption('--from <instant>', text('起点', 'from'))
    .option('--to <instant>', text('终点（默认现在）', 'to (now by default)'))
    .option('--by <grain>', 'day | week | month', 'day')
    .option(...knownAt)
    .action(async (id: string, options: { from: string; to?: string; by: string; knownAt?: string }) => {
      const { points } = await cli.client().call(contract.showTrend, {
        params: { id },
        query: { ...rangeOf(options), by: grainOf(options.by), ...readKnownAt(options.knownAt) },
      })
      type Row = (typeof points)[number]
      const codes = [...new Set(points.flatMap((point) => point.published?.values.map(({ code }) => code) ?? []))]
      const columns = [
        { title: text('起', 'from'), value: (row: Row) => row.from },
        { title: text('有值', 'known'), value: (row: Row) => row.published?.known, right: true },
        ...codes.map((code) => ({
          title: code,
          value: (row: Row) => row.published && (row.published.values.find((one) => one.code === code)?.people ?? 0),
          right: true,
        })),
      ]
      printRows(terminal, cli.options().json, columns, points)
    })
  group
    .command('migration <id>')
    .description(text('两个时刻之间的值迁移', 'how people moved between values'))
    .requiredOption('--from <instant>', text('起点', 'from'))
    .option('--to <instant>', text('终点（默认现在）', 'to (now by default)'))
    .option(...knownAt)
    .action(async (id: string, options: { from: string; to?: string; knownAt?: string }) => {
      const query = { ...rangeOf(options), ...readKnownAt(options.knownAt) }
      const migration = await cli.client().call(contract.showMigration, { params: { id }, query })
      if (cli.options().json) return terminal.out(JSON.stringify(migration, null, 2))
      type Row = (typeof migration.cells)[number]
      const columns = [
        { title: text('原值', 'from'), value: (row: Row) => row.from ?? noValue },
        { title: text('现值', 'to'), value: (row: Row) => row.to ?? noValue },
        { title: text('人数', 'people'), value: (row: Row) => row.people, right: true },
      ]
      printRows(terminal, false, columns, migration.cells)
    })
  group
    .command('backfill <id>')
    .description(text('补算首次发布之前的历史', 'compute the history before it was first published'))
    .option('--by <grain>', 'day | week | month', 'day')
    .option('--count <n>', text('向前多少个', 'how many of them back'))
    .option('--no-wait', text('不等待完成', 'do not wait until it is done'))
    .action(async (id: string, options: { by: string; count?: string; wait: boolean }) => {
      const client = cli.client()
      const started = await client.call(contract.backfillTag, {
        params: { id },
        body: { by: grainOf(options.by), ...(options.count === undefined ? {} : { count: Number(options.count) }) },
        idempotencyKey: crypto.randomUUID(),
      })
      if (!options.wait) return terminal.out(String(started.id))
      const job = await waitForJob(client, started.id)
      if (job.state !== 'done') throw jobFailure(job)
      const { moments } = job.result as { moments?: number }
      terminal.out(text(`已补算 ${moments ?? 0} 个时刻`, `computed ${moments ?? 0} moments`))
    })
  group
    .command('correct')
    .description(text('立即按迟到数据更正已发布的历史', 'correct what was published by facts that came late, now'))
    .action(async () => {
      const client = cli.client()
      const started = await client.call(contract.correctTags, { idempotencyKey: crypto.randomUUID() })
      const job = await waitForJob(client, started.id)
      if (job.state !== 'done') throw jobFailure(job)
      const { moments, profiles } = job.result as { moments?: number; profiles?: number }
      terminal.out(
        text(
          `已更正 ${moments ?? 0} 个时刻，涉及 ${profiles ?? 0} 人次`,
          `corrected ${moments ?? 0} moments, ${profiles ?? 0} profiles in all`,
        ),
      )
    })
  group
    .command('assert <id> <identity> [values...]')
    .description(
      text(
        '人工纠正：身份写作 kind=value；不写值表示没有值',
        'correct by hand: identity as kind=value; no value = it has none',
      ),
    )
    .option('--undo', text('撤回纠正', 'take the correction back'))
    .action(async (id: string, identity: string, values: string[], options: { undo?: boolean }) => {
      const cut = identity.indexOf('=')
      if (cut < 1) throw new AppError('COMMAND_INVALID', { words: { reason: `${identity}: user_id=…` } })
      const said = values.length === 0 ? null : values.length === 1 ? values[0]! : values
      const identities = [{ kind: identity.slice(0, cut), value: identity.slice(cut + 1) }]
      const { accepted } = await cli.client().call(contract.correctValues, {
        params: { id },
        body: { corrections: [options.undo === true ? { identities } : { identities, value: said }] },
        idempotencyKey: crypto.randomUUID(),
      })
      terminal.err(text(`已记录 ${accepted} 条`, `${accepted} noted`))
    })
  group
    .command('accuracy <id>')
    .description(text('按人工纠正计的准确率', 'accuracy as corrections by hand tell it'))
    .action(async (id: string) => {
      const found = await cli.client().call(contract.showAccuracy, { params: { id } })
      if (cli.options().json) return terminal.out(JSON.stringify(found, null, 2))
      terminal.out(found.accuracy === null ? '–' : `${(found.accuracy * 100).toFixed(1)} %`)
      terminal.err(text(`纠正 ${found.corrected} / ${found.judged}`, `${found.corrected} of ${found.judged} corrected`))
    })
  group
    .command('history <id> <customer>')
    .description(text('一个档案的标签变化', 'what one profile had of a tag, over time'))
    .option(...knownAt)
    .action(async (id: string, customer: string, options: { knownAt?: string }) => {
      const { items } = await cli.client().call(contract.showSubjectTagHistory, {
        params: { tag: id, id: Number(customer) },
        query: readKnownAt(options.knownAt),
      })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('自', 'since'), value: (row: Row) => row.at },
        {
          title: text('值', 'values'),
          value: (row: Row) => (row.values.length === 0 ? noValue : row.values.join(' ')),
        },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
}

function rangeOf({ from, to }: { readonly from: string; readonly to?: string }) {
  return { from: readInstant('--from', from), ...(to === undefined ? {} : { to: readInstant('--to', to) }) }
}

function grainOf(text: string): (typeof grains)[number] {
  const grain = grains.find((one) => one === text)
  if (grain) return grain
  throw new AppError('COMMAND_INVALID', { words: { reason: `--by ${text}: ${grains.join(' | ')}` } })
}
