import type { FileRow } from '@tagtree/connectors/files/file-row'
import type { TableFile } from '@tagtree/connectors/files/open-file'

/**
 * The groups of rows of a file behind the first `skip` rows. Those before are given to `onSkipped`: a resumed import counts
 * them again.
 */
export async function* rowsBehind(
  table: TableFile,
  columns: ReadonlySet<string>,
  skip: number,
  onSkipped: (rows: readonly FileRow[]) => Promise<void>,
): AsyncGenerator<readonly FileRow[], void, undefined> {
  let toSkip = skip
  for await (const group of table.rows(columns)) {
    if (toSkip === 0) {
      yield group
      continue
    }
    const skipped = group.slice(0, toSkip)
    toSkip -= skipped.length
    await onSkipped(skipped)
    if (group.length > skipped.length) yield group.slice(skipped.length)
  }
}
