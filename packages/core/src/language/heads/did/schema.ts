import { z } from 'zod'
import { nearest } from '../../../kernel/nearest.js'
import type { DidValue, Get } from '../../document.js'
import { checked, REFUSED, rule } from '../../frame/checked.js'
import { anyOf, described } from '../../frame/described.js'
import { say, sayNearest } from '../../frame/message.js'
import type { MakeSchema, Parts } from '../../frame/parts.js'
import { catalogueName, oneOf } from '../../frame/primitives.js'
import { readObject } from '../../frame/read-object.js'
import { show } from '../../frame/zod-issues.js'

const PLAIN_GETS = ['count', 'days', 'firstAt', 'lastAt', 'span'] as const
const PROPERTY_GETS = ['sum', 'avg', 'min', 'max', 'distinct', 'first', 'last', 'values'] as const
/** Every way to get something from rows. */
export const ALL_GETS = [...PLAIN_GETS, ...PROPERTY_GETS, 'gaps'] as const

/** What the subject did: events, their number or what is got from them. */
export const didSchema: MakeSchema<DidValue> = (parts) =>
  z
    .strictObject({
      did: parts.stream,
      each: catalogueName.exactOptional(),
      where: parts.test.exactOptional(),
      within: parts.window.exactOptional(),
      get: getSchema(parts).exactOptional(),
      nth: z.number().int().min(1).max(1000).exactOptional(),
    })
    .check(
      rule(({ get, nth }, report) => {
        if (nth === undefined || takesNth(get ?? 'count')) return
        report(
          say('nth goes with firstAt, lastAt, first and last', 'nth 只能与 firstAt、lastAt、first、last 连用'),
          'nth',
        )
      }),
    )

function takesNth(get: Get): boolean {
  return get === 'firstAt' || get === 'lastAt' || (typeof get === 'object' && ('first' in get || 'last' in get))
}

function getSchema({ prop }: Parts): z.ZodType<Get> {
  const byName = {
    ...Object.fromEntries(PROPERTY_GETS.map((name) => [name, z.strictObject({ [name]: prop })])),
    gaps: z.strictObject({ gaps: oneOf(['avg', 'min', 'max', 'median', 'sd']) }),
  } as Record<string, z.ZodObject>
  return described(
    checked((input, report) => {
      if (typeof input === 'string') {
        if ((PLAIN_GETS as readonly string[]).includes(input)) return input as Get
        const needsProperty = Object.hasOwn(byName, input)
        report(
          needsProperty
            ? say(
                `get: ${input} needs a property, for example { ${input}: amount }`,
                `get: ${input} 需要一个属性，例如 { ${input}: amount }`,
              )
            : sayNearest(`get has no "${input}"`, `get 没有“${input}”`, nearest(input, ALL_GETS)),
        )
        return REFUSED
      }
      const keys = typeof input === 'object' && input !== null && !Array.isArray(input) ? Object.keys(input) : []
      const [key] = keys
      if (key !== undefined && keys.length === 1 && Object.hasOwn(byName, key)) {
        return readObject(byName[key]!, 'get', input, report) as unknown as Get | typeof REFUSED
      }
      if (key === undefined || keys.length > 1) {
        report(
          say(
            'get is one word or one of { sum: … }, { avg: … }, { last: … } …',
            'get 应为一个词，或 { sum: … }、{ avg: … }、{ last: … } 之一',
          ),
        )
        return REFUSED
      }
      report(sayNearest(`get has no ${show(key)}`, `get 没有${show(key)}`, nearest(key, ALL_GETS)), key)
      return REFUSED
    }),
    (json) => anyOf({ enum: [...PLAIN_GETS] }, ...Object.values(byName).map(json)),
  )
}
