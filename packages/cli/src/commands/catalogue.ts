import { treeText } from '@tagtree/core/catalog/tree-text'
import * as contract from '@tagtree/core/contract/catalogue'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { parseDocument, readDocument } from '../read-document.js'
import { readAsOf, readKnownAt, readPosition } from '../read-option.js'
import { printRows, readStandardInput } from '../terminal.js'

/** tagtree tree, category …, definition …: the tag catalogue 标签目录. */
export const addCatalogueCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const changed = (change: { changeNo: string }) =>
    terminal.err(text(`已完成（更改 ${change.changeNo}，可撤销）`, `done (change ${change.changeNo}, can be undone)`))

  program
    .command('tree')
    .description(text('打印标签目录及人数', 'print the tag catalogue with its people'))
    .action(async () => {
      const outline = await cli.client().call(contract.showCatalogue)
      terminal.out(cli.options().json ? JSON.stringify(outline, null, 2) : treeText(outline, terminal.language))
    })

  const category = program.command('category').description(text('目录', 'categories'))
  category
    .command('create <id> <name>')
    .description(text('新建目录', 'create a category'))
    .option('--parent <id>', text('上级目录', 'parent category'))
    .option('--theme <theme>', text('主题，例如 价值分层', 'theme'))
    .action(async (id: string, name: string, options: { parent?: string; theme?: string }) =>
      changed(
        await cli.client().call(contract.createCategory, {
          body: { id, name, parentId: options.parent ?? null, theme: options.theme ?? null },
          idempotencyKey: crypto.randomUUID(),
        }),
      ),
    )
  category
    .command('rename <id> <name>')
    .description(text('重命名目录', 'rename a category'))
    .action(async (id: string, name: string) =>
      changed(await cli.client().call(contract.editCategory, { params: { id }, body: { name } })),
    )
  category
    .command('move <id>')
    .description(text('移动目录', 'move a category'))
    .option('--parent <id>', text('新的上级目录；不写则为一级', 'new parent; without it the first level'))
    .option('--position <n>', text('在同级中的位置，从 0 起', 'place among its siblings, from 0'))
    .action(async (id: string, options: { parent?: string; position?: string }) =>
      changed(
        await cli.client().call(contract.moveCategory, {
          params: { id },
          body: { parentId: options.parent ?? null, position: readPosition(options.position) },
        }),
      ),
    )
  for (const [verb, state, zh, en] of states) {
    category
      .command(`${verb} <id>`)
      .description(text(zh, en))
      .action(async (id: string) =>
        changed(await cli.client().call(contract.setCategoryState, { params: { id }, body: { state } })),
      )
  }

  const definition = program.command('definition').description(text('标签、人群、指标的定义', 'definitions'))
  definition
    .command('list')
    .description(text('列出定义', 'list definitions'))
    .option('--kind <kind>', 'tag | segment | metric | list')
    .action(async (options: { kind?: 'tag' | 'segment' | 'metric' | 'list' }) => {
      const { items } = await cli
        .client()
        .call(contract.listDefinitions, { query: options.kind === undefined ? {} : { kind: options.kind } })
      const columns = [
        { title: text('标识', 'id'), value: (row: (typeof items)[number]) => row.id },
        { title: text('类型', 'kind'), value: (row: (typeof items)[number]) => row.kind },
        { title: text('版本', 'version'), value: (row: (typeof items)[number]) => row.version, right: true },
        { title: text('含义', 'meaning'), value: (row: (typeof items)[number]) => row.sentence[terminal.language] },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  definition
    .command('show <id>')
    .description(text('查看定义', 'show a definition'))
    .action(async (id: string) => {
      const found = await cli.client().call(contract.showDefinition, { params: { id } })
      if (!cli.options().json) terminal.err(found.sentence[terminal.language])
      terminal.out(JSON.stringify(found.document, null, 2))
    })
  definition
    .command('save <file>')
    .description(
      text('从 JSON 或 YAML 文件保存定义（- 为标准输入）', 'save a definition from a JSON or YAML file (- is stdin)'),
    )
    .option('--category <id>', text('放入此目录', 'put it into this category'))
    .option('--draft', text('只保存草稿，不发布', 'keep it as a draft'))
    .action(async (file: string, options: { category?: string; draft?: boolean }) => {
      const document = await documentOf(file)
      const saved = await cli.client().call(contract.saveDefinition, {
        params: { id: String(document.id ?? '') },
        body: {
          document,
          publish: options.draft !== true,
          ...(options.category === undefined ? {} : { categoryId: options.category }),
        },
      })
      for (const warning of saved.warnings) terminal.err(`${warning.pointer}: ${warning.message}`)
      changed(saved)
    })
  definition
    .command('check <file>')
    .description(text('检查定义并读成一句话', 'check a definition and say it as a sentence'))
    .action(async (file: string) => {
      const document = await documentOf(file)
      const checked = await cli.client().call(contract.checkDefinition, { body: { document } })
      for (const warning of checked.warnings) terminal.err(`${warning.pointer}: ${warning.message}`)
      if (cli.options().json) return terminal.out(JSON.stringify(checked, null, 2))
      terminal.out(checked.sentence[terminal.language])
      for (const { id, since } of checked.histories) {
        const begins = since ?? text('尚无', 'nothing yet')
        terminal.err(
          text(
            `${id} 的历史始于 ${begins}；可用 tag backfill 补算`,
            `the history of ${id} begins ${begins}; tag backfill computes more`,
          ),
        )
      }
      const { estimate } = checked
      if (estimate === null) return
      const mebibytes = Math.ceil(estimate.bytes / 1_048_576)
      terminal.err(
        text(
          `每次运行约读取 ${estimate.rows} 行、${mebibytes} MiB，约 ${estimate.ms} 毫秒`,
          `a run reads about ${estimate.rows} rows, ${mebibytes} MiB, in about ${estimate.ms} ms`,
        ),
      )
    })
  definition
    .command('preview <file>')
    .description(text('试算：各值人数，不保存', 'compute without saving: people per value'))
    .option('--as-of <instant>', text('截至时刻，例如 2026-01-31T00:00:00Z', 'as of, such as 2026-01-31T00:00:00Z'))
    .option('--known-at <instant>', text('按当时已知的数据与身份', 'with what was known then'))
    .action(async (file: string, options: { asOf?: string; knownAt?: string }) => {
      const document = await documentOf(file)
      const moment = { ...readAsOf(options.asOf), ...readKnownAt(options.knownAt) }
      const preview = await cli.client().call(contract.previewDefinition, { body: { document, ...moment } })
      if (cli.options().json) return terminal.out(JSON.stringify(preview, null, 2))
      for (const fit of preview.fits) terminal.err(`${fit.path}: ${fit.cuts.join(' | ')}`)
      printRows(terminal, false, valueColumns(text), preview.values)
      if (preview.given !== null) printGiven(cli, preview.given)
      terminal.err(
        text(
          `共 ${preview.population} 人，无值 ${preview.blank} 人，读取 ${preview.cost.rows} 行，${Math.round(preview.cost.ms)} 毫秒`,
          `${preview.population} in all, ${preview.blank} without a value, ${preview.cost.rows} rows read, ${Math.round(preview.cost.ms)} ms`,
        ),
      )
    })
  for (const [verb, state, zh, en] of states) {
    definition
      .command(`${verb} <id>`)
      .description(text(zh, en))
      .action(async (id: string) =>
        changed(await cli.client().call(contract.setDefinitionState, { params: { id }, body: { state } })),
      )
  }
  definition
    .command('move <id>')
    .description(text('移到目录', 'move to a category'))
    .option('--category <id>', text('目录；不写则移出', 'category; without it, out of any'))
    .option('--position <n>', text('在目录中的位置，从 0 起', 'place in the category, from 0'))
    .action(async (id: string, options: { category?: string; position?: string }) =>
      changed(
        await cli.client().call(contract.moveDefinition, {
          params: { id },
          body: { categoryId: options.category ?? null, position: readPosition(options.position) },
        }),
      ),
    )
  definition
    .command('copy <id> <newId> <name>')
    .description(text('复制为新的定义', 'copy under a new id and name'))
    .action(async (id: string, newId: string, name: string) =>
      changed(
        await cli.client().call(contract.copyDefinition, {
          params: { id },
          body: { id: newId, name },
          idempotencyKey: crypto.randomUUID(),
        }),
      ),
    )
  definition
    .command('uses <id>')
    .description(text('被哪些定义使用', 'what uses it'))
    .action(async (id: string) => {
      const { items } = await cli.client().call(contract.listUses, { params: { id } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('标识', 'id'), value: (row: Row) => row.id },
        { title: text('类型', 'kind'), value: (row: Row) => row.kind },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  definition
    .command('versions <id>')
    .description(text('全部版本，最新的在前', 'all versions, newest first'))
    .action(async (id: string) => {
      const { items } = await cli.client().call(contract.listVersions, { params: { id } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('版本', 'version'), value: (row: Row) => row.version, right: true },
        { title: text('时间', 'at'), value: (row: Row) => row.createdAt },
        { title: text('含义', 'meaning'), value: (row: Row) => row.sentence[terminal.language] },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  definition
    .command('rename <id> <name>')
    .description(text('重命名', 'rename'))
    .action(async (id: string, name: string) =>
      changed(await cli.client().call(contract.renameDefinition, { params: { id }, body: { name } })),
    )

  program
    .command('changes')
    .description(text('目录与定义的更改历史', 'what was changed in the catalogue, newest first'))
    .action(async () => {
      const { items } = await cli.client().call(contract.listCatalogueChanges, { query: { limit: 50 } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('更改', 'change'), value: (row: Row) => row.changeNo, right: true },
        { title: text('时间', 'at'), value: (row: Row) => row.at },
        { title: text('动作', 'what'), value: ({ summary }: Row) => `${summary.verb} ${summary.what}` },
        { title: text('标识', 'id'), value: ({ summary }: Row) => summary.id },
        { title: text('已被撤销', 'undone by'), value: (row: Row) => row.undoneBy },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  program
    .command('undo [change]')
    .description(text('撤销一次目录更改，默认最近一次', 'undo a change of the catalogue, by default the last one'))
    .action(async (change: string | undefined) => {
      const client = cli.client()
      const changeNo = change ?? (await lastChange())
      changed(await client.call(contract.undoCatalogueChange, { params: { changeNo } }))

      async function lastChange(): Promise<string> {
        const { items } = await client.call(contract.listCatalogueChanges, { query: { limit: 100 } })
        const last = items.find((item) => item.undoneBy === null && item.summary.verb !== 'undo')
        if (!last) throw new AppError('NOT_FOUND', { words: { what: { zh: '可撤销的更改', en: 'change' }, name: '' } })
        return last.changeNo
      }
    })
}

const states = [
  ['archive', 'archived', '归档', 'archive'],
  ['restore', 'live', '恢复', 'restore'],
  ['delete', 'deleted', '删除（仍被使用时拒绝）', 'delete (refused while it is used)'],
] as const

/** Columns of people per value, used wherever a distribution is printed. */
export function valueColumns(text: (zh: string, en: string) => string) {
  return [
    { title: text('值', 'value'), value: (row: { code: string; people: number }) => row.code },
    { title: text('人数', 'people'), value: (row: { code: string; people: number }) => row.people, right: true },
  ]
}

type Given = NonNullable<(typeof contract.previewDefinition)['response']['_output']['given']>

/** The first customers of a SQL tag, and whom its statement named in vain. */
function printGiven({ terminal, text }: Parameters<AddCommands>[1], given: Given): void {
  const columns = [
    { title: text('客户', 'profile'), value: (row: Given['first'][number]) => row.profileId, right: true },
    { title: text('值', 'value'), value: (row: Given['first'][number]) => row.value },
  ]
  printRows(terminal, false, columns, given.first)
  terminal.err(
    text(
      `SQL 给出 ${given.rows} 行，其中 ${given.strangers} 位不在范围内，${given.unlisted} 位的值未列出`,
      `the statement gave ${given.rows} rows: ${given.strangers} profiles the tag is not about, ${given.unlisted} with a value that is not listed`,
    ),
  )
}

/** From a file, or from what is piped into the command. */
async function documentOf(file: string): Promise<Record<string, unknown>> {
  return file === '-' ? parseDocument(await readStandardInput(), '-') : readDocument(file)
}
