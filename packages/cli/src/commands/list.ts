import { setDefinitionState } from '@tagtree/core/contract/catalogue'
import * as contract from '@tagtree/core/contract/list'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands, Cli } from '../cli.js'
import { printRows } from '../terminal.js'
import { writeTo } from '../write-to.js'
import { readingOf, upload } from './import.js'

type How = 'add' | 'remove' | 'replace'
interface UploadOptions {
  how: string
  as?: string
  column?: string[]
  encoding?: string
  delimiter?: string
  sheet?: string
  header: boolean
}

/** tagtree list create | upload | add | remove | show | unmatched | delete. */
export const addListCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program
    .command('list')
    .description(text('名单：存放人或值，可上传、增减、撤销', 'lists of people or values: upload, add, remove, undo'))

  group
    .command('create <id>')
    .description(text('新建空名单', 'create an empty list'))
    .option('--name <name>', text('名单名称', 'name of the list'))
    .option('--subject <kind>', text('主体类型', 'kind of subject'), 'person')
    .option('--values', text('存放值（商品编码等）而不是人', 'of plain values instead of people'))
    .action(async (id: string, options: { name?: string; subject: string; values?: true }) => {
      const made = await cli.client().call(contract.createList, {
        body: { id, name: options.name ?? id, subject: options.subject, holds: options.values ? 'values' : 'subjects' },
        idempotencyKey: crypto.randomUUID(),
      })
      if (cli.options().json) return terminal.out(JSON.stringify(made, null, 2))
      terminal.err(text(`已新建名单 ${id}（更改 ${made.changeNo}）`, `made the list ${id} (change ${made.changeNo})`))
    })
  group
    .command('upload <id> <file>')
    .description(
      text(
        '用文件（CSV、Excel、JSON、Parquet 等）填充名单；列名为身份种类时自动识别',
        'fill a list from a file; columns named like identity kinds are found by themselves',
      ),
    )
    .option('--how <how>', 'add | remove | replace', 'add')
    .option(
      '--as <kind>',
      text('唯一的一列是哪种身份，或 profile_id', 'what the only column holds: a kind, or profile_id'),
    )
    .option('--column <column=kind...>', text('哪一列是哪种身份', 'which column holds which kind'))
    .option('--encoding <encoding>', text('文本编码（默认自动识别）', 'text encoding (found by itself)'))
    .option('--delimiter <sign>', text('分隔符（默认自动识别）', 'delimiter (found by itself)'))
    .option('--sheet <name>', text('Excel 工作表', 'sheet of a workbook'))
    .option('--no-header', text('首行不是列名', 'the first row does not name the columns'))
    .action(async (id: string, file: string, options: UploadOptions) => {
      const how = howOf(options.how)
      const client = cli.client()
      const stored = await upload(client, file)
      const report = await client.call(contract.uploadList, {
        params: { id },
        body: {
          fileId: stored.id,
          how,
          file: readingOf(options),
          ...(options.as === undefined ? {} : { as: options.as }),
          ...(options.column === undefined ? {} : { columns: columnsOf(options.column) }),
        },
        idempotencyKey: crypto.randomUUID(),
      })
      printReport(cli, id, report)
    })
  for (const how of ['add', 'remove'] as const) {
    group
      .command(`${how} <id> <entries...>`)
      .description(
        how === 'add'
          ? text(
              '加入：身份（kind=value）、档案编号，或值',
              'put on it: identities (kind=value), profile ids, or values',
            )
          : text(
              '移出：身份（kind=value）、档案编号，或值',
              'take off it: identities (kind=value), profile ids, or values',
            ),
      )
      .action(async (id: string, entries: string[]) => {
        const client = cli.client()
        const { holds } = await client.call(contract.showList, { params: { id } })
        const report = await client.call(contract.changeList, {
          params: { id },
          body: { how, ...(holds === 'values' ? { values: entries } : { people: entries.map(personOf) }) },
          idempotencyKey: crypto.randomUUID(),
        })
        printReport(cli, id, report)
      })
  }
  group
    .command('show [id]')
    .description(text('列出名单；给出编号时列出它的变更', 'list the lists, or the changes of one'))
    .action(async (id?: string) => {
      const client = cli.client()
      if (id === undefined) return showAll(cli, (await client.call(contract.listLists, {})).items)
      const list = await client.call(contract.showList, { params: { id } })
      if (cli.options().json) return terminal.out(JSON.stringify(list, null, 2))
      type Row = (typeof list.contents)[number]
      const columns = [
        {
          title: text('内容', 'content'),
          value: (row: Row) => `${row.content}${row.isCurrent ? ' *' : ''}`,
          right: true,
        },
        { title: text('方式', 'how'), value: (row: Row) => row.how },
        { title: text('行', 'rows'), value: (row: Row) => row.rows, right: true },
        { title: text('匹配', 'matched'), value: (row: Row) => row.matched, right: true },
        { title: text('重复', 'duplicate'), value: (row: Row) => row.duplicate, right: true },
        { title: text('未匹配', 'unmatched'), value: (row: Row) => row.unmatched, right: true },
        { title: text('时间', 'made'), value: (row: Row) => row.madeAt },
      ]
      printRows(terminal, false, columns, list.contents)
      terminal.err(text(`${id}：${list.size} 项`, `${id}: ${list.size} entries`))
    })
  group
    .command('unmatched <id> <content> <file>')
    .description(text('把未匹配的行及原因写入 CSV 文件', 'write the rows that named nobody to a CSV file'))
    .action(async (id: string, content: string, file: string) => {
      const answer = await cli.client().stream(contract.exportUnmatched, { params: { id, content } })
      const bytes = await writeTo(file, answer.body)
      terminal.err(text(`已写入 ${file}（${bytes} 字节）`, `wrote ${file} (${bytes} bytes)`))
    })
  group
    .command('delete <id>')
    .description(text('删除名单；被引用时拒绝，可撤销', 'delete a list; refused while it is used, can be undone'))
    .action(async (id: string) => {
      const { changeNo } = await cli.client().call(setDefinitionState, { params: { id }, body: { state: 'deleted' } })
      terminal.err(text(`已删除（更改 ${changeNo}）`, `deleted (change ${changeNo})`))
    })
}

