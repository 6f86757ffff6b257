import { z } from 'zod'
import type { DidValue, PerValue } from '../../document.js'
import { checked, REFUSED } from '../../frame/checked.js'
import { anyOf, described } from '../../frame/described.js'
import { say } from '../../frame/message.js'
import type { MakeSchema, Parts } from '../../frame/parts.js'
import { oneOf, span } from '../../frame/primitives.js'
import { readObject } from '../../frame/read-object.js'
import { didSchema } from '../did/schema.js'

/** Buckets with a name of their own. */
export const BUCKETS = ['event', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const

/** What is made of the values of buckets. */
export const PER_GETS = ['count', 'sum', 'avg', 'min', 'max', 'streak', 'currentStreak'] as const

/** Events put into buckets, each bucket's value, and what is made of those. */
export const perSchema: MakeSchema<PerValue> = (parts) =>
  z.strictObject({
    per: bucketSchema(parts),
    of: ofSchema(parts),
    having: parts.tail.exactOptional(),
    get: oneOf(PER_GETS).exactOptional(),
  })

function bucketSchema({ prop }: Parts): z.ZodType<PerValue['per']> {
  const byProperty = z.strictObject({ prop })
  const session = z.strictObject({ session: span })
  return described(
    checked((input, report) => {
      if (typeof input === 'object' && input !== null) {
        return readObject<PerValue['per'] & object>('session' in input ? session : byProperty, 'per', input, report)
      }
      const read = oneOf(BUCKETS).safeParse(input)
      if (read.success) return read.data
      report(
        say(
          `a bucket is one of ${BUCKETS.join(', ')}, { prop: … } or { session: 30min }`,
          `分桶应为 ${BUCKETS.join('、')}、{ prop: … } 或 { session: 30min }`,
        ),
      )
      return REFUSED
    }),
    (json) => anyOf({ enum: [...BUCKETS] }, json(byProperty), json(session)),
  )
}

function ofSchema(parts: Parts): z.ZodType<DidValue> {
  const did = didSchema(parts)
  return described(
    checked((input, report) => {
      if (typeof input === 'object' && input !== null && 'did' in input) return readObject(did, 'did', input, report)
      report(say('per puts events into buckets: of: { did: … }', 'per 对事件分桶：of: { did: … }'))
      return REFUSED
    }),
    (json) => json(did),
  )
}
