import { type FileRow, isSourceRow } from '@tagtree/connectors/files/file-row'
import type { FileWarning } from '@tagtree/connectors/files/header'
import { type FileOptions, openFile } from '@tagtree/connectors/files/open-file'
import type { RawValue } from '@tagtree/core/collect/incoming'
import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { type ColumnProfile, profileColumn } from '@tagtree/core/collect/mapping/suggest/column-profile'
import { type ColumnExplanation, suggestMapping } from '@tagtree/core/collect/mapping/suggest/suggest-mapping'

/** What a file holds, before anybody said what its columns mean. */
export interface FilePreview {
  readonly format: string
  readonly gzip: boolean
  readonly encoding: string | null
  readonly delimiter: string | null
  readonly sheet: string | null
  readonly sheets: readonly string[]
  readonly header: boolean
  readonly warnings: readonly FileWarning[]
  readonly columns: readonly (ColumnProfile & ColumnExplanation)[]
  readonly rows: readonly FileRow[]
  /** null: no column says whom or what the rows are about. */
  readonly suggestion: Mapping | null
}

/** Rows the types are inferred from, and rows that are shown. */
const PROFILE_ROWS = 2_000
const SHOWN_ROWS = 20

/** Looks at the beginning of a file: form, columns with types and samples, first rows, and a mapping that would fit. */
export async function previewFile(path: string, mappingId: string, options: FileOptions): Promise<FilePreview> {
  const table = await openFile(path, options)
  try {
    const rows: FileRow[] = []
    for await (const group of table.rows()) {
      rows.push(...group)
      if (rows.length >= PROFILE_ROWS) break
    }
    const readable = rows.slice(0, PROFILE_ROWS).filter(isSourceRow)
    const profiles = table.columns.map((name) =>
      profileColumn(
        name,
        readable.map((row): RawValue => row.values[name] ?? null),
      ),
    )
    const { mapping, columns } = suggestMapping(mappingId, profiles)
    const { format, gzip, encoding, delimiter, sheet, sheets, header, warnings } = table
    return {
      ...{ format, gzip, encoding, delimiter, sheet, sheets, header, warnings },
      columns: profiles.map((profile, at) => ({ ...profile, ...columns[at]! })),
      rows: rows.slice(0, SHOWN_ROWS),
      suggestion: mapping,
    }
  } finally {
    await table.close()
  }
}
