import { text as textOf } from 'node:stream/consumers'
import type { LineBody, OrderLine } from '@tagtree/core/collect/mapping/order-lines'
import { quoteIdentifier, type WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { OrderCursor } from './import-records.js'
import type { TextBuffer } from './text-buffer.js'

/** Lines that are looked at together when orders are put together. */
const PAGE_LINES = 10_000
const COLUMNS = ['import_id', 'output', 'order_key', 'row', 'ts', 'body']

/** Lines of orders as the text that is inserted. */
export interface StagedText {
  first: number
  last: number
  count: number
  readonly text: TextBuffer
}

/** A line as ClickHouse reads it: the body is an object here and plain text there. */
export function lineText(importId: number, { output, order, row, ts, body }: OrderLine): string {
  return `{"import_id":${importId},"output":${output},"order_key":${JSON.stringify(order)},"row":${row},"ts":${ts},"body":${JSON.stringify(body)}}\n`
}

/** Puts lines aside until all lines of their orders are known. Safe to repeat. */
export async function stageLines(
  clickhouse: WorkspaceClickHouse,
  importId: number,
  { first, last, count, text }: StagedText,
): Promise<void> {
  if (count === 0) return
  // A repeated step may end at another row, so each stretch of rows has its own token; a line that is there twice all the
  // same is read once (LIMIT 1 BY row).
  const token = `import:${importId}:${first}:${last}:${count}`
  await clickhouse.insert('import_line', text.content(), { token, columns: COLUMNS, gzip: false })
}

/** The lines of one order, in file order. */
export interface StagedOrder {
  readonly cursor: OrderCursor
  readonly lines: readonly OrderLine[]
}

/** The next whole orders behind the cursor, in the order of their keys; empty = there are no more. */
export async function readStagedOrders(
  clickhouse: WorkspaceClickHouse,
  importId: number,
  after: OrderCursor | null,
): Promise<StagedOrder[]> {
  for (let limit = PAGE_LINES; ; limit *= 4) {
    const answer = await clickhouse.stream(
      `SELECT output, order_key, row, ts, body FROM import_line
       WHERE import_id = {import:UInt32} AND (output > {output:UInt8} OR (output = {output:UInt8} AND order_key > {key:String}))
       ORDER BY output, order_key, row LIMIT 1 BY output, order_key, row LIMIT {limit:UInt32} FORMAT TSV`,
      { params: { import: importId, output: after?.output ?? 0, key: after?.key ?? '', limit } },
    )
    const text = await textOf(answer)
    const orders: { cursor: OrderCursor; lines: OrderLine[] }[] = []
    let count = 0
    for (let start = 0; start < text.length; count++) {
      const end = text.indexOf('\n', start)
      const [output, order, row, ts, body] = text.slice(start, end).split('\t') as [
        string,
        string,
        string,
        string,
        string,
      ]
      start = end + 1
      const cursor: OrderCursor = { output: Number(output), key: unescapeTsv(order) }
      const line: OrderLine = {
        output: cursor.output,
        order: cursor.key,
        row: Number(row),
        ts: Number(ts),
        body: JSON.parse(unescapeTsv(body)) as LineBody,
      }
      const last = orders.at(-1)
      if (last !== undefined && last.cursor.output === cursor.output && last.cursor.key === cursor.key)
        last.lines.push(line)
      else orders.push({ cursor, lines: [line] })
    }
    if (count < limit) return orders
    // The last order may go on behind the page.
    orders.pop()
    if (orders.length > 0) return orders
  }
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', 0: '\0' }

function unescapeTsv(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter) : text
}

/** About how many orders are staged. */
export async function countStagedOrders(clickhouse: WorkspaceClickHouse, importId: number): Promise<number> {
  const [row] = await clickhouse.query<{ n: string }>(
    'SELECT uniq(output, order_key) AS n FROM import_line WHERE import_id = {import:UInt32}',
    { params: { import: importId } },
  )
  return Number(row?.n ?? 0)
}

/** Removes what was put aside for an import. */
export async function dropStaged(clickhouse: WorkspaceClickHouse, importId: number): Promise<void> {
  for (const table of ['import_line', 'import_occurrence']) {
    await clickhouse.command(`ALTER TABLE ${quoteIdentifier(table)} DROP PARTITION ${importId}`)
  }
}
