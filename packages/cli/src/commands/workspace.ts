import { createWorkspace, listWorkspaces, showWorkspace, updateWorkspace } from '@tagtree/core/contract/govern'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { readRemembered, remember } from '../connection.js'
import { printRows } from '../terminal.js'

/** tagtree workspace list | create | use | show | update. */
export const addWorkspaceCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program.command('workspace').description(text('工作区', 'workspaces'))
  const columns = [
    { title: text('标识', 'slug'), value: (row: Row) => row.slug },
    { title: text('名称', 'name'), value: (row: Row) => row.name },
    { title: text('时区', 'time zone'), value: (row: Row) => row.timeZone },
    { title: text('货币', 'currency'), value: (row: Row) => row.currency },
    { title: text('状态', 'state'), value: (row: Row) => row.state },
  ]
  interface Row {
    slug: string
    name: string
    timeZone: string
    currency: string
    state: string
  }
  const print = (rows: readonly Row[]) => printRows(terminal, cli.options().json, columns, rows)

  group
    .command('list')
    .description(text('列出我能进入的工作区', 'list the workspaces I may enter'))
    .action(async () => print((await cli.client().call(listWorkspaces)).items))
  group
    .command('create <slug>')
    .description(text('新建工作区并开始使用', 'create a workspace and use it'))
    .requiredOption('--time-zone <zone>', text('IANA 时区，例如 Asia/Shanghai', 'IANA time zone such as Asia/Shanghai'))
    .requiredOption('--currency <code>', text('本位币，例如 CNY', 'base currency such as CNY'))
    .option('--name <name>', text('显示名称', 'shown name'))
    .option('--language <language>', 'zh | en', terminal.language)
    .action(async (slug: string, options: { timeZone: string; currency: string; name?: string; language: string }) => {
      const { timeZone, currency, name } = options
      const language = options.language === 'en' ? 'en' : 'zh'
      const made = await cli.client().call(createWorkspace, {
        body: { slug, timeZone, currency, language, ...(name === undefined ? {} : { name }) },
        idempotencyKey: crypto.randomUUID(),
      })
      remember(cli.config, { ...readRemembered(cli.config), workspace: slug, login: readRemembered(cli.config).login })
      print([made])
    })
  group
    .command('use <slug>')
    .description(text('以后的命令都用此工作区', 'use this workspace from now on'))
    .action(async (slug: string) => {
      const { items } = await cli.client().call(listWorkspaces)
      if (!items.some((workspace) => workspace.slug === slug)) {
        throw new AppError('NOT_FOUND', { words: { what: { zh: '工作区', en: 'workspace' }, name: slug } })
      }
      remember(cli.config, { login: readRemembered(cli.config).login, workspace: slug })
      terminal.err(text(`当前工作区：${slug}`, `using workspace ${slug}`))
    })
  group
    .command('show')
    .description(text('当前工作区', 'the workspace in use'))
    .action(async () => print([await cli.client().call(showWorkspace)]))
  group
    .command('update')
    .description(text('修改当前工作区', 'change the workspace in use'))
    .option('--name <name>', text('显示名称', 'shown name'))
    .option('--time-zone <zone>', text('IANA 时区（仅在没有数据时）', 'IANA time zone (only while it is empty)'))
    .action(async (body: { name?: string; timeZone?: string }) =>
      print([await cli.client().call(updateWorkspace, { body })]),
    )
}
