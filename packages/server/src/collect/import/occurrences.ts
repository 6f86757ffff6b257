import type { WorkspaceClickHouse } from '../../store/clickhouse.js'

/** Counts how often equal rows occurred in one file. */
export interface Occurrences {
  /** Counts a row and answers which time it occurs, from 1. */
  next(high: number, low: number): number
  /** Whether counts lie outside of the memory, so that `prepare` is needed before `next`. */
  readonly spilled: boolean
  /** Fetches the counts of these rows (pairs of high and low) that lie outside of the memory. */
  prepare(hashes: readonly number[]): Promise<void>
  /** Makes room when the memory is used up; between two chunks. */
  relieve(): Promise<void>
}

/** Different rows that are counted in memory: 12 bytes each at two thirds full. */
const MEMORY_ROWS = 5_500_000
const FIRST_SLOTS = 1 << 16
const PREPARED = 20_000

/**
 * An open hash table of 64-bit hashes in typed arrays: 100 MB for the largest number of rows held. A longer file moves its
 * counts to ClickHouse and looks up what each chunk needs, so memory does not grow with the file.
 */
export function countOccurrences(
  clickhouse: WorkspaceClickHouse,
  importId: number,
  memoryRows = MEMORY_ROWS,
): Occurrences {
  let table = new HashTable(FIRST_SLOTS)
  let spills = 0
  let fetched = new Map<string, number>()
  return {
    get spilled() {
      return spills > 0
    },
    next: (high, low) => {
      const before = spills === 0 ? 0 : (fetched.get(keyOf(high, low)) ?? 0)
      return before + table.increment(high, low)
    },
    prepare: async (hashes) => {
      fetched = new Map()
      if (spills === 0) return
      for (let at = 0; at < hashes.length; at += 2 * PREPARED) {
        const wanted: bigint[] = []
        for (let i = at; i < Math.min(hashes.length, at + 2 * PREPARED); i += 2)
          wanted.push(bigintOf(hashes[i]!, hashes[i + 1]!))
        const rows = await clickhouse.query<{ hash: string; n: string }>(
          `SELECT hash, sum(n) AS n FROM import_occurrence
           WHERE import_id = {import:UInt32} AND hash IN {hashes:Array(Int64)} GROUP BY hash`,
          { params: { import: importId, hashes: wanted } },
        )
        for (const row of rows) fetched.set(row.hash, Number(row.n))
      }
    },
    relieve: async () => {
      if (table.size < memoryRows) return
      const token = `occurrence:${importId}:${spills}`
      const lines: string[] = []
      for (const [high, low, n] of table.entries())
        lines.push(`{"import_id":${importId},"hash":${keyOf(high, low)},"n":${n}}`)
      for (let at = 0; at < lines.length; at += 500_000) {
        const body = Buffer.from(lines.slice(at, at + 500_000).join('\n'))
        await clickhouse.insert('import_occurrence', body, {
          token: `${token}:${at}`,
          columns: ['import_id', 'hash', 'n'],
          gzip: false,
        })
      }
      spills++
      table = new HashTable(FIRST_SLOTS)
      fetched = new Map()
    },
  }
}

function keyOf(high: number, low: number): string {
  return bigintOf(high, low).toString()
}

function bigintOf(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0)
}

/** 64-bit keys with counts; open addressing with linear probing. */
class HashTable {
  size = 0
  private keys: Int32Array
  private counts: Uint32Array
  private mask: number

  constructor(slots: number) {
    this.keys = new Int32Array(slots * 2)
    this.counts = new Uint32Array(slots)
    this.mask = slots - 1
  }

  increment(high: number, low: number): number {
    const slot = this.find(high, low)
    const count = ++this.counts[slot]!
    if (count === 1) {
      this.keys[2 * slot] = high
      this.keys[2 * slot + 1] = low
      this.size++
      if (this.size * 3 > (this.mask + 1) * 2) this.grow()
    }
    return count
  }

  *entries(): Generator<[high: number, low: number, n: number]> {
    for (let slot = 0; slot <= this.mask; slot++) {
      if (this.counts[slot] !== 0) yield [this.keys[2 * slot]!, this.keys[2 * slot + 1]!, this.counts[slot]!]
    }
  }

  private find(high: number, low: number): number {
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & this.mask
    while (this.counts[slot] !== 0 && (this.keys[2 * slot] !== high || this.keys[2 * slot + 1] !== low)) {
      slot = (slot + 1) & this.mask
    }
    return slot
  }

  private grow(): void {
    const { keys, counts, mask } = this
    const slots = (mask + 1) * 2
    this.keys = new Int32Array(slots * 2)
    this.counts = new Uint32Array(slots)
    this.mask = slots - 1
    for (let slot = 0; slot <= mask; slot++) {
      if (counts[slot] === 0) continue
      const into = this.find(keys[2 * slot]!, keys[2 * slot + 1]!)
      this.keys[2 * into] = keys[2 * slot]!
      this.keys[2 * into + 1] = keys[2 * slot + 1]!
      this.counts[into] = counts[slot]!
    }
  }
}
