import { createReadStream, existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Client } from '@tagtree/core/contract/client'
import * as contract from '@tagtree/core/contract/import'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands, Cli } from '../cli.js'
import { followImport, followTags } from '../follow-import.js'
import { printImport, printPreview } from '../print-import.js'
import { isDocumentFile, readDocument } from '../read-document.js'
import { printRows } from '../terminal.js'
import { writeTo } from '../write-to.js'

interface ImportOptions {
  mapping?: string
  dryRun?: true
  watch?: true
  wait: boolean
  encoding?: string
  delimiter?: string
  sheet?: string
  header: boolean
}

/** tagtree import FILE, and what was imported. */
export const addImportCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli

  program
    .command('import <file>')
    .description(
      text(
        '导入 CSV、TSV、Excel、JSON、NDJSON、Parquet 文件（可为 .gz）；不给映射时只查看文件',
        'import a CSV, TSV, Excel, JSON, NDJSON or Parquet file, also as .gz; without a mapping the file is only looked at',
      ),
    )
    .option(
      '-m, --mapping <mapping>',
      text('映射：已保存的编号，或 JSON、YAML 文件', 'id of a saved mapping, or a JSON or YAML file'),
    )
    .option('--dry-run', text('只试运行，不写入', 'only say what it would do'))
    .option('--watch', text('显示进度，并等到标签发布', 'show the progress and wait until the tags are published'))
    .option('--no-wait', text('不等待完成', 'do not wait until it is done'))
    .option('--encoding <encoding>', text('文本编码（默认自动识别）', 'text encoding (found by itself)'))
    .option('--delimiter <sign>', text('分隔符（默认自动识别）', 'delimiter (found by itself)'))
    .option('--sheet <name>', text('Excel 工作表', 'sheet of a workbook'))
    .option('--no-header', text('首行不是列名', 'the first row does not name the columns'))
    .action(async (file: string, options: ImportOptions) => {
      const client = cli.client()
      const reading = readingOf(options)
      const mapping = options.mapping === undefined ? null : await mappingOf(client, options.mapping, reading)
      const stored = await upload(client, file)
      if (mapping === null) {
        const preview = await client.call(contract.previewFile, {
          params: { id: String(stored.id) },
          body: { file: reading },
        })
        if (cli.options().json) return terminal.out(JSON.stringify(preview, null, 2))
        return printPreview(cli, preview, file)
      }
      const { id } = await client.call(contract.startImport, {
        body: { fileId: stored.id, mapping, dryRun: options.dryRun === true },
        idempotencyKey: crypto.randomUUID(),
      })
      if (!options.wait) return terminal.out(String(id))
      const report = await followImport(cli, client, id, options.watch === true || process.stderr.isTTY === true)
      if (options.watch === true && options.dryRun !== true) await followTags(client)
      show(cli, report)
    })

  const group = program.command('imports').description(text('导入记录', 'what was imported'))
  group
    .command('list')
    .description(text('列出导入，最新的在前', 'list the imports, newest first'))
    .option('--limit <n>', text('最多几条', 'how many'), '20')
    .action(async ({ limit }: { limit: string }) => {
      const { items } = await cli.client().call(contract.listImports, { query: { limit } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('编号', 'id'), value: (row: Row) => row.id, right: true },
        { title: text('文件', 'file'), value: (row: Row) => row.file.name },
        { title: text('映射', 'mapping'), value: (row: Row) => row.mappingId },
        { title: text('状态', 'state'), value: (row: Row) => (row.dryRun ? text('试运行', 'dry run') : row.state) },
        { title: text('行', 'rows'), value: (row: Row) => row.rows.read, right: true },
        { title: text('拒绝', 'rejected'), value: (row: Row) => row.rows.rejected, right: true },
        { title: text('新增', 'created'), value: (row: Row) => row.result.created, right: true },
        { title: text('更新', 'updated'), value: (row: Row) => row.result.updated, right: true },
        { title: text('重复', 'duplicate'), value: (row: Row) => row.result.duplicate, right: true },
        { title: text('开始', 'began'), value: (row: Row) => row.createdAt },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  group
    .command('show <id>')
    .description(text('导入报告', 'the report of an import'))
    .option('--wait', text('等到结束', 'wait until it ends'))
    .action(async (id: string, { wait }: { wait?: true }) => {
      const client = cli.client()
      show(
        cli,
        wait
          ? await followImport(cli, client, Number(id), true)
          : await client.call(contract.showImport, { params: { id } }),
      )
    })
  group
    .command('cancel <id>')
    .description(text('停止导入；已导入的部分保留', 'stop an import; what was brought in stays'))
    .action(async (id: string) => show(cli, await cli.client().call(contract.cancelImport, { params: { id } })))
  group
    .command('undo <id>')
    .description(text('撤销导入', 'undo an import'))
    .action(async (id: string) => {
      const client = cli.client()
      let report = await client.call(contract.undoImport, { params: { id }, idempotencyKey: crypto.randomUUID() })
      while (report.state === 'undoing') {
        await new Promise((resolve) => setTimeout(resolve, 300))
        report = await client.call(contract.showImport, { params: { id } })
      }
      show(cli, report)
    })
  group
    .command('rejected <id> <file>')
    .description(text('把被拒绝的行及原因写入 CSV 文件', 'write the rejected rows with their reasons to a CSV file'))
    .action(async (id: string, file: string) => {
      const answer = await cli.client().stream(contract.exportRejectedRows, { params: { id } })
      const bytes = await writeTo(file, answer.body)
      terminal.err(text(`已写入 ${file}（${bytes} 字节）`, `wrote ${file} (${bytes} bytes)`))
    })
  group
    .command('refused <id> <file>')
    .description(
      text(
        '把读取之后被拒收的事实与值及原因写入 NDJSON 文件（含个人数据明文）',
        'write the facts and values set aside after reading, with their reasons, to an NDJSON file (personal data are readable)',
      ),
    )
    .action(async (id: string, file: string) => {
      const answer = await cli.client().stream(contract.exportRefusedFacts, { params: { id } })
      const bytes = await writeTo(file, answer.body)
      terminal.err(text(`已写入 ${file}（${bytes} 字节）`, `wrote ${file} (${bytes} bytes)`))
    })
}

function show(cli: Cli, report: contract.ImportReport): void {
  if (cli.options().json) cli.terminal.out(JSON.stringify(report, null, 2))
  else printImport(cli, report)
}

/** Sends a file whole. @throws AppError COMMAND_INVALID when it is not there */
export async function upload(client: Client, file: string): Promise<contract.StoredFile> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new AppError('COMMAND_INVALID', { words: { reason: `${file}: no such file` } })
  }
  return client.call(contract.uploadFile, {
    query: { name: basename(file) },
    bodyStream: {
      contentType: 'application/octet-stream',
      body: createReadStream(file),
      contentLength: statSync(file).size,
    },
  })
}

/** What the options say about reading a file. */
export function readingOf(options: Partial<ImportOptions>): Record<string, string | boolean> {
  const reading: Record<string, string | boolean> = {}
  if (options.encoding !== undefined) reading.encoding = options.encoding
  if (options.delimiter !== undefined) reading.delimiter = options.delimiter.replace('\\t', '\t')
  if (options.sheet !== undefined) reading.sheet = options.sheet
  if (options.header === false) reading.header = false
  return reading
}

/** A saved mapping by its id, or a document; options about the file win over what it says. */
async function mappingOf(
  client: Client,
  word: string,
  reading: Record<string, string | boolean>,
): Promise<string | contract.SavedMapping['mapping']> {
  const fromFile = isDocumentFile(word)
  if (!fromFile && Object.keys(reading).length === 0) return word
  const document = (
    fromFile ? readDocument(word) : (await client.call(contract.showMapping, { params: { id: word } })).mapping
  ) as contract.SavedMapping['mapping']
  if (Object.keys(reading).length === 0) return document
  return { ...document, file: { ...(document.file as Record<string, never> | undefined), ...reading } }
}
