import type { FilePreview, ImportReport } from '@tagtree/core/contract/import'
import type { Cli } from './cli.js'
import { printRows } from './terminal.js'

/** Prints the closing report of an import, or what a dry run found. */
export function printImport(cli: Cli, report: ImportReport): void {
  const { terminal, text } = cli
  const { rows, result } = report
  const states: Readonly<Record<ImportReport['state'], string>> = {
    running: text('进行中', 'running'),
    done: report.dryRun ? text('试运行完成', 'dry run done') : text('完成', 'done'),
    canceled: text('已取消', 'canceled'),
    failed: text('失败', 'failed'),
    undoing: text('撤销中', 'being undone'),
    undone: text('已撤销', 'undone'),
  }
  terminal.out(
    text(
      `导入 ${report.id} ${report.file.name}：${states[report.state]}`,
      `import ${report.id} of ${report.file.name}: ${states[report.state]}`,
    ),
  )
  const orders =
    report.orders > 0 ? text(`，合并为 ${report.orders} 单`, `, put together to ${report.orders} orders`) : ''
  const repeated = rows.repeated > 0 ? text(`，重复明细 ${rows.repeated}`, `, ${rows.repeated} repeated lines`) : ''
  terminal.out(
    text(
      `读取 ${rows.read} 行，拒绝 ${rows.rejected} 行${repeated}${orders}`,
      `${rows.read} rows read, ${rows.rejected} rejected${repeated}${orders}`,
    ),
  )
  if (report.trial === null) {
    terminal.out(
      text(
        `新增 ${result.created}，更新 ${result.updated}，重复 ${result.duplicate}，入库拒绝 ${result.rejected}；新档案 ${result.profiles}，合并 ${result.merged}`,
        `created ${result.created}, updated ${result.updated}, duplicate ${result.duplicate}, refused ${result.rejected}; new profiles ${result.profiles}, merged ${result.merged}`,
      ),
    )
  } else {
    const facts = Object.entries(report.trial.facts).map(([name, count]) => `${name} ${count}`)
    terminal.out(text(`将产生：${facts.join('，') || '无'}`, `would bring: ${facts.join(', ') || 'nothing'}`))
    terminal.out(text(`其中已知 ${report.trial.known}`, `of them known already: ${report.trial.known}`))
  }
  for (const reason of report.reasons) terminal.out(`  ${reason.count} × ${reason.text}`)
  for (const row of report.trial?.rejectedRows.slice(0, 10) ?? []) {
    const why = row.reasons.map((reason) => reason.text).join(' ')
    terminal.out(text(`  第 ${row.row} 行：${why}`, `  row ${row.row}: ${why}`))
  }
  if (rows.rejected > 0) {
    terminal.err(
      text(
        `下载被拒绝的行：tagtree imports rejected ${report.id} rejected.csv`,
        `to get the rejected rows: tagtree imports rejected ${report.id} rejected.csv`,
      ),
    )
  }
}

/** Prints what a file holds and how to go on. */
export function printPreview(cli: Cli, preview: FilePreview, file: string): void {
  const { terminal, text } = cli
  const parts = [preview.format, preview.encoding, preview.sheet, preview.gzip ? 'gzip' : null].filter(
    (part) => part !== null,
  )
  terminal.err(`${file}: ${parts.join(', ')}`)
  type Column = FilePreview['columns'][number]
  printRows(
    terminal,
    false,
    [
      { title: text('列', 'column'), value: (column: Column) => column.name },
      {
        title: text('类型', 'type'),
        value: (column: Column) => (column.format ? `${column.type} ${column.format}` : column.type),
      },
      {
        title: text('样例', 'samples'),
        value: (column: Column) => column.samples.slice(0, 3).join(' | ').slice(0, 60),
      },
      { title: text('说明', 'taken for'), value: (column: Column) => column.explanation },
    ],
    preview.columns,
  )
  terminal.err(
    preview.suggestion === null
      ? text('没有列能说明各行关于谁；请编写映射', 'no column says whom the rows are about; write a mapping')
      : text(
          `写出建议的映射：tagtree mapping suggest ${file} mapping.json；核对后导入：tagtree import ${file} --mapping mapping.json`,
          `to write the suggested mapping: tagtree mapping suggest ${file} mapping.json; look it over, then: tagtree import ${file} --mapping mapping.json`,
        ),
  )
}
