import { z } from 'zod'
import { endpoint } from './endpoint.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const Currency = z.string().regex(/^[A-Z]{3}$/, 'three capital letters')
const Day = z.iso.date().refine((day) => day >= '1900-01-01' && day <= '2299-12-31', 'a day of 1900 to 2299')
/** Decimal text, so that nothing is rounded: 7.1234. */
const RateText = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((rate) => /^\d{1,14}(\.\d{1,8})?$/.test(rate) && Number(rate) > 0, 'a number above 0 with at most 8 decimals')

/** What one unit of a currency is worth in the base currency, from a local day until the next one listed. */
export const ExchangeRate = z
  .object({ currency: z.string(), day: z.string(), rate: z.string() })
  .register(z.globalRegistry, { id: 'ExchangeRate' })

export const listRates = endpoint({
  id: 'listRates',
  stage: 'collect',
  method: 'GET',
  path: '/rates',
  summary: { zh: '列出汇率（折合本位币）', en: 'List the exchange rates to the base currency' },
  access: 'read',
  response: z.object({ base: z.string(), items: z.array(ExchangeRate) }),
  errors: inWorkspace,
})

export const setRates = endpoint({
  id: 'setRates',
  stage: 'collect',
  method: 'PATCH',
  path: '/rates',
  summary: {
    zh: '设置汇率，自该日起生效；rate 为 null 表示删除。已入库的金额不变',
    en: 'Set rates, each from its day on; null takes one away. Amounts that are stored stay as they are',
  },
  access: 'write',
  body: z.strictObject({
    rates: z
      .array(z.strictObject({ currency: Currency, day: Day, rate: RateText.nullable() }))
      .max(10_000)
      .refine((rates) => new Set(rates.map(({ currency, day }) => currency + day)).size === rates.length, {
        error: 'a day is given twice',
      }),
  }),
  response: z.object({ rates: z.number().int() }),
  errors: [...inWorkspace, 'CURRENCY_UNKNOWN', 'CATALOG_FULL'],
})

export const RATE_ENDPOINTS = [listRates, setRates] as const
