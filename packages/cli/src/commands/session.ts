import { ApiError } from '@tagtree/core/contract/client'
import { login, logout, showMe } from '@tagtree/core/contract/govern'
import type { AddCommands, Cli } from '../cli.js'
import { connect, findTarget, readRemembered, remember } from '../connection.js'

/** tagtree login, logout, status. */
export const addSessionCommands: AddCommands = (program, cli) => {
  const { text } = cli
  program
    .command('login [address]')
    .description(text('登录一台服务器（默认为本机运行的）', 'sign in to a server (default: the one running here)'))
    .option('-u, --user <name>', text('用户名', 'name'), 'admin')
    .action((address: string | undefined, { user }: { user: string }) => signIn(cli, address, user))
  program
    .command('logout')
    .description(text('退出登录', 'sign out'))
    .action(async () => {
      const kept = readRemembered(cli.config)
      if (kept.login) {
        const client = connect({ ...kept.login, workspace: undefined, from: 'login' }, cli.terminal.language)
        await client.call(logout).catch((error: unknown) => {
          // Already gone on the server.
          if (!(error instanceof ApiError && error.status === 401)) throw error
        })
      }
      remember(cli.config, { login: undefined, workspace: kept.workspace })
      cli.terminal.err(text('已退出', 'signed out'))
    })
  program
    .command('status')
    .description(text('服务器、引擎与我的身份', 'the server, its engines and who I am'))
    .action(() => status(cli))
}

async function signIn(cli: Cli, address: string | undefined, user: string): Promise<void> {
  const { terminal, text } = cli
  const options = cli.options()
  const target = findTarget(cli.config, { ...options, server: address ?? options.server })
  const password = await terminal.ask(text(`${user} 的密码：`, `password of ${user}: `), { hidden: true })
  const client = connect({ ...target, token: undefined, workspace: undefined }, terminal.language)
  const session = await client.call(login, { body: { name: user, password } })
  remember(cli.config, { login: { address: target.address, token: session.token }, workspace: undefined })
  terminal.err(
    text(
      `已登录 ${target.address}，用户 ${session.user.name}`,
      `signed in to ${target.address} as ${session.user.name}`,
    ),
  )
}

async function status(cli: Cli): Promise<void> {
  const { terminal, text } = cli
  const target = cli.target()
  const client = cli.client()
  const health = JSON.parse((await client.raw('GET', '/health')).text) as { version: string }
  const engines = JSON.parse((await client.raw('GET', '/ready')).text) as { postgres: string; clickhouse: string }
  const me = await client.call(showMe)
  const workspace = target.workspace ?? (me.workspaces.length === 1 ? me.workspaces[0]!.slug : null)
  if (cli.options().json) {
    terminal.out(
      JSON.stringify({ address: target.address, version: health.version, ...engines, me, workspace }, null, 2),
    )
    return
  }
  const lines: [string, string][] = [
    [text('服务器', 'server'), `${target.address} (${health.version})`],
    ['PostgreSQL', engines.postgres],
    ['ClickHouse', engines.clickhouse],
    [text('身份', 'signed in as'), `${me.name}${me.kind === 'key' ? text('（API 密钥）', ' (API key)') : ''}`],
    [
      text('工作区', 'workspaces'),
      me.workspaces.map(({ slug }) => (slug === workspace ? `${slug} *` : slug)).join(', ') || '–',
    ],
  ]
  for (const [name, value] of lines) terminal.out(`${name}: ${value}`)
}
