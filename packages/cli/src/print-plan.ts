import type * as contract from '@tagtree/core/contract/plan'
import type { Text } from '@tagtree/core/language/document'
import type { z } from 'zod'
import { formatTable } from './table.js'
import type { Terminal } from './terminal.js'

type Diff = z.output<typeof contract.diffPlan.response>
type Change = Diff['changes'][number]
type Impact = Diff['impacts'][number]
type Tests = z.output<typeof contract.testPlan.response>

/** How a plan is shown in a terminal. */
export interface PlanPrinter {
  changes(diff: Pick<Diff, 'changes' | 'reordered' | 'warnings'>): void
  impacts(diff: Pick<Diff, 'impacts' | 'cost'>): void
  tests(tests: Tests): void
}

const mostMoves = 8

/** Prints in the terminal's language; colours only where a person looks at them. */
export function planPrinter(terminal: Terminal): PlanPrinter {
  const { language } = terminal
  const text = (zh: string, en: string): string => (language === 'zh' ? zh : en)
  const paint = (code: number, line: string): string =>
    terminal.hasColours === true ? `\u001b[${code}m${line}\u001b[0m` : line
  const [red, green, yellow, faint] = [31, 32, 33, 2]
  const out = (line: string, colour?: number): void => terminal.out(colour === undefined ? line : paint(colour, line))
  const nameOf = (name: Text): string => plain(typeof name === 'string' ? name : text(name.zh, name.en ?? name.zh))
  const kinds: Readonly<Record<Change['kind'], string>> = {
    category: text('目录', 'category'),
    tag: text('标签', 'tag'),
    segment: text('人群', 'segment'),
    metric: text('指标', 'metric'),
    tree: text('树', 'tree'),
  }
  const placeOf = (place: string | null): string => place ?? text('（无目录）', '(no category)')

  const printChange = (change: Change): void => {
    const { kind, id, action, moved, fields, before, after } = change
    const sign = { added: '+', removed: '-', changed: '~', kept: '→' }[action]
    const colour = { added: green, removed: red, changed: yellow, kept: yellow }[action]
    const what = fields.length > 0 ? text(`（${fields.join('、')}）`, ` (${fields.join(', ')})`) : ''
    out(`${sign} ${kinds[kind]} ${id} ${nameOf(change.name)}${what}`, colour)
    if (moved !== null) out(`    ${placeOf(moved.from)} → ${placeOf(moved.to)}`)
    const [was, is] = [before?.[language] ?? null, after?.[language] ?? null]
    if (was !== null && was !== is) out(`    - ${plain(was)}`, red)
    if (is !== null && was !== is) out(`    + ${plain(is)}`, green)
  }

  const printImpact = (impact: Impact): void => {
    const { id, because, before, after, changed, values, moves, problem } = impact
    const figures = (side: Impact['before']): string => (side === null ? '–' : `${side.known} / ${side.population}`)
    out('')
    out(
      text(
        `${kinds[impact.kind]} ${id} ${nameOf(impact.name)}：有值 ${figures(before)} → ${figures(after)}，${changed} 个改变`,
        `${kinds[impact.kind]} ${id} ${nameOf(impact.name)}: with a value ${figures(before)} → ${figures(after)}, ${changed} change`,
      ),
    )
    if (because.length > 0) out(`    ${text('因为', 'because of')} ${because.join(', ')}`, faint)
    if (problem !== null) out(`    ${plain(problem)}`, red)
    const columns = [
      { title: text('值', 'value'), value: (row: Impact['values'][number]) => row.code },
      { title: text('现在', 'now'), value: (row: Impact['values'][number]) => row.before, right: true },
      { title: text('之后', 'then'), value: (row: Impact['values'][number]) => row.after, right: true },
      { title: text('增', 'gained'), value: (row: Impact['values'][number]) => signed('+', row.gained), right: true },
      { title: text('减', 'lost'), value: (row: Impact['values'][number]) => signed('-', row.lost), right: true },
    ]
    if (values.length > 0) for (const line of formatTable(columns, values)) out(`    ${line}`)
    // Of something new the values say it all.
    const shown = before === null || after === null ? [] : moves
    const blank = text('无值', 'no value')
    for (const { from, to, people } of shown.slice(0, mostMoves)) {
      out(`    ${plain(from ?? blank)} → ${plain(to ?? blank)}  ${people}`)
    }
    if (shown.length > mostMoves)
      out(`    ${text(`… 另有 ${shown.length - mostMoves} 种`, `… ${shown.length - mostMoves} more`)}`)
  }

  return {
    changes({ changes, reordered, warnings }) {
      for (const change of changes) printChange(change)
      for (const place of reordered)
        out(`→ ${text('调整顺序：', 'another order in ')}${place ?? text('最上层', 'the first level')}`, yellow)
      if (changes.length + reordered.length === 0) terminal.err(text('没有不同', 'no differences'))
      for (const { pointer, message } of warnings)
        terminal.err(`${pointer === '' ? '' : `${pointer}: `}${plain(message)}`)
    },
    impacts({ impacts, cost }) {
      for (const impact of impacts) printImpact(impact)
      if (impacts.length === 0) return
      const ms = Math.round(cost.ms)
      terminal.err(
        text(
          `影响为试算，未写入：读取 ${cost.rows} 行，${ms} 毫秒`,
          `the impact is a dry run, nothing was written: ${cost.rows} rows read, ${ms} ms`,
        ),
      )
    },
    tests({ passed, failed, tests }) {
      for (const test of tests) {
        for (const check of test.checks) {
          if (check.passed) continue
          out(`✗ ${check.place} ${plain(test.name)}`, red)
          const [expected, got] = [JSON.stringify(check.expected), JSON.stringify(check.got)]
          out(`    ${check.definition}: ${text(`期望 ${expected}，得到 ${got}`, `expected ${expected}, got ${got}`)}`)
          out(`    ${plain(check.sentence[language])}`, faint)
          if (check.missingFits.length > 0)
            out(
              `    ${text('缺少切点（请写入 fits）：', 'cuts are missing (state them under fits): ')}${check.missingFits.join(', ')}`,
            )
        }
      }
      if (tests.length > 0)
        out(
          text(`测试：${passed} 通过，${failed} 失败`, `tests: ${passed} passed, ${failed} failed`),
          failed > 0 ? red : green,
        )
    },
  }
}

function signed(sign: string, figure: number): string | null {
  return figure === 0 ? null : `${sign}${figure}`
}

/** Control characters of a stored text must not reach the terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
