import { z } from 'zod'
import type { AttrValue } from '../../document.js'
import { thenFields } from '../../frame/at-schema.js'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName } from '../../frame/primitives.js'

/** An attribute of the subject. */
export const attrSchema: MakeSchema<AttrValue> = () => z.strictObject({ attr: catalogueName, ...thenFields })
