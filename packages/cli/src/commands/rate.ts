import { listRates, setRates } from '@tagtree/core/contract/rates'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { readDocument } from '../read-document.js'
import { printRows } from '../terminal.js'

/** tagtree rate list | set | remove | import. */
export const addRateCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program
    .command('rate')
    .description(text('汇率：外币金额入库时折合本位币', 'exchange rates: other currencies become the base currency'))
  const set = async (rates: { currency: string; day: string; rate: string | null }[]): Promise<void> => {
    await cli.client().call(setRates, { body: { rates } })
    terminal.err(text(`已写入 ${rates.length} 条汇率`, `${rates.length} rates written`))
  }
  group
    .command('list')
    .description(text('列出汇率', 'list the rates'))
    .action(async () => {
      const { base, items } = await cli.client().call(listRates)
      type Rate = (typeof items)[number]
      const columns = [
        { title: text('币种', 'currency'), value: (rate: Rate) => rate.currency },
        { title: text('起始日', 'from'), value: (rate: Rate) => rate.day },
        { title: text(`折合 ${base}`, `in ${base}`), value: (rate: Rate) => rate.rate, right: true },
      ]
      printRows(terminal, cli.options().json, columns, items)
    })
  group
    .command('set <currency> <day> <rate>')
    .description(
      text('自某日起一单位外币折合多少本位币', 'what one unit is worth from a day on, as in USD 2026-01-01 7.05'),
    )
    .action((currency: string, day: string, rate: string) => set([{ currency: currency.toUpperCase(), day, rate }]))
  group
    .command('remove <currency> <day>')
    .description(text('删除某日起的汇率', 'take away the rate of a day'))
    .action((currency: string, day: string) => set([{ currency: currency.toUpperCase(), day, rate: null }]))
  group
    .command('import <file>')
    .description(
      text(
        '导入 JSON 或 YAML：{ rates: [{ currency, day, rate }] }',
        'a JSON or YAML file { rates: [{ currency, day, rate }] }',
      ),
    )
    .action(async (file: string) => {
      const { rates } = readDocument(file)
      if (!Array.isArray(rates)) throw new AppError('COMMAND_INVALID', { words: { reason: `${file}: rates` } })
      await set(rates)
    })
}
