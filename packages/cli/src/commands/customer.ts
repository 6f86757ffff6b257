import { findSubjects, getSubject, listEvidence, listTimeline } from '@tagtree/core/contract/subject'
import { listSubjectTags } from '@tagtree/core/contract/subject-tags'
import type { AddCommands } from '../cli.js'
import { printRows } from '../terminal.js'
import { addWhyCommand } from './why.js'

/** tagtree customer find | show | timeline | evidence | why. */
export const addCustomerCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program.command('customer').description(text('客户档案', 'one customer'))

  group
    .command('find <identity>')
    .description(text('按手机号、会员号、邮箱等查找', 'find by phone, member number, e-mail …'))
    .option('--kind <kind>', text('只找这一种身份', 'only this kind of identity'))
    .action(async (value: string, options: { kind?: string }) => {
      const { items } = await cli
        .client()
        .call(findSubjects, { body: { value, ...(options.kind === undefined ? {} : { kind: options.kind }) } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('档案', 'profile'), value: (row: Row) => row.profileId, right: true },
        { title: text('身份', 'identity'), value: (row: Row) => row.kind },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  group
    .command('show <profile>')
    .description(text('身份、属性与标签（含起始时间）', 'identities, attributes and tags with their since-when'))
    .action(async (profile: string) => {
      const params = { id: Number(profile) }
      const client = cli.client()
      const [subject, tags] = await Promise.all([
        client.call(getSubject, { params }),
        client.call(listSubjectTags, { params }),
      ])
      if (cli.options().json) return terminal.out(JSON.stringify({ ...subject, tags: tags.items }, null, 2))
      const lines = [
        ...subject.identities.map((one) => ({
          part: text('身份', 'identity'),
          name: one.kind,
          value: one.value,
          since: one.firstSeen,
        })),
        ...Object.entries(subject.attributes).map(([name, value]) => ({
          part: text('属性', 'attribute'),
          name,
          value: typeof value === 'string' ? value : JSON.stringify(value),
          since: null,
        })),
        ...tags.items.flatMap((tag) =>
          tag.values.map((value) => ({
            part: text('标签', 'tag'),
            name: typeof tag.name === 'string' ? tag.name : (tag.name[terminal.language] ?? tag.name.zh),
            value: value.code,
            since: value.since,
          })),
        ),
      ]
      type Row = (typeof lines)[number]
      printRows(
        terminal,
        false,
        [
          { title: '', value: (row: Row) => row.part },
          { title: text('名称', 'name'), value: (row: Row) => row.name },
          { title: text('值', 'value'), value: (row: Row) => row.value },
          { title: text('自', 'since'), value: (row: Row) => row.since },
        ],
        lines,
      )
    })
  group
    .command('timeline <profile>')
    .description(text('行为时间线，最新在前', 'what happened, newest first'))
    .option('--limit <n>', text('最多多少条', 'at most so many'), '20')
    .action(async (profile: string, options: { limit: string }) => {
      const { items } = await cli
        .client()
        .call(listTimeline, { params: { id: Number(profile) }, query: { limit: Number(options.limit) } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('时间', 'at'), value: (row: Row) => row.at },
        { title: text('行为', 'event'), value: (row: Row) => row.event },
        {
          title: text('内容', 'properties'),
          value: (row: Row) =>
            Object.entries(row.properties)
              .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
              .join(' '),
        },
        { title: text('明细行', 'lines'), value: (row: Row) => row.items.length, right: true },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  group
    .command('evidence <profile>')
    .description(text('身份合并的依据', 'why its identities are one'))
    .action(async (profile: string) => {
      const { items } = await cli.client().call(listEvidence, { params: { id: Number(profile) } })
      type Row = (typeof items)[number]
      const columns = [
        { title: text('甲', 'one'), value: (row: Row) => `${row.a.kind}=${row.a.value}` },
        { title: text('乙', 'other'), value: (row: Row) => `${row.b.kind}=${row.b.value}` },
        { title: text('得知于', 'known'), value: (row: Row) => row.knownAt },
        { title: text('结果', 'outcome'), value: (row: Row) => row.refused?.message ?? text('已合并', 'united') },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  addWhyCommand(group, cli)
}
