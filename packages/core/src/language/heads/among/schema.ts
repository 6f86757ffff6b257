import { z } from 'zod'
import type { AmongValue } from '../../document.js'
import { checked, REFUSED } from '../../frame/checked.js'
import { fit } from '../../frame/cuts.js'
import { anyOf, described } from '../../frame/described.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { oneOf } from '../../frame/primitives.js'
import { readObject } from '../../frame/read-object.js'

/** What is learnt from a group, beside quantiles. */
export const AMONG_GETS = ['mean', 'median', 'sd', 'min', 'max', 'sum', 'count'] as const
const quantile = z.strictObject({ quantile: z.number().gt(0).lt(1) })

const get: z.ZodType<AmongValue['get']> = described(
  checked((input, report) => {
    if (typeof input === 'object' && input !== null) return readObject(quantile, 'get', input, report)
    const read = oneOf(AMONG_GETS).safeParse(input)
    if (read.success) return read.data
    report(
      say(
        `among needs get: one of ${AMONG_GETS.join(', ')} or { quantile: 0.9 }`,
        `among 需要 get：${AMONG_GETS.join('、')} 或 { quantile: 0.9 }`,
      ),
    )
    return REFUSED
  }),
  (json) => anyOf({ enum: [...AMONG_GETS] }, json(quantile)),
)

/** A number of the group a subject belongs to; no keys = everybody. */
export const amongSchema: MakeSchema<AmongValue> = ({ value, condition }) =>
  z.strictObject({
    among: z.array(value).max(5),
    of: value,
    get,
    only: condition.exactOptional(),
    fit: fit.exactOptional(),
    atLeast: z.number().int().min(1).max(1_000_000_000).exactOptional(),
  })
