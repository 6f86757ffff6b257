import { z } from 'zod'
import type { RulesAssign, Span, Stream, Value } from '../document.js'
import { EN_KIND, ZH_KIND } from '../frame/kind-words.js'
import { say } from '../frame/message.js'
import { span } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'

interface Occasion {
  /** Who bought in a promotion before hears of the next one. */
  order: Stream
  /** A date that is celebrated every year. */
  anniversary?: Value
  /** How long before it; default 7 days. */
  ahead?: Span
}

const NAMES = [
  ['节假日', 'holiday'],
  ['促销活动', 'promotion'],
  ['客户周年庆', 'anniversary'],
] as const

/** What is going on for somebody now: a holiday, a promotion for those who buy in promotions, her anniversary. */
export const occasion: RecipeModule<Occasion> = {
  kind: 'tag',
  schema: ({ stream, value }) =>
    z.strictObject({ order: stream, anniversary: value.exactOptional(), ahead: span.exactOptional() }),
  expand: ({ order, anniversary, ahead = '7d' }) => {
    const rules: RulesAssign['rules'] = [
      { value: NAMES[0][0], when: { clock: 'holiday', known: true } },
      {
        value: NAMES[1][0],
        when: {
          all: [
            { clock: 'promotion', known: true },
            { did: order, where: { clock: 'promotion', known: true }, gte: 1 },
          ],
        },
      },
    ]
    if (anniversary !== undefined) {
      rules.push({ value: NAMES[2][0], when: { ...anniversary, anniversary: { next: ahead } } as never })
    }
    return {
      assign: { rules },
      family: 'multi',
      values: NAMES.slice(0, rules.length).map(([zh, en]) => ({ code: zh, name: { zh, en } })),
    }
  },
  resolve: ({ order, anniversary }, at, scope, resolving) => {
    resolving.stream(order, undefined, `${at}/order`, scope)
    if (anniversary === undefined) return
    const type = resolving.value(anniversary, `${at}/anniversary`, scope)
    if (type === null || type.kind === 'date') return
    resolving.report(
      `${at}/anniversary`,
      say(`a date is needed here, this is ${EN_KIND[type.kind]}`, `此处需要日期，而这是${ZH_KIND[type.kind]}`),
    )
  },
}
