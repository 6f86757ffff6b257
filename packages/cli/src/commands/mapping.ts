import { writeFileSync } from 'node:fs'
import * as contract from '@tagtree/core/contract/import'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { readDocument } from '../read-document.js'
import { printRows } from '../terminal.js'
import { readingOf, upload } from './import.js'

/** tagtree mapping list | show | save | suggest | remove. */
export const addMappingCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program
    .command('mapping')
    .description(text('导入映射：列如何成为数据', 'mappings: how columns become facts'))
  group
    .command('list')
    .description(text('列出可用的映射', 'list the mappings that can be used'))
    .action(async () => {
      const { items } = await cli.client().call(contract.listMappings)
      type Row = (typeof items)[number]
      const nameOf = ({ mapping: { name } }: Row): string => {
        const both =
          typeof name === 'object' && name !== null ? (name as { zh?: string; en?: string }) : { zh: String(name) }
        return text(both.zh ?? '', both.en ?? both.zh ?? '')
      }
      const columns = [
        { title: text('编号', 'id'), value: (row: Row) => row.id },
        { title: text('名称', 'name'), value: nameOf },
        {
          title: text('版本', 'version'),
          value: (row: Row) => (row.version === 0 ? text('内置', 'built in') : row.version),
        },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  group
    .command('show <id>')
    .description(text('打印映射', 'print a mapping'))
    .action(async (id: string) => {
      const { mapping } = await cli.client().call(contract.showMapping, { params: { id } })
      terminal.out(JSON.stringify(mapping, null, 2))
    })
  group
    .command('save <file>')
    .description(text('保存 JSON 或 YAML 映射文件', 'save a mapping from a JSON or YAML file'))
    .action(async (file: string) => {
      const document = readDocument(file)
      if (typeof document.id !== 'string') throw new AppError('COMMAND_INVALID', { words: { reason: `${file}: id` } })
      const saved = await cli.client().call(contract.saveMapping, {
        params: { id: document.id },
        body: document as contract.SavedMapping['mapping'],
      })
      terminal.err(text(`已保存 ${saved.id}，版本 ${saved.version}`, `saved ${saved.id}, version ${saved.version}`))
    })
  group
    .command('suggest <table> [output]')
    .description(
      text('按文件内容建议映射，打印或写入文件', 'suggest a mapping for a file; printed, or written to a file'),
    )
    .option('--id <id>', text('映射编号', 'id of the mapping'))
    .option('--encoding <encoding>', text('文本编码', 'text encoding'))
    .option('--sheet <name>', text('Excel 工作表', 'sheet of a workbook'))
    .action(
      async (
        table: string,
        output: string | undefined,
        options: { id?: string; encoding?: string; sheet?: string },
      ) => {
        const client = cli.client()
        const file = await upload(client, table)
        const preview = await client.call(contract.previewFile, {
          params: { id: String(file.id) },
          body: { file: readingOf(options), ...(options.id === undefined ? {} : { mappingId: options.id }) },
        })
        for (const column of preview.columns) terminal.err(`${column.name}: ${column.explanation}`)
        if (preview.suggestion === null) throw new AppError('MAPPING_NOT_SUGGESTED')
        const document = JSON.stringify(preview.suggestion, null, 2)
        if (output === undefined) terminal.out(document)
        else {
          writeFileSync(output, `${document}\n`)
          terminal.err(text(`已写入 ${output}`, `wrote ${output}`))
        }
      },
    )
  group
    .command('remove <id>')
    .description(text('停用映射', 'take a mapping out of use'))
    .action(async (id: string) => {
      await cli.client().call(contract.archiveMapping, { params: { id } })
      terminal.err(text(`已停用 ${id}`, `${id} is out of use`))
    })
}
