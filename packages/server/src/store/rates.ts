import { type Decimal, parseDecimal } from '@tagtree/core/kernel/decimal'
import { checkRoom } from './check-room.js'
import type { Tx } from './postgres.js'

/** What one unit of a currency is worth in the base currency, from a local day until the next one listed. */
export interface StoredRate {
  readonly currency: string
  /** 2026-01-31 */
  readonly day: string
  /** Decimal text, at most 8 decimals. */
  readonly rate: string
}

/** The exchange rates of a workspace, for many look-ups. */
export interface Rates {
  /** The base currency of the workspace. */
  readonly base: string
  /** null = none is known for that day. 1 for the base currency. `day` is a local day: 2026-01-31. */
  rateOn(currency: string, day: string): Decimal | null
}

const MOST_RATES = 50_000

/** All rates, by currency and day. */
export async function readRates(tx: Tx, workspaceId: number): Promise<StoredRate[]> {
  const { rows } = await tx.query<StoredRate>(
    `select currency, to_char(day, 'YYYY-MM-DD') as day, trim_scale(rate)::text as rate from exchange_rate
     where workspace_id = $1 order by currency, day`,
    [workspaceId],
  )
  return rows
}

/** Writes rates; one without a rate is taken away. @throws AppError CATALOG_FULL */
export async function writeRates(
  tx: Tx,
  workspaceId: number,
  rates: readonly (Omit<StoredRate, 'rate'> & { readonly rate: string | null })[],
): Promise<void> {
  const given = JSON.stringify(rates)
  await tx.query(
    `delete from exchange_rate r using jsonb_to_recordset($2::jsonb) as t(currency text, day date)
     where r.workspace_id = $1 and r.currency = t.currency and r.day = t.day`,
    [workspaceId, given],
  )
  await tx.query(
    `insert into exchange_rate (workspace_id, currency, day, rate)
     select $1, currency, day, rate from jsonb_to_recordset($2::jsonb) as t(currency text, day date, rate numeric)
     where rate is not null`,
    [workspaceId, given],
  )
  const { rows } = await tx.query<{ n: number }>(
    'select count(*)::int as n from exchange_rate where workspace_id = $1',
    [workspaceId],
  )
  checkRoom('exchange rates', '汇率', rows[0]!.n, MOST_RATES)
}

/** Makes stored rates ready; they are in order of currency and day. */
export function prepareRates(base: string, stored: readonly StoredRate[]): Rates {
  const byCurrency = new Map<string, { readonly day: string; readonly rate: Decimal }[]>()
  for (const { currency, day, rate } of stored) {
    const known = byCurrency.get(currency) ?? []
    known.push({ day, rate: parseDecimal(rate)! })
    byCurrency.set(currency, known)
  }
  return {
    base,
    rateOn: (currency, day) => {
      if (currency === base) return parseDecimal(1)
      const known = byCurrency.get(currency) ?? []
      let [low, high] = [0, known.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if (known[middle]!.day <= day) low = middle + 1
        else high = middle
      }
      return known[low - 1]?.rate ?? null
    },
  }
}
