import * as contract from '@tagtree/core/contract/calendar'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import type { AddCommands } from '../cli.js'
import { readDocument } from '../read-document.js'
import { printRows } from '../terminal.js'

/** tagtree calendar show | load | import | remove. */
export const addCalendarCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program
    .command('calendar')
    .description(
      text('工作日历：节假日、调休、促销、时段', 'the workspace calendar: holidays, workdays, promotions, periods'),
    )
  const nameOf = (name: Text): string => (typeof name === 'string' ? name : text(name.zh, name.en ?? name.zh))
  const kindWords: Readonly<Record<string, string>> = {
    workday: text('工作日', 'workday'),
    restday: text('休息日', 'rest day'),
    holiday: text('节假日', 'holiday'),
  }

  group
    .command('show [years]')
    .description(
      text('显示特殊日与时段，例如 2025 或 2024-2026', 'special days and periods, for example of 2025 or 2024-2026'),
    )
    .action(async (years: string | undefined) => {
      const query = readYears(years ?? String(new Date().getFullYear()))
      const shown = await cli.client().call(contract.showCalendar, { query })
      if (cli.options().json) return terminal.out(JSON.stringify(shown, null, 2))
      type Day = (typeof shown.days)[number]
      printRows(
        terminal,
        false,
        [
          { title: text('日期', 'day'), value: (day: Day) => day.day },
          { title: text('类型', 'kind'), value: (day: Day) => kindWords[day.kind ?? ''] ?? text('按星期', 'by week') },
          { title: text('节日', 'holiday'), value: (day: Day) => day.holiday },
          { title: text('促销', 'promotion'), value: (day: Day) => day.promotion },
        ],
        shown.days,
      )
      const periods = shown.periods.filter(
        ({ from, to }) => from.slice(0, 4) <= String(query.to) && to.slice(0, 4) >= String(query.from),
      )
      if (periods.length === 0) return
      terminal.out('')
      type Period = (typeof periods)[number]
      printRows(
        terminal,
        false,
        [
          { title: text('时段', 'period'), value: (period: Period) => period.id },
          { title: text('名称', 'name'), value: (period: Period) => nameOf(period.name as Text) },
          { title: text('从', 'from'), value: (period: Period) => period.from },
          { title: text('到', 'to'), value: (period: Period) => period.to },
          { title: text('促销', 'promotion'), value: (period: Period) => period.promotion },
        ],
        periods,
      )
    })
  group
    .command('load <country> <years>')
    .description(
      text(
        '载入内置的法定节假日与调休，例如 CN 2020-2026',
        'take the built-in public holidays, for example CN 2020-2026',
      ),
    )
    .action(async (country: string, years: string) => {
      const body = { country: country.toUpperCase(), ...readYears(years) }
      const { days } = await cli.client().call(contract.loadCalendar, { body })
      terminal.err(text(`已载入 ${days} 天`, `${days} days taken`))
    })
  group
    .command('import <file>')
    .description(
      text(
        '导入 JSON 或 YAML：{ days: […], periods: […] }；未提到的日期不变',
        'a JSON or YAML file { days: […], periods: […] }; other days stay',
      ),
    )
    .action(async (file: string) => {
      const { days = [], periods = [], ...others } = readDocument(file)
      const unknown = Object.keys(others)[0]
      if (unknown !== undefined || !Array.isArray(days) || !Array.isArray(periods)) {
        throw new AppError('COMMAND_INVALID', { words: { reason: `${file}: ${unknown ?? 'days, periods'}` } })
      }
      const client = cli.client()
      if (days.length > 0) await client.call(contract.editCalendarDays, { body: { days } })
      for (const period of periods) {
        const { id, ...body } = period as { id: unknown } & Parameters<
          typeof client.call<typeof contract.savePeriod>
        >[1]['body']
        await client.call(contract.savePeriod, { params: { id: String(id) }, body })
      }
      terminal.err(
        text(
          `已写入 ${days.length} 天，${periods.length} 个时段`,
          `${days.length} days and ${periods.length} periods written`,
        ),
      )
    })
  group
    .command('remove <period>')
    .description(text('删除时段', 'remove a period'))
    .action(async (id: string) => {
      await cli.client().call(contract.removePeriod, { params: { id } })
      terminal.err(text(`已删除 ${id}`, `removed ${id}`))
    })
}

/** `2025` or `2024-2026`. @throws AppError COMMAND_INVALID */
function readYears(years: string): { from: number; to: number } {
  const match = /^(\d{4})(?:-(\d{4}))?$/.exec(years)
  if (match === null) throw new AppError('COMMAND_INVALID', { words: { reason: `${years}: 2025, 2024-2026` } })
  return { from: Number(match[1]), to: Number(match[2] ?? match[1]) }
}
