import { setTimeout as pause } from 'node:timers/promises'
import { ApiError, type Client } from '@tagtree/core/contract/client'
import { type ImportReport, listImports, showImport, startImport, uploadFile } from '@tagtree/core/contract/import'

/** A file that was brought in under fire, and what must have become of it. */
export interface FaultFile {
  readonly name: string
  readonly event: string
  readonly rows: number
  readonly rejected: number
  readonly facts: number
  /** Of all its facts. */
  readonly amount: number
  /** Of the file; more than one when an answer was lost and the file was ordered again. */
  reports: readonly ImportReport[]
}

/** What a kind of file holds; `at` counts the files, no two have a row in common. */
interface FileKind {
  readonly event: string
  readonly mapping: Readonly<Record<string, unknown>>
  write(at: number, rows: number): Omit<FaultFile, 'reports' | 'event'> & { readonly text: string }
}

const day = (row: number): string => `2026-03-${String((row % 28) + 1).padStart(2, '0')} 10:00:00`
/** Every so many rows one has no readable date. */
const brokenEvery = 250

/** One fact per row, some rows refused, some equal to the one before. */
const visits: FileKind = {
  event: 'shop.visited',
  mapping: {
    version: 1,
    id: 'fault-visits',
    name: 'visits',
    columns: { who: 'text', at: 'date', page: 'text', amount: 'number' },
    subjects: { person: { identities: { user_id: 'who' } } },
    outputs: [{ event: 'shop.visited', time: 'at', properties: { page: 'page', amount: 'amount' } }],
  },
  write(at, rows) {
    let [text, rejected, amount] = ['who,at,page,amount\n', 0, 0]
    for (let row = 0; row < rows; row += 1) {
      // Each second row repeats the first one: two facts all the same.
      const of = row - (row % 2)
      if (row % brokenEvery === 0) rejected += 1
      else amount += of % 7
      text += `v${(at * 7919 + of) % 3000},${row % brokenEvery === 0 ? 'soon' : day(of)},/${at}/${of},${of % 7}\n`
    }
    return { name: `visits-${at}.csv`, rows, rejected, facts: rows - rejected, amount, text }
  },
}

const linesPerOrder = 3

/** Lines that are put together to orders. */
const orders: FileKind = {
  event: 'order.paid',
  mapping: {
    version: 1,
    id: 'fault-orders',
    name: 'orders',
    columns: { number: 'text', who: 'text', at: 'date', sku: 'text', amount: 'number' },
    subjects: { person: { identities: { user_id: 'who' } } },
    outputs: [
      {
        event: 'order.paid',
        time: 'at',
        properties: { order_id: 'number' },
        lines: { key: 'number', items: { sku: 'sku', amount: 'amount' }, totals: { amount: { sum: 'amount' } } },
      },
    ],
  },
  write(at, rows) {
    const facts = Math.ceil(rows / linesPerOrder)
    let [text, amount] = ['number,who,at,sku,amount\n', 0]
    for (let line = 0; line < linesPerOrder; line += 1) {
      // Lines of one order lie far apart.
      for (let order = 0; order < facts; order += 1) {
        amount += (order % 5) + line
        text += `${at}-${order},v${(at * 31 + order) % 3000},${day(order)},s${line},${(order % 5) + line}\n`
      }
    }
    return { name: `orders-${at}.csv`, rows: facts * linesPerOrder, rejected: 0, facts, amount, text }
  },
}

/** Brings in one file after the other; whatever the server does meanwhile, each is followed to its end. */
export class ImportLoop {
  readonly files: FaultFile[] = []
  /** Phase of the import under way; null between two. */
  phase: ImportReport['phase'] | null = null

  private constructor(
    private readonly kind: FileKind,
    private readonly client: () => Client,
  ) {}

  static readonly kinds = (client: () => Client): ImportLoop[] =>
    [visits, orders].map((kind) => new ImportLoop(kind, client))

  /** Makes and imports the next file. */
  async importNext(rows: number): Promise<void> {
    const { text, ...made } = this.kind.write(this.files.length, rows)
    const file: FaultFile = { ...made, event: this.kind.event, reports: [] }
    this.files.push(file)
    const bytes = Buffer.from(text)
    const { id } = await again(() =>
      this.client().call(uploadFile, {
        query: { name: file.name },
        bodyStream: { contentType: 'application/octet-stream', body: bytes, contentLength: bytes.length },
      }),
    )
    await again(async () => {
      // The answer to the order before may have been lost.
      if ((await this.#importsOf(id)).length > 0) return
      await this.client().call(startImport, { body: { fileId: id, mapping: this.kind.mapping as never } })
    })
    for (;;) {
      file.reports = await again(() => this.#importsOf(id))
      this.phase = file.reports.find(({ state }) => state === 'running')?.phase ?? null
      if (this.phase === null) return
      await pause(50)
    }
  }

  async #importsOf(fileId: number): Promise<ImportReport[]> {
    const { items } = await this.client().call(listImports, { query: { limit: 10 } })
    const ids = items.filter(({ file }) => file.id === fileId).map(({ id }) => id)
    return Promise.all(ids.map((id) => this.client().call(showImport, { params: { id } })))
  }
}

/** Repeats while the server or an engine is away; a refusal that repeating cannot mend is an error of ours. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof ApiError && !error.retryable) throw error
      await pause(100)
    }
  }
}
