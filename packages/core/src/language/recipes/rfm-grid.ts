import { z } from 'zod'
import type { Code, Fit, Value } from '../document.js'
import { rule } from '../frame/checked.js'
import { fit } from '../frame/cuts.js'
import { say } from '../frame/message.js'
import { code } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveNumber } from './parameters.js'
import { scoreIn } from './quintile.js'

type Range = [number, number]
interface RfmGrid {
  /** Smaller is better: days since the last purchase. */
  recency: Value
  frequency: Value
  /** Name, range of the recency score, range of the frequency score; the first that fits counts. */
  map: [Code, Range, Range][]
  fit?: Fit
}

const score = z.number().int().min(1).max(5)
const range = z.tuple([score, score])

/** Names for the fields of the 5 × 5 grid of recency and frequency scores. */
export const rfmGrid: RecipeModule<RfmGrid> = {
  kind: 'tag',
  schema: ({ value }) =>
    z
      .strictObject({
        recency: value,
        frequency: value,
        map: z
          .array(z.tuple([code, range, range]))
          .min(1)
          .max(25),
        fit: fit.exactOptional(),
      })
      .check(
        rule(({ map }, report) => {
          const covered = new Set<string>()
          for (const [index, [name, recency, frequency]] of map.entries()) {
            const fields = fieldsOf(recency, frequency)
            if (fields.length === 0) {
              report(
                say(`the range of "${name}" is empty: write [low, high]`, `“${name}”的范围为空：请写 [低, 高]`),
                'map',
                index,
              )
            } else if (fields.every((field) => covered.has(field))) {
              report(
                say(
                  `"${name}" is never reached: earlier names cover its fields`,
                  `“${name}”永远不会命中：前面的名称已覆盖`,
                ),
                'map',
                index,
              )
            }
            for (const field of fields) covered.add(field)
          }
          if (covered.size < 25) {
            report(
              say(
                `the map leaves ${25 - covered.size} of 25 fields without a name`,
                `还有 ${25 - covered.size} 个格子（共 25 个）没有名称`,
              ),
              'map',
            )
          }
        }),
      ),
  expand: ({ recency, frequency, map, fit: when }) => ({
    assign: {
      rules: map.map(([name, recencyScores, frequencyScores]) => ({
        value: name,
        when: {
          all: [scoreIn(recency, recencyScores, true, when), scoreIn(frequency, frequencyScores, false, when)],
        },
      })),
    },
  }),
  resolve: ({ recency, frequency }, at, scope, resolving) => {
    resolveNumber(recency, `${at}/recency`, scope, resolving)
    resolveNumber(frequency, `${at}/frequency`, scope, resolving)
  },
  sentence: ({ recency, frequency, map }, scope, speaker) => {
    const values = [recency, frequency].map((value) => speaker.value(value, scope))
    const names = map.map(([name]) => speaker.literal(name))
    return speaker.pick(
      `按${values.join('、')}的五分位得分（1–5）分为 ${map.length} 群：${names.join('、')}`,
      `${map.length} groups by the quintile scores (1–5) of ${values.join(' and ')}: ${names.join(', ')}`,
    )
  },
}

function fieldsOf([r1, r2]: Range, [f1, f2]: Range): string[] {
  const fields: string[] = []
  for (let r = r1; r <= r2; r++) for (let f = f1; f <= f2; f++) fields.push(`${r}${f}`)
  return fields
}
