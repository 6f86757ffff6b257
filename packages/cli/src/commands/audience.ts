import * as contract from '@tagtree/core/contract/audience'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands, Cli } from '../cli.js'
import { readDocument } from '../read-document.js'
import { readAsOf, readKnownAt } from '../read-option.js'
import { printRows } from '../terminal.js'

type Audience = ReturnType<typeof audienceOf>

/** tagtree audience overlap | combine | sample. */
export const addAudienceCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program
    .command('audience')
    .description(text('人群之间：交叠、组合、抽样', 'audiences beside each other: overlap, combine, sample'))
  const named = text(
    '人群写作 segments/编号、lists/编号、tags/编号 或 tags/编号=取值',
    'an audience is segments/id, lists/id, tags/id or tags/id=value',
  )

  group
    .command('overlap <audiences...>')
    .description(`${text('2 至 6 个人群的交叠', 'how 2 to 6 audiences overlap')}；${named}`)
    .action(async (audiences: string[]) => {
      const overlap = await cli
        .client()
        .call(contract.overlapAudiences, { body: { audiences: audiences.map(audienceOf) } })
      if (cli.options().json) return terminal.out(JSON.stringify(overlap, null, 2))
      type Row = (typeof overlap.combinations)[number]
      const columns = [
        { title: text('仅在', 'only in'), value: (row: Row) => row.in.map((at) => audiences[at]).join(' + ') },
        { title: text('人数', 'people'), value: (row: Row) => row.people, right: true },
      ]
      printRows(terminal, false, columns, overlap.combinations)
    })
  group
    .command('combine <how> <id> <audiences...>')
    .description(
      `${text('把并集、交集、差集保存为人群', 'save a union, an intersection or a difference as a segment')}；${named}`,
    )
    .option('--name <name>', text('人群名称', 'name of the segment'))
    .action(async (how: string, id: string, audiences: string[], options: { name?: string }) => {
      if (how !== 'union' && how !== 'intersection' && how !== 'difference') {
        throw new AppError('COMMAND_INVALID', { words: { reason: `${how}: union | intersection | difference` } })
      }
      const saved = await cli.client().call(contract.combineAudiences, {
        body: { id, name: options.name ?? id, how, audiences: audiences.map(audienceOf) },
        idempotencyKey: crypto.randomUUID(),
      })
      if (cli.options().json) return terminal.out(JSON.stringify(saved, null, 2))
      terminal.err(text(`已保存 ${id}（更改 ${saved.changeNo}）`, `saved ${id} (change ${saved.changeNo})`))
    })
  group
    .command('sample <audience>')
    .description(`${text('可重复的随机抽样或分层抽样', 'a repeatable random or stratified sample')}；${named}`)
    .requiredOption('--seed <seed>', text('种子：相同种子抽到相同的人', 'the same seed draws the same people'))
    .option('--n <n>', text('人数（分层时为每层人数）', 'so many, of each stratum'))
    .option('--share <share>', text('比例，如 0.1', 'a share, as 0.1'))
    .option('--per <value>', text('分层：attr:键 或 tag:编号', 'strata: attr:key or tag:id'))
    .option('--save <list>', text('保存为名单', 'keep them as a list'))
    .action(
      async (audience: string, options: { seed: string; n?: string; share?: string; per?: string; save?: string }) => {
        const sample = await cli.client().call(contract.sampleAudience, {
          body: {
            audience: audienceOf(audience),
            seed: options.seed,
            size:
              options.share === undefined
                ? { n: numberOf('--n', options.n ?? '100') }
                : { share: numberOf('--share', options.share) },
            ...(options.per === undefined ? {} : { per: namedValue(options.per) }),
            ...(options.save === undefined ? {} : { saveAs: { id: options.save, name: options.save } }),
          },
          idempotencyKey: crypto.randomUUID(),
        })
        if (cli.options().json) return terminal.out(JSON.stringify(sample, null, 2))
        terminal.out(
          text(`从 ${sample.people} 人中抽取 ${sample.drawn} 人`, `drew ${sample.drawn} of ${sample.people} people`),
        )
        for (const { value, people, drawn } of sample.strata) terminal.out(`  ${value}: ${drawn} / ${people}`)
      },
    )
  addMeasure(program, cli)
}

