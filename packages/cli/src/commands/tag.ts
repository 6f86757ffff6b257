import * as contract from '@tagtree/core/contract/tag'
import type { AddCommands } from '../cli.js'
import { readAsOf } from '../read-option.js'
import { printRows } from '../terminal.js'
import { jobFailure, waitForJob } from '../wait-for-job.js'
import { valueColumns } from './catalogue.js'

/** tagtree tag run | show | runs. */
export const addTagCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program.command('tag').description(text('标签的运行与结果', 'running tags and their results'))

  group
    .command('run [ids...]')
    .description(text('运行标签与人群（默认全部）', 'run tags and segments (all by default)'))
    .option(
      '--as-of <instant>',
      text('截至时刻，例如 2026-01-31T00:00:00+08:00', 'as of, such as 2026-01-31T00:00:00+08:00'),
    )
    .option('--refit', text('重新计算切点', 'make new cuts'))
    .option('--no-wait', text('不等待完成', 'do not wait until it is done'))
    .action(async (ids: string[], options: { asOf?: string; refit?: boolean; wait: boolean }) => {
      const client = cli.client()
      const started = await client.call(contract.runTags, {
        body: {
          ...(ids.length === 0 ? {} : { ids }),
          ...readAsOf(options.asOf),
          refit: options.refit === true,
        },
        idempotencyKey: crypto.randomUUID(),
      })
      if (!options.wait) return terminal.out(String(started.id))
      const job = await waitForJob(client, started.id)
      if (job.state !== 'done') throw jobFailure(job)
      const result = job.result as { published?: string[]; broken?: string[]; ms?: number; rows?: number }
      for (const id of result.broken ?? [])
        terminal.err(
          text(`${id} 无法计算，见 tagtree tag runs ${id}`, `${id} cannot be computed: tagtree tag runs ${id}`),
        )
      if (cli.options().json) return terminal.out(JSON.stringify(result, null, 2))
      terminal.out(
        text(
          `已发布 ${result.published?.length ?? 0} 个，读取 ${result.rows ?? 0} 行，${Math.round(result.ms ?? 0)} 毫秒`,
          `published ${result.published?.length ?? 0}, ${result.rows ?? 0} rows read, ${Math.round(result.ms ?? 0)} ms`,
        ),
      )
    })
  group
    .command('show <id>')
    .description(text('当前发布的各值人数', 'the published people per value'))
    .action(async (id: string) => {
      const tag = await cli.client().call(contract.showTag, { params: { id } })
      if (cli.options().json) return terminal.out(JSON.stringify(tag, null, 2))
      printRows(terminal, false, valueColumns(text), tag.values)
      terminal.err(
        text(
          `有值 ${tag.known} / 共 ${tag.population}，截至 ${tag.asOf}，版本 ${tag.version}`,
          `${tag.known} of ${tag.population} have a value, as of ${tag.asOf}, version ${tag.version}`,
        ),
      )
    })
  group
    .command('runs <id>')
    .description(text('运行记录', 'its runs'))
    .action(async (id: string) => {
      const { items } = await cli.client().call(contract.listRuns, { params: { id }, query: { limit: 50 } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('编号', 'run'), value: (row: Row) => row.runId, right: true },
        { title: text('状态', 'state'), value: (row: Row) => row.state },
        { title: text('截至', 'as of'), value: (row: Row) => row.asOf },
        { title: text('有值', 'known'), value: (row: Row) => row.known, right: true },
        { title: text('行', 'rows'), value: (row: Row) => row.cost?.rows, right: true },
        { title: text('毫秒', 'ms'), value: (row: Row) => row.cost && Math.round(row.cost.ms), right: true },
        { title: text('错误', 'error'), value: (row: Row) => row.error?.message },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
}
