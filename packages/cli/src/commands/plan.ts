import * as contract from '@tagtree/core/contract/plan'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { isOneFile, readPlanFiles, writePlanFiles } from '../plan-files.js'
import { planPrinter } from '../print-plan.js'

/** tagtree plan export | diff | apply | test: the whole catalogue as YAML. */
export const addPlanCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program
    .command('plan')
    .description(text('方案文件：以 YAML 保存、比较、应用整个标签体系', 'plan files: the whole catalogue as YAML'))
  const printer = planPrinter(terminal)
  const pruneText = text('归档方案未列出的内容', 'archive what the plan does not list')

  group
    .command('export [path]')
    .description(
      text(
        '导出为方案：.yaml 文件、目录（按类别分文件），或打印',
        'export as a plan: to a .yaml file, to a folder (split by category), or printed',
      ),
    )
    .action(async (target = '-') => {
      const split = isOneFile(target) ? 'false' : 'true'
      const exported = await cli.client().call(contract.exportPlan, { query: { split } })
      if (cli.options().json) return terminal.out(JSON.stringify(exported, null, 2))
      for (const file of await writePlanFiles(target, exported.files, terminal)) terminal.out(file)
    })

  group
    .command('diff <path>')
    .description(
      text(
        '比较方案（文件、目录或 -）与工作区，并试算影响；不写入',
        'compare a plan (a file, a folder, or -) with the workspace; nothing is written',
      ),
    )
    .option('--prune', pruneText)
    .option('--no-impact', text('不试算各值人数', 'do not compute the people of every value'))
    .option('--exit-code', text('有不同时以 1 结束', 'end with 1 when there are differences'))
    .action(async (source: string, options: { prune?: boolean; impact: boolean; exitCode?: boolean }) => {
      const files = await readPlanFiles(source)
      const body = { files, prune: options.prune === true, impact: options.impact }
      const diff = await cli.client().call(contract.diffPlan, { body })
      if (cli.options().json) terminal.out(JSON.stringify(diff, null, 2))
      else {
        printer.changes(diff)
        printer.impacts(diff)
        printer.tests(diff.tests)
        terminal.err(text(`依据：${diff.base}（plan apply --base）`, `base: ${diff.base} (plan apply --base)`))
      }
      const count = diff.changes.length + diff.reordered.length
      if (options.exitCode === true && count > 0) throw new AppError('PLAN_DIFFERS', { words: { count } })
    })

  group
    .command('apply <path>')
    .description(text('应用方案：一次可撤销的更改', 'apply a plan as one undoable change'))
    .option('--prune', pruneText)
    .option('--base <base>', text('目录须仍为 diff 时的状态', 'the catalogue must still be as the diff saw it'))
    .option('--skip-tests', text('测试失败也应用', 'apply although tests fail'))
    .option('-y, --yes', text('不询问', 'do not ask'))
    .action(async (source: string, options: { prune?: boolean; base?: string; skipTests?: boolean; yes?: boolean }) => {
      const client = cli.client()
      const files = await readPlanFiles(source)
      const prune = options.prune === true
      let { base } = options
      if (terminal.isInteractive && source !== '-' && options.yes !== true) {
        const diff = await client.call(contract.diffPlan, { body: { files, prune } })
        printer.changes(diff)
        printer.impacts(diff)
        if (diff.changes.length + diff.reordered.length === 0) return
        const answer = await terminal.ask(text('应用？[y/N] ', 'apply? [y/N] '))
        if (!/^(y|yes|是)$/i.test(answer.trim())) return
        base ??= diff.base
      }
      const applied = await client.call(contract.applyPlan, {
        body: { files, prune, skipTests: options.skipTests === true, ...(base === undefined ? {} : { base }) },
      })
      if (cli.options().json) return terminal.out(JSON.stringify(applied, null, 2))
      if (!terminal.isInteractive || options.yes === true) printer.changes(applied)
      printer.tests(applied.tests)
      if (applied.changeNo === null) return
      const { changeNo } = applied
      terminal.out(
        text(
          `已应用，更改 ${changeNo}；撤销：tagtree undo ${changeNo}`,
          `applied as change ${changeNo}; take it back: tagtree undo ${changeNo}`,
        ),
      )
    })

  group
    .command('test <path>')
    .description(text('运行方案中的测试，不触及工作区', 'run the tests of a plan; the workspace is not touched'))
    .action(async (source: string) => {
      const files = await readPlanFiles(source)
      const result = await cli.client().call(contract.testPlan, { body: { files } })
      if (cli.options().json) terminal.out(JSON.stringify(result, null, 2))
      else printer.tests(result)
      const count = result.tests.flatMap(({ checks }) => checks).filter(({ passed }) => !passed).length
      if (count > 0) throw new AppError('PLAN_TESTS_FAILED', { words: { count } })
      if (result.tests.length === 0) terminal.err(text('方案中没有测试', 'the plan has no tests'))
    })
}