function showAll({ terminal, text, options }: Cli, items: readonly Parameters<typeof sizeOf>[0][]): void {
  const columns = [
    { title: text('编号', 'id'), value: (row: (typeof items)[number]) => row.id },
    { title: text('主体', 'subject'), value: (row: (typeof items)[number]) => row.subject },
    {
      title: text('存放', 'holds'),
      value: (row: (typeof items)[number]) => (row.holds === 'values' ? text('值', 'values') : text('人', 'people')),
    },
    { title: text('数量', 'size'), value: sizeOf, right: true },
  ]
  printRows(terminal, options().json, columns, items)
}

function sizeOf(row: { id: string; subject: string; holds: 'subjects' | 'values'; size: number }): number {
  return row.size
}

function printReport({ terminal, text, options }: Cli, id: string, report: contract.ListReport): void {
  if (options().json) {
    terminal.out(JSON.stringify(report, null, 2))
    return
  }
  const { rows, matched, duplicate, unmatched, size, joined, left, changeNo, content } = report
  terminal.out(
    text(
      `${id}：${rows} 行，匹配 ${matched}，重复 ${duplicate}，未匹配 ${unmatched}；新增 ${joined}，移出 ${left}，现有 ${size}（更改 ${changeNo}）`,
      `${id}: ${rows} rows, ${matched} matched, ${duplicate} duplicate, ${unmatched} unmatched; ${joined} joined, ${left} left, ${size} now (change ${changeNo})`,
    ),
  )
  if (unmatched > 0) {
    terminal.err(
      text(
        `未匹配的行：tagtree list unmatched ${id} ${content} <文件.csv>`,
        `the unmatched rows: tagtree list unmatched ${id} ${content} <file.csv>`,
      ),
    )
  }
}

function howOf(word: string): How {
  if (word === 'add' || word === 'remove' || word === 'replace') return word
  throw new AppError('COMMAND_INVALID', { words: { reason: `--how ${word}: add | remove | replace` } })
}

function columnsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.lastIndexOf('=')
      if (at > 0) return [word.slice(0, at), word.slice(at + 1)]
      throw new AppError('COMMAND_INVALID', { words: { reason: `--column ${word}: column=kind` } })
    }),
  )
}

function personOf(word: string): { identities?: Record<string, string>; profileId?: number } {
  const at = word.indexOf('=')
  if (at > 0) return { identities: { [word.slice(0, at)]: word.slice(at + 1) } }
  if (/^\d{1,10}$/.test(word)) return { profileId: Number(word) }
  throw new AppError('COMMAND_INVALID', { words: { reason: `${word}: kind=value, 123` } })
}
