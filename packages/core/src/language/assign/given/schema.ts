import { z } from 'zod'
import type { GivenAssign } from '../../document.js'
import { checked, REFUSED } from '../../frame/checked.js'
import { anyOf, described } from '../../frame/described.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName, id, span } from '../../frame/primitives.js'
import { readObject } from '../../frame/read-object.js'

const sql = z.strictObject({ sql: z.string().min(1).max(20_000) })
const model = z.strictObject({ model: id, output: catalogueName.exactOptional() })

const given: z.ZodType<GivenAssign['given']> = described(
  checked((input, report) => {
    if (input === 'manual' || input === 'import') return input
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
      return readObject<{ sql: string } | { model: string; output?: string }>(
        'sql' in input ? sql : model,
        'given',
        input,
        report,
      )
    }
    report(
      say(
        'given is manual, import, { sql: … } or { model: … }',
        'given 应为 manual、import、{ sql: … } 或 { model: … }',
      ),
    )
    return REFUSED
  }),
  (json) => anyOf({ enum: ['manual', 'import'] }, json(sql), json(model)),
)

/** The value is given from outside. */
export const givenSchema: MakeSchema<GivenAssign> = () => z.strictObject({ given, expires: span.exactOptional() })
