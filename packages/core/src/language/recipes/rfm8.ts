import { z } from 'zod'
import type { Condition, Fit, Value } from '../document.js'
import { fit } from '../frame/cuts.js'
import { oneOf } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveNumber } from './parameters.js'

interface Rfm8 {
  /** Smaller is better: days since the last purchase. */
  recency: Value
  frequency: Value
  monetary: Value
  /** What separates high from low; default mean. */
  split?: 'mean' | 'median'
  fit?: Fit
}

/** Recent, frequent, spending: high or low, and the name of each group. */
const GROUPS = [
  [true, true, true, '重要价值客户', 'important: valuable'],
  [false, true, true, '重要保持客户', 'important: win back'],
  [true, false, true, '重要发展客户', 'important: develop'],
  [false, false, true, '重要挽留客户', 'important: save'],
  [true, true, false, '一般价值客户', 'general: valuable'],
  [false, true, false, '一般保持客户', 'general: keep'],
  [true, false, false, '一般发展客户', 'general: develop'],
  [false, false, false, '一般挽留客户', 'general: let go'],
] as const

/** Eight groups: recency, frequency and money each above or below the population's mean or median. */
export const rfm8: RecipeModule<Rfm8> = {
  kind: 'tag',
  schema: ({ value }) =>
    z.strictObject({
      recency: value,
      frequency: value,
      monetary: value,
      split: oneOf(['mean', 'median']).exactOptional(),
      fit: fit.exactOptional(),
    }),
  expand: (parameters) => ({
    assign: {
      rules: GROUPS.map(([recent, frequent, spending, code]) => ({
        value: code,
        when: {
          all: [
            beside(parameters.recency, recent ? 'lt' : 'gte', parameters),
            beside(parameters.frequency, frequent ? 'gt' : 'lte', parameters),
            beside(parameters.monetary, spending ? 'gt' : 'lte', parameters),
          ],
        },
      })),
    },
    values: GROUPS.map(([, , , zh, en]) => ({ code: zh, name: { zh, en } })),
  }),
  resolve: ({ recency, frequency, monetary }, at, scope, resolving) => {
    resolveNumber(recency, `${at}/recency`, scope, resolving)
    resolveNumber(frequency, `${at}/frequency`, scope, resolving)
    resolveNumber(monetary, `${at}/monetary`, scope, resolving)
  },
  sentence: ({ recency, frequency, monetary, split = 'mean' }, scope, speaker) => {
    const values = [recency, frequency, monetary].map((value) => speaker.value(value, scope))
    const middle = speaker.pick(split === 'mean' ? '均值' : '中位数', split)
    return speaker.pick(
      `按${values.join('、')}各自高于或不高于全体${middle}，分为 8 群`,
      `8 groups: ${values.join(', ')}, each above or below the ${middle} of everybody`,
    )
  },
}

function beside(value: Value, operator: 'lt' | 'gte' | 'gt' | 'lte', { split = 'mean', fit: when }: Rfm8): Condition {
  const everybody: Value = { among: [], of: value, get: split, ...(when === undefined ? {} : { fit: when }) }
  return { ...value, [operator]: everybody } as Condition
}
