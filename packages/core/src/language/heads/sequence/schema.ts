import { z } from 'zod'
import type { SequenceCondition } from '../../document.js'
import { rule } from '../../frame/checked.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName, span } from '../../frame/primitives.js'

const MOST_STEPS = 8

/** Events one after another. */
export const sequenceSchema: MakeSchema<SequenceCondition> = (parts) => {
  const step = {
    did: parts.stream,
    each: catalogueName.exactOptional(),
    where: parts.test.exactOptional(),
    key: parts.prop.exactOptional(),
  }
  return z
    .strictObject({
      sequence: z
        .array(
          z.strictObject({
            ...step,
            gap: span.exactOptional(),
            without: z.strictObject({ did: parts.stream, where: parts.test.exactOptional() }).exactOptional(),
          }),
        )
        .min(1)
        .max(MOST_STEPS),
      total: span.exactOptional(),
      within: parts.window.exactOptional(),
      notThen: z.strictObject({ ...step, within: span.exactOptional() }).exactOptional(),
    })
    .check(
      rule(({ sequence, total, notThen }, report) => {
        if (sequence.length === 1 && notThen === undefined) {
          report(
            say('one step is no sequence: use did, or add notThen', '只有一步不是序列：请用 did，或加 notThen'),
            'sequence',
          )
        }
        for (const field of ['gap', 'without'] as const) {
          if (sequence[0]?.[field] === undefined) continue
          report(
            say(
              `${field} says what lies between this step and the one before: the first has none`,
              `${field} 限制的是本步与上一步之间：第一步没有上一步`,
            ),
            'sequence',
            0,
            field,
          )
        }
        if (total !== undefined && sequence.some((one) => one.gap !== undefined)) {
          report(say('limit each gap or the total, not both', '限制每步间隔或总时长，二选一'), 'total')
        }
        const keyed = [...sequence, ...(notThen ? [notThen] : [])].filter((one) => one.key !== undefined).length
        if (keyed !== 0 && keyed !== sequence.length + (notThen ? 1 : 0)) {
          report(say('key must be given on every step or on none', 'key 须每步都写或都不写'), 'sequence')
        }
      }),
    )
}
