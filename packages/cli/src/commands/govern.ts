import { ROLES, type Role, SCOPES, type Scope } from '@tagtree/core/contract/endpoint'
import {
  changePassword,
  createKey,
  createUser,
  listKeys,
  listMembers,
  listUsers,
  removeMember,
  revokeKey,
  setMember,
  updateUser,
} from '@tagtree/core/contract/govern'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Command } from 'commander'
import type { AddCommands, Cli } from '../cli.js'
import { printRows } from '../terminal.js'

/** tagtree user …, member …, key …. */
export const addGovernCommands: AddCommands = (program, cli) => {
  addUserCommands(program.command('user').description(cli.text('用户', 'people')), cli)
  addMemberCommands(program.command('member').description(cli.text('工作区成员', 'members of the workspace')), cli)
  addKeyCommands(program.command('key').description(cli.text('API 密钥', 'API keys')), cli)
}

function addUserCommands(group: Command, cli: Cli): void {
  const { terminal, text } = cli
  type Row = { name: string; displayName: string; instanceAdmin: boolean; disabled: boolean }
  const yes = (value: boolean) => (value ? text('是', 'yes') : '–')
  const columns = [
    { title: text('用户名', 'name'), value: (row: Row) => row.name },
    { title: text('显示名', 'shown name'), value: (row: Row) => row.displayName },
    { title: text('系统管理员', 'administrator'), value: (row: Row) => yes(row.instanceAdmin) },
    { title: text('停用', 'disabled'), value: (row: Row) => yes(row.disabled) },
  ]
  const print = (rows: readonly Row[]) => printRows(terminal, cli.options().json, columns, rows)
  const newPassword = (name: string) =>
    terminal.ask(text(`${name} 的新密码：`, `new password of ${name}: `), { hidden: true })
  group
    .command('list')
    .description(text('列出用户', 'list the people'))
    .action(async () => print((await cli.client().call(listUsers)).items))
  group
    .command('create <name>')
    .description(
      text('新建用户（密码从终端或标准输入读取）', 'create a person (the password is asked for or piped in)'),
    )
    .option('--display-name <text>', text('显示名', 'shown name'))
    .option('--administrator', text('可管理整个系统', 'may administer the installation'), false)
    .action(async (name: string, options: { displayName?: string; administrator: boolean }) => {
      const { displayName } = options
      const password = await newPassword(name)
      const body = {
        name,
        password,
        instanceAdmin: options.administrator,
        ...(displayName === undefined ? {} : { displayName }),
      }
      print([await cli.client().call(createUser, { body, idempotencyKey: crypto.randomUUID() })])
    })
  group
    .command('update <name>')
    .description(text('修改用户', 'change a person'))
    .option('--display-name <text>', text('显示名', 'shown name'))
    .option('--password', text('设置新密码', 'set a new password'))
    .option('--disable', text('停用', 'disable'))
    .option('--enable', text('启用', 'enable'))
    .action(async (name: string, options: { displayName?: string; password?: true; disable?: true; enable?: true }) => {
      const body = {
        ...(options.displayName === undefined ? {} : { displayName: options.displayName }),
        ...(options.password ? { password: await newPassword(name) } : {}),
        ...(options.disable || options.enable ? { disabled: options.disable === true } : {}),
      }
      print([await cli.client().call(updateUser, { params: { name }, body })])
    })
  group
    .command('password')
    .description(text('修改自己的密码（先用 tagtree login 登录）', 'change my own password (after tagtree login)'))
    .action(async () => {
      const current = await terminal.ask(text('当前密码：', 'current password: '), { hidden: true })
      const next = await terminal.ask(text('新密码：', 'new password: '), { hidden: true })
      await cli.client().call(changePassword, { body: { current, next } })
      terminal.err(text('密码已修改', 'password changed'))
    })
}

function addMemberCommands(group: Command, cli: Cli): void {
  const { terminal, text } = cli
  type Row = { user: string; displayName: string; role: string }
  const columns = [
    { title: text('用户名', 'name'), value: (row: Row) => row.user },
    { title: text('显示名', 'shown name'), value: (row: Row) => row.displayName },
    { title: text('角色', 'role'), value: (row: Row) => row.role },
  ]
  const print = (rows: readonly Row[]) => printRows(terminal, cli.options().json, columns, rows)
  group
    .command('list')
    .description(text('列出成员', 'list the members'))
    .action(async () => print((await cli.client().call(listMembers)).items))
  group
    .command('set <user> <role>')
    .description(
      text(`加入成员或改变角色：${ROLES.join('、')}`, `add a member or change the role: ${ROLES.join(', ')}`),
    )
    .action(async (user: string, role: string) =>
      print([await cli.client().call(setMember, { params: { user }, body: { role: oneOf(ROLES, role) as Role } })]),
    )
  group
    .command('remove <user>')
    .description(text('移除成员', 'remove a member'))
    .action(async (user: string) => {
      await cli.client().call(removeMember, { params: { user } })
      terminal.err(text(`已移除 ${user}`, `removed ${user}`))
    })
}

function addKeyCommands(group: Command, cli: Cli): void {
  const { terminal, text } = cli
  type Row = { id: number; name: string; prefix: string; scopes: readonly string[]; revokedAt: string | null }
  const columns = [
    { title: text('编号', 'id'), value: (row: Row) => row.id, right: true },
    { title: text('名称', 'name'), value: (row: Row) => row.name },
    { title: text('前缀', 'prefix'), value: (row: Row) => row.prefix },
    { title: text('权限', 'scopes'), value: (row: Row) => row.scopes.join(',') },
    { title: text('吊销于', 'revoked'), value: (row: Row) => row.revokedAt },
  ]
  const print = (rows: readonly Row[]) => printRows(terminal, cli.options().json, columns, rows)
  group
    .command('list')
    .description(text('列出密钥', 'list the keys'))
    .action(async () => print((await cli.client().call(listKeys)).items))
  group
    .command('create <name>')
    .description(text('新建密钥（完整密钥只打印这一次）', 'create a key; the whole key is printed only now'))
    .requiredOption('--scopes <list>', text(`逗号分隔：${SCOPES.join(',')}`, `comma-separated: ${SCOPES.join(',')}`))
    .option('--expires <instant>', text('失效时间（ISO 8601）', 'end of validity (ISO 8601)'))
    .action(async (name: string, options: { scopes: string; expires?: string }) => {
      const scopes = options.scopes.split(',').map((scope) => oneOf(SCOPES, scope.trim()) as Scope)
      const body = { name, scopes, ...(options.expires === undefined ? {} : { expiresAt: options.expires }) }
      const made = await cli.client().call(createKey, { body })
      if (cli.options().json) return terminal.out(JSON.stringify(made, null, 2))
      terminal.err(text('密钥（请立即保存，以后不再显示）：', 'the key (keep it now, it is not shown again):'))
      terminal.out(made.key)
    })
  group
    .command('revoke <id>')
    .description(text('吊销密钥', 'revoke a key'))
    .action(async (id: string) => print([await cli.client().call(revokeKey, { params: { id } })]))
}

/** @throws AppError COMMAND_INVALID */
function oneOf<Value extends string>(values: readonly Value[], given: string): Value {
  const found = values.find((value) => value === given)
  if (found !== undefined) return found
  const list = values.join(', ')
  throw new AppError('COMMAND_INVALID', {
    words: { reason: { en: `"${given}" is none of ${list}`, zh: `“${given}”不在 ${list} 之中` } },
  })
}
