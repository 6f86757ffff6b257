import type { ResponseOf } from '@tagtree/core/contract/endpoint'
import { type ExplainedPart, explainSubject } from '@tagtree/core/contract/explain'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { readAsOf } from '../read-option.js'

type Explanation = ResponseOf<typeof explainSubject>

/** Events shown of one group. */
const MOST_SHOWN = 5

/** tagtree customer why: the path, what decided, since when, and what would change it. */
export function addWhyCommand(group: Command, cli: Cli): void {
  const { terminal, text } = cli
  group
    .command('why <profile> <definition>')
    .description(
      text('为何有此标签值，自何时起，怎样会改变', 'why a value is as it is, since when, and what would change it'),
    )
    .option('--as-of <instant>', text('截至时刻（ISO 时间）', 'as of this moment (ISO time)'))
    .action(async (profile: string, definition: string, options: { asOf?: string }) => {
      const found = await cli.client().call(explainSubject, {
        params: { id: Number(profile) },
        query: { definition, ...readAsOf(options.asOf) },
      })
      if (cli.options().json) terminal.out(JSON.stringify(found, null, 2))
      else for (const line of explanationLines(found, text)) terminal.out(line)
    })
}

type Pick = Cli['text']

/** The explanation as lines of text. */
export function explanationLines(found: Explanation, text: Pick): string[] {
  return [
    `${found.name}: ${found.valueText}`,
    `  ${found.sentence}`,
    '',
    text('依据', 'Because'),
    ...found.path.parts.flatMap((part) => partLines(part, 1, text)),
    ...(found.path.missing === undefined ? [] : [`  ${found.path.missing}`]),
    '',
    ...decidingLines(found, text),
    sinceLine(found, text),
    '',
    ...changeLines(found, text),
    ...noteLines(found, text),
  ]
}

function partLines(part: ExplainedPart, depth: number, text: Pick): string[] {
  const sign = part.truth === undefined ? '·' : part.truth === null ? '?' : part.truth ? '✓' : '✗'
  const value = part.valueText === undefined ? '' : ` = ${part.valueText}`
  const against =
    part.againstText === undefined ? '' : text(`（分界 ${part.againstText}）`, ` (cuts ${part.againstText})`)
  const missing = part.missing === undefined ? '' : ` – ${part.missing}`
  const decided = part.decided && part.kind === 'rule' ? ' ←' : ''
  const line = `${'  '.repeat(depth)}${sign} ${part.text}${value}${against}${missing}${decided}`
  // What did not decide is named, but not looked into.
  return part.decided ? [line, ...part.parts.flatMap((one) => partLines(one, depth + 1, text))] : [line]
}

function decidingLines({ deciding }: Explanation, text: Pick): string[] {
  const { events, groups, attributes } = deciding
  if (events.length + groups.length + attributes.length === 0) return []
  const eventLine = (one: (typeof events)[number]): string => `${local(one.at)}  ${one.text}  #${one.seq}`
  return [
    text('起决定作用', 'What decided'),
    ...events.slice(0, MOST_SHOWN * 4).map((one) => `  ${eventLine(one)}`),
    ...rest(events.length - MOST_SHOWN * 4, 2, text),
    ...groups.flatMap((group) => [
      `  ${group.text}: ${text(
        `共 ${group.count} 次，少掉其中 ${group.enoughCount} 次就会改变`,
        `${group.count} in all; without ${group.enoughCount} of them it would be another`,
      )}`,
      ...group.events.slice(0, MOST_SHOWN).map((one) => `    ${eventLine(one)}`),
      ...rest(group.count - MOST_SHOWN, 4, text),
    ]),
    ...attributes.map((one) => `  ${one.name}: ${one.valueText}${one.at === null ? '' : `  (${local(one.at)})`}`),
    '',
  ]
}

function rest(count: number, indent: number, text: Pick): string[] {
  return count > 0 ? [`${' '.repeat(indent)}${text(`… 另有 ${count} 次`, `… ${count} more`)}`] : []
}

function sinceLine({ since }: Explanation, text: Pick): string {
  const from = local(since.from)
  switch (since.kind) {
    case 'exact':
      return text(`自 ${from} 起一直如此`, `Since ${from}`)
    case 'firstSeen':
      return text(`自首次出现（${from}）起一直如此`, `Ever since first seen (${from})`)
    case 'atLeast':
      return text(`至少自 ${from} 起如此`, `Since ${from} or longer`)
  }
}

function changeLines({ counterfacts }: Explanation, text: Pick): string[] {
  if (counterfacts.length === 0)
    return [text('没有找到会改变它的小变化', 'No small change was found that would change it')]
  return [text('怎样会改变', 'What would change it'), ...counterfacts.map((fact) => `  ${fact.text}`)]
}

function noteLines({ usesFits, unfinished }: Explanation, text: Pick): string[] {
  const notes = [
    ...(usesFits ? [text('分界点与群体数值取自最近一次运行', 'cuts and group numbers are those of the last run')] : []),
    ...(unfinished.length > 0 ? [text('查找在时限内没有穷尽', 'the search ended before everything was tried')] : []),
  ]
  return notes.length === 0 ? [] : ['', ...notes.map((note) => `(${note})`)]
}

/** A moment on the terminal's clock. */
function local(instant: string): string {
  const date = new Date(instant)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}
