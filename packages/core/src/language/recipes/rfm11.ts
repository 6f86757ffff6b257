import { z } from 'zod'
import type { Condition, Fit, Value } from '../document.js'
import { fit } from '../frame/cuts.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveNumber } from './parameters.js'
import { quintileOf, scoreIn } from './quintile.js'

interface Rfm11 {
  /** Smaller is better: days since the last purchase. */
  recency: Value
  frequency: Value
  monetary: Value
  fit?: Fit
}

/**
 * From top to bottom, the first that fits: recency score from … to, then frequency + money score (2 … 10, so twice their
 * mean) from … to. Together they cover the grid.
 */
const GROUPS: readonly (readonly [[number, number], [number, number], zh: string, en: string])[] = [
  [[4, 5], [8, 10], '冠军客户', 'champions'],
  [[5, 5], [2, 3], '新客户', 'new customers'],
  [[4, 4], [2, 3], '有希望客户', 'promising'],
  [[4, 5], [4, 5], '潜在忠诚客户', 'potential loyalists'],
  [[3, 5], [6, 10], '忠诚客户', 'loyal customers'],
  [[3, 3], [4, 5], '需要关注客户', 'need attention'],
  [[3, 3], [2, 3], '将要沉睡客户', 'about to sleep'],
  [[1, 2], [8, 10], '不可流失客户', 'cannot lose them'],
  [[1, 2], [4, 7], '有流失风险客户', 'at risk'],
  [[2, 2], [2, 3], '沉睡客户', 'hibernating'],
  [[1, 1], [2, 3], '已流失客户', 'lost'],
]

/** Eleven groups over the recency score and the mean of the frequency and money scores. */
export const rfm11: RecipeModule<Rfm11> = {
  kind: 'tag',
  schema: ({ value }) =>
    z.strictObject({ recency: value, frequency: value, monetary: value, fit: fit.exactOptional() }),
  expand: ({ recency, frequency, monetary, fit: when }) => ({
    assign: {
      rules: GROUPS.map(([recencyScores, sums, code]) => ({
        value: code,
        when: { all: [scoreIn(recency, recencyScores, true, when), sumIn(frequency, monetary, sums, when)] },
      })),
    },
    values: GROUPS.map(([, , zh, en]) => ({ code: zh, name: { zh, en } })),
  }),
  resolve: ({ recency, frequency, monetary }, at, scope, resolving) => {
    resolveNumber(recency, `${at}/recency`, scope, resolving)
    resolveNumber(frequency, `${at}/frequency`, scope, resolving)
    resolveNumber(monetary, `${at}/monetary`, scope, resolving)
  },
  sentence: ({ recency, frequency, monetary }, scope, speaker) => {
    const [r, f, m] = [recency, frequency, monetary].map((value) => speaker.value(value, scope))
    const names = GROUPS.map(([, , zh, en]) => speaker.literal(speaker.pick(zh, en)))
    return speaker.pick(
      `按${r}的五分位得分，以及${f}与${m}五分位得分的均值，分为 11 群：${names.join('、')}`,
      `11 groups by the quintile score of ${r} and the mean of those of ${f} and ${m}: ${names.join(', ')}`,
    )
  },
}

function sumIn(
  frequency: Value,
  monetary: Value,
  [low, high]: readonly [number, number],
  when: Fit | undefined,
): Condition {
  const sum: Value = { calc: 'add', of: [quintileOf(frequency, when), quintileOf(monetary, when)] }
  if (low === 2) return { ...sum, lte: high }
  return high === 10 ? { ...sum, gte: low } : { ...sum, between: [low, high] }
}
