/** One column of a printed table. */
export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number | null | undefined
  /** Numbers stand right; default left. */
  readonly right?: boolean
}

/** Lines of a plain-text table; Chinese characters count as two cells, as terminals show them. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.value(row))))
  const widths = columns.map((column, at) =>
    Math.max(cellWidth(column.title), ...cells.map((line) => cellWidth(line[at]!))),
  )
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => pad(text, widths[at]!, columns[at]!.right === true))
      .join('  ')
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...cells.map(line)]
}

/** Cells a text takes in a terminal. */
export function cellWidth(text: string): number {
  let width = 0
  for (const character of text) width += isWide(character.codePointAt(0)!) ? 2 : 1
  return width
}

/** Fills a text up to a width in cells. */
export function pad(text: string, width: number, right: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - cellWidth(text)))
  return right ? fill + text : text + fill
}

/** East Asian wide and full-width blocks of Unicode. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}

function oneLine(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  // Control characters of stored texts must not reach the terminal.
  return String(value).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
