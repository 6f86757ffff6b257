import * as contract from '@tagtree/core/contract/segment'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { readAsOf, readKnownAt } from '../read-option.js'
import { printRows } from '../terminal.js'
import { writeTo } from '../write-to.js'

type Kind = 'segments' | 'lists' | 'tags'

/** tagtree segment count | members | export | snapshot. */
export const addSegmentCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program
    .command('segment')
    .description(text('人群：人数、成员、导出、快照', 'segments and their people'))

  group
    .command('count <id>')
    .description(text('人群人数', 'count a segment'))
    .option('--as-of <instant>', text('截至时刻', 'as of'))
    .option('--known-at <instant>', text('按当时已知的数据与身份', 'with what was known then'))
    .action(async (id: string, options: { asOf?: string; knownAt?: string }) => {
      const count = await cli.client().call(contract.countAudience, {
        body: { id, ...readAsOf(options.asOf), ...readKnownAt(options.knownAt) },
      })
      if (cli.options().json) return terminal.out(JSON.stringify(count, null, 2))
      terminal.out(String(count.people))
      terminal.err(
        text(
          `共 ${count.population} 人，其中 ${count.unknown} 人无法判断；截至 ${count.asOf}，${Math.round(count.ms)} 毫秒`,
          `of ${count.population}, ${count.unknown} cannot be decided; as of ${count.asOf}, ${Math.round(count.ms)} ms`,
        ),
      )
    })
  group
    .command('members <id>')
    .description(text('列出成员', 'list the members'))
    .option('--of <kind>', 'segments | tags | lists', 'segments')
    .option('--value <value>', text('标签值', 'value of the tag'))
    .option('--limit <n>', text('最多多少人', 'at most so many'), '20')
    .action(async (id: string, options: { of: string; value?: string; limit: string }) => {
      const { items, nextCursor } = await cli.client().call(contract.listAudienceMembers, {
        params: { kind: kindOf(options.of), id },
        query: { limit: Number(options.limit), ...(options.value === undefined ? {} : { value: options.value }) },
      })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('档案', 'profile'), value: (row: Row) => row.profileId, right: true },
        {
          title: text('身份', 'identities'),
          value: (row: Row) => row.identities.map((identity) => `${identity.kind}=${identity.value}`).join(' '),
        },
        {
          title: text('属性', 'attributes'),
          value: (row: Row) =>
            Object.entries(row.attributes)
              .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
              .join(' '),
        },
      ]
      printRows(terminal, cli.options().json, columns, items)
      if (nextCursor !== null)
        terminal.err(text('还有更多；用 segment export 导出全部', 'there are more; segment export takes all'))
    })
  group
    .command('export <id> <file>')
    .description(
      text(
        '导出全部成员；按文件名 .csv .ndjson .parquet 决定格式',
        'export all members; the name .csv .ndjson .parquet says how',
      ),
    )
    .option('--of <kind>', 'segments | tags | lists', 'segments')
    .option('--value <value>', text('标签值', 'value of the tag'))
    .action(async (id: string, file: string, options: { of: string; value?: string }) => {
      const answer = await cli.client().stream(contract.exportMembers, {
        params: { kind: kindOf(options.of), id },
        query: { format: formatOf(file), ...(options.value === undefined ? {} : { value: options.value }) },
      })
      const bytes = await writeTo(file, answer.body)
      terminal.err(text(`已写入 ${file}（${bytes} 字节）`, `wrote ${file} (${bytes} bytes)`))
    })
  group
    .command('snapshot <id> <list>')
    .description(text('把当前成员固定为名单', 'freeze the present members as a list'))
    .option('--name <name>', text('名单名称', 'name of the list'))
    .action(async (id: string, list: string, options: { name?: string }) => {
      const made = await cli.client().call(contract.snapshotSegment, {
        params: { id },
        body: { id: list, name: options.name ?? list },
        idempotencyKey: crypto.randomUUID(),
      })
      terminal.err(text(`名单 ${made.id}：${made.people} 人`, `list ${made.id}: ${made.people} people`))
    })

  function kindOf(kind: string): Kind {
    if (kind === 'segments' || kind === 'tags' || kind === 'lists') return kind
    throw new AppError('COMMAND_INVALID', { words: { reason: `--of ${kind}: segments | tags | lists` } })
  }
}

function formatOf(file: string): 'csv' | 'ndjson' | 'parquet' {
  const ending = file.split('.').at(-1)
  if (ending === 'csv' || ending === 'ndjson' || ending === 'parquet') return ending
  throw new AppError('COMMAND_INVALID', { words: { reason: `${file}: .csv | .ndjson | .parquet` } })
}
