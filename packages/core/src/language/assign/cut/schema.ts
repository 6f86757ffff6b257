import { z } from 'zod'
import type { CutAssign } from '../../document.js'
import { rule } from '../../frame/checked.js'
import { cuts, tiersOf } from '../../frame/cuts.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { code, oneOf } from '../../frame/primitives.js'

/** Tiers of a number, lowest first. */
export const cutAssignSchema: MakeSchema<CutAssign> = ({ value }) =>
  z
    .strictObject({
      cut: value,
      at: cuts,
      values: z.array(code).min(1).max(100),
      by: z.array(value).min(1).max(5).exactOptional(),
      edge: oneOf(['up', 'down']).exactOptional(),
    })
    .check(
      rule(({ at, values }, report) => {
        const tiers = tiersOf(at)
        if (tiers !== values.length) {
          report(
            say(
              `${tiers - 1} cuts make ${tiers} tiers, this names ${values.length}`,
              `${tiers - 1} 个分界点分成 ${tiers} 档，此处给出 ${values.length} 个名称`,
            ),
            'values',
          )
        }
        const repeated = values.findIndex((value, index) => values.indexOf(value) < index)
        if (repeated >= 0) {
          report(say(`"${values[repeated]}" names two tiers`, `“${values[repeated]}”命名了两档`), 'values', repeated)
        }
      }),
    )