interface MeasureOptions {
  metric?: string[]
  get: string
  by?: string
  of?: string
  subject?: string
  asOf?: string
  knownAt?: string
}

function addMeasure(program: Parameters<AddCommands>[0], cli: Cli): void {
  const { terminal, text } = cli
  program
    .command('measure [file]')
    .description(
      text(
        '对人群求值的人数、合计、平均、分位数等；文件为请求（JSON 或 YAML），或用选项给出指标',
        'figures over a population: the request as a JSON or YAML file, or metrics by options',
      ),
    )
    .option('--metric <id...>', text('指标', 'metrics'))
    .option('--get <figure>', 'count | sum | avg | min | max | median | distinct | share | 0.9', 'sum')
    .option('--by <value>', text('分组：attr:键 或 tag:编号', 'divided by attr:key or tag:id'))
    .option('--of <audience>', text('人群：segments/编号 等', 'over segments/id, lists/id, tags/id=value'))
    .option('--subject <kind>', text('主体类型', 'kind of subject'))
    .option('--as-of <instant>', text('截至时刻', 'as of'))
    .option('--known-at <instant>', text('按当时已知的数据与身份', 'with what was known then'))
    .action(async (file: string | undefined, options: MeasureOptions) => {
      const given = file === undefined ? { values: metricsOf(options) } : readDocument(file)
      const measured = await cli.client().call(contract.measurePopulation, {
        body: {
          ...given,
          ...(options.by === undefined ? {} : { by: { value: namedValue(options.by) } }),
          ...(options.of === undefined ? {} : { audience: audienceOf(options.of) }),
          ...(options.subject === undefined ? {} : { subject: options.subject }),
          ...readAsOf(options.asOf),
          ...readKnownAt(options.knownAt),
        } as never,
      })
      if (cli.options().json) return terminal.out(JSON.stringify(measured, null, 2))
      type Row = (typeof measured.groups)[number]
      const width = measured.groups[0]?.values.length ?? 0
      const columns = [
        { title: text('组', 'group'), value: (row: Row) => row.key ?? '—' },
        { title: text('人数', 'people'), value: (row: Row) => row.people, right: true },
        ...Array.from({ length: width }, (_, at) => ({
          title: options.metric?.[at] ?? `${at + 1}`,
          value: (row: Row) => row.values[at] ?? '—',
          right: true,
        })),
      ]
      printRows(terminal, false, columns, measured.groups)
      if (measured.isCut) terminal.err(text('还有更多组', 'there are more groups'))
    })
}

function metricsOf({ metric, get }: MeasureOptions) {
  const share = Number(get)
  const figure = Number.isNaN(share) ? get : { quantile: share }
  if (metric !== undefined) return metric.map((id) => ({ value: { metric: id }, get: figure }))
  throw new AppError('COMMAND_INVALID', { words: { reason: 'measure <file> | --metric <id>' } })
}

function audienceOf(word: string): { kind: 'segments' | 'lists' | 'tags'; id: string; value?: string } {
  const [, kind, id, value] = /^(segments|lists|tags)\/([^=]+)(?:=(.*))?$/.exec(word) ?? []
  if (kind !== undefined && id !== undefined) {
    return { kind: kind as Audience['kind'], id, ...(value === undefined ? {} : { value }) }
  }
  throw new AppError('COMMAND_INVALID', { words: { reason: `${word}: segments/id | lists/id | tags/id=value` } })
}

function namedValue(word: string): Record<string, string> {
  const [, head, name] = /^(attr|tag|metric):(.+)$/.exec(word) ?? []
  if (head !== undefined && name !== undefined) return { [head]: name }
  throw new AppError('COMMAND_INVALID', { words: { reason: `${word}: attr:key | tag:id` } })
}

function numberOf(option: string, text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  throw new AppError('COMMAND_INVALID', { words: { reason: `${option} ${text}` } })
}
