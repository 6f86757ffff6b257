import * as contract from '@tagtree/core/contract/rates'
import { AppError } from '@tagtree/core/kernel/app-error'
import { changeNames } from '../../store/change-names.js'
import { inWorkspace } from '../../store/postgres.js'
import { readRates, writeRates } from '../../store/rates.js'
import { type Bound, bind } from '../bind.js'
import type { TagRouteDeps } from './in-catalogue.js'

/** Exchange rates: at what amounts in other currencies are stored from now on. */
export function rateRoutes({ pool }: TagRouteDeps): readonly Bound[] {
  return [
    bind(contract.listRates, async (_input, { workspace }) => ({
      base: workspace.currency,
      items: await inWorkspace(pool, workspace.id, (tx) => readRates(tx, workspace.id)),
    })),
    bind(contract.setRates, async ({ body: { rates } }, { workspace }) => {
      const known = new Set(Intl.supportedValuesOf('currency'))
      for (const [at, { currency }] of rates.entries()) {
        if (known.has(currency) && currency !== workspace.currency) continue
        throw new AppError('CURRENCY_UNKNOWN', { pointer: `/rates/${at}/currency`, words: { name: currency } })
      }
      await changeNames(pool, workspace.id, (tx) => writeRates(tx, workspace.id, rates))
      return { rates: rates.length }
    }),
  ]
}
