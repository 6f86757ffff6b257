import type { Client } from '@tagtree/core/contract/client'
import { type ImportReport, showImport } from '@tagtree/core/contract/import'
import { listJobs, showJob } from '@tagtree/core/contract/jobs'
import { SingleBar } from 'cli-progress'
import type { Cli } from './cli.js'
import { jobFailure } from './wait-for-job.js'

const EVERY_MS = 400
const LINE_EVERY_MS = 3_000

/** Follows an import to its end; with `show` its progress is printed: a bar on a terminal, else a line now and then. */
export async function followImport(cli: Cli, client: Client, id: number, show: boolean): Promise<ImportReport> {
  const progress = show ? makeProgressPrinter(cli) : null
  try {
    for (;;) {
      const report = await client.call(showImport, { params: { id } })
      const job = report.jobId === null ? null : await client.call(showJob, { params: { id: String(report.jobId) } })
      progress?.print(report, job?.progress ?? {})
      if (report.state !== 'running') return report
      // The job ended without its import: the job says why.
      if (job !== null && (job.state === 'failed' || job.state === 'canceled')) throw jobFailure(job)
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
    }
  } finally {
    progress?.end()
  }
}

/** Waits until no run of tags is due or running: what an import changed is then published. */
export async function followTags(client: Client): Promise<void> {
  for (;;) {
    const waiting = await Promise.all(
      (['queued', 'running'] as const).map((state) =>
        client.call(listJobs, { query: { state, kind: 'tag_run', limit: 10 } }),
      ),
    )
    const soon = Date.now() + 5_000
    if (!waiting.some(({ items }) => items.some((job) => Date.parse(job.runAt) < soon))) return
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
}

interface ProgressPrinter {
  print(report: ImportReport, progress: Readonly<Record<string, unknown>>): void
  end(): void
}

function makeProgressPrinter(cli: Cli): ProgressPrinter {
  const { terminal, text } = cli
  const phases: Readonly<Record<ImportReport['phase'], string>> = {
    rows: text('读取', 'reading'),
    orders: text('合并订单', 'orders'),
    applying: text('入库', 'storing'),
    done: text('完成', 'done'),
  }
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  let bar: SingleBar | null = null
  let lastLine = 0
  let lastPhase = ''
  return {
    print: (report, progress) => {
      const phase = report.state === 'running' && typeof progress.phase === 'string' ? progress.phase : report.phase
      const rows = number(progress.rows) ?? report.rows.read
      const inOrders = phase === 'orders'
      const done = inOrders ? (number(progress.orders) ?? report.orders) : rows
      const total = Math.max(done, number(inOrders ? progress.ordersTotal : progress.rowsTotal) ?? done)
      const perSecond = number(progress.rowsPerSecond)
      const left = number(progress.secondsLeft)
      const speed = perSecond === null || inOrders ? '' : text(`，${perSecond} 行/秒`, `, ${perSecond} rows/s`)
      const rest = left === null ? '' : text(`，约剩 ${left} 秒`, `, about ${left} s left`)
      const name = phases[phase as ImportReport['phase']] ?? phase
      if (process.stderr.isTTY) {
        bar ??= startBar()
        bar.setTotal(Math.max(1, total))
        bar.update(done, { name, note: `${speed}${rest}` })
        return
      }
      if (Date.now() - lastLine < LINE_EVERY_MS && phase === lastPhase) return
      lastLine = Date.now()
      lastPhase = phase
      const what = inOrders ? text('单', 'orders') : text('行', 'rows')
      terminal.err(`${name} ${done} / ${total} ${what}${speed}${rest}`)
    },
    end: () => bar?.stop(),
  }
}

function startBar(): SingleBar {
  const bar = new SingleBar({
    format: '{name} [{bar}] {percentage}% {value}/{total}{note}',
    hideCursor: true,
    stream: process.stderr,
  })
  bar.start(1, 0, { name: '', note: '' })
  return bar
}
