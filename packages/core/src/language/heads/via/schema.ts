import { z } from 'zod'
import type { ViaValue } from '../../document.js'
import { rule } from '../../frame/checked.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName, oneOf } from '../../frame/primitives.js'

/** What is made of the related ones. */
export const VIA_GETS = ['count', 'share', 'list', 'sum', 'avg', 'min', 'max'] as const

/** Subjects of another kind, reached through a relation. */
export const viaSchema: MakeSchema<ViaValue> = (parts) =>
  z
    .strictObject({
      via: catalogueName,
      role: catalogueName.exactOptional(),
      where: parts.condition.exactOptional(),
      of: parts.value.exactOptional(),
      get: oneOf(VIA_GETS).exactOptional(),
    })
    .check(
      rule(({ where, of, get = 'count' }, report) => {
        if (get === 'share' && where === undefined) {
          report(say('share needs where: the share of whom?', 'share 需要 where：占比的条件是什么？'), 'get')
        }
        if (get !== 'count' && get !== 'share' && of === undefined) {
          report(say(`${get} needs of: a value of the related ones`, `${get} 需要 of：关联对象的一个值`), 'get')
        }
      }),
    )
