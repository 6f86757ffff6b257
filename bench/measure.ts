/** One line of the table that `npm run bench` prints. */
export interface BenchResult {
  readonly name: string
  /** The figure with its unit. */
  readonly measured: string
  readonly target: string
  /** null = nothing to hold it against. */
  readonly met: boolean | null
}

/** The value below which `share` of the samples lie (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** Milliseconds of each of `times` runs after `warmUp` unmeasured ones. */
export async function timeEach(times: number, warmUp: number, work: () => Promise<unknown>): Promise<number[]> {
  for (let run = 0; run < warmUp; run += 1) await work()
  const samples: number[] = []
  for (let run = 0; run < times; run += 1) {
    const begun = performance.now()
    await work()
    samples.push(performance.now() - begun)
  }
  return samples
}

/** The results as an aligned table. */
export function table(results: readonly BenchResult[]): string {
  const rows = [
    ['measure', 'measured', 'target', ''],
    ...results.map((result) => [
      result.name,
      result.measured,
      result.target,
      result.met === null ? '' : result.met ? 'met' : 'MISSED',
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
