import { z } from 'zod'
import type { TopAssign } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName, number, span } from '../../frame/primitives.js'

const count = z.number().int().min(1).max(1000)

/** The values of a property that weigh most. */
export const topSchema: MakeSchema<TopAssign> = (parts) =>
  z.strictObject({
    top: parts.prop,
    did: parts.stream,
    each: catalogueName.exactOptional(),
    where: parts.test.exactOptional(),
    within: parts.window.exactOptional(),
    weight: z
      .strictObject({
        sum: catalogueName.exactOptional(),
        events: z.record(z.string(), number).exactOptional(),
        halfLife: span.exactOptional(),
      })
      .exactOptional(),
    n: count.exactOptional(),
    atLeast: z.number().int().min(1).max(1_000_000).exactOptional(),
    share: z.number().gt(0).max(1).exactOptional(),
  })
