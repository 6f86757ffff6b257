import { z } from 'zod'
import type { AmongValue } from '../../document.js'
import { checked, REFUSED } from '../../frame/checked.js'
import { fit } from '../../frame/cuts.js'
import { anyOf, described } from '../../frame/described.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { oneOf } from '../../frame/primitives.js'
import { readObject } from '../../frame/read-object.js'

const GETS = ['mean', 'median', 'sd', 'min', 'max', 'sum', 'count'] as const
const quantile = z.strictObject({ quantile: z.number().gt(0).lt(1) })

const get: z.ZodType<AmongValue['get']> = described(
  checked((input, report) => {
    if (typeof input === 'object' && input !== null) return readObject(quantile, 'get', input, report)
    const read = oneOf(GETS).safeParse(input)
    if (read.success) return read.data
    report(
      say(
        `among needs get: one of ${GETS.join(', ')} or { quantile: 0.9 }`,
        `among 需要 get：${GETS.join('、')} 或 { quantile: 0.9 }`,
      ),
    )
    return REFUSED
  }),
  (json) => anyOf({ enum: [...GETS] }, json(quantile)),
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
