import { resolve } from 'node:path'
import { DEMO_CUSTOMERS, DEMO_SEED } from '@tagtree/core/demo/shop'
import { AppError } from '@tagtree/core/kernel/app-error'
import { writeDemo } from '@tagtree/server/collect/demo/write-demo'
import type { AddCommands } from '../cli.js'
import { printRows } from '../terminal.js'

/** tagtree demo export. */
export const addDemoCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program.command('demo').description(text('演示数据', 'the demo shop'))
  group
    .command('export <directory>')
    .description(
      text(
        '把演示商城写成店铺常见的文件（不需要服务器）',
        'write the demo shop as the files a shop would have (needs no server)',
      ),
    )
    .option('--customers <n>', text('客户数', 'number of customers'), String(DEMO_CUSTOMERS))
    .option('--seed <n>', text('随机种子：相同的种子与时刻得到相同的文件', 'seed: same seed and moment, same files'))
    .option('--now <moment>', text('历史的终点，例如 2026-01-31T12:00:00+08:00', 'end of the history, an ISO moment'))
    .action(async (directory: string, options: { customers: string; seed?: string; now?: string }) => {
      const customers = wholeNumber(options.customers, '--customers', 1, 1_000_000)
      const seed = options.seed === undefined ? DEMO_SEED : wholeNumber(options.seed, '--seed', 0, 2_147_483_647)
      const { files } = await writeDemo(resolve(directory), { seed, now: moment(options.now), customers })
      const columns = [
        { title: text('文件', 'file'), value: (file: (typeof files)[number]) => file.path },
        { title: text('行数', 'rows'), value: (file: (typeof files)[number]) => file.rows, right: true },
      ]
      printRows(terminal, cli.options().json, columns, files)
    })
}

function wholeNumber(given: string, option: string, least: number, most: number): number {
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN
  if (value >= least && value <= most) return value
  throw unusable(option, given, `${least}–${most}`)
}

/** Only years of which the demo's calendar knows the Spring Festival. */
function moment(given: string | undefined): number {
  if (given === undefined) return Date.now()
  const value = Date.parse(given)
  if (value >= Date.UTC(2023, 8, 1) && value < Date.UTC(2037, 0, 1)) return value
  throw unusable('--now', given, '2023-09-01 – 2036-12-31')
}

function unusable(option: string, given: string, needed: string): AppError {
  const shown = given.slice(0, 40)
  const reason = {
    zh: `${option} 不能是“${shown}”，应在 ${needed} 之内`,
    en: `${option} cannot be "${shown}"; it lies within ${needed}`,
  }
  return new AppError('COMMAND_INVALID', { words: { reason } })
}
