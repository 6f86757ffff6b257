import { z } from 'zod'
import type { TagValue } from '../../document.js'
import { thenFields } from '../../frame/at-schema.js'
import type { MakeSchema } from '../../frame/parts.js'
import { id } from '../../frame/primitives.js'

/** The value of another tag. */
export const tagSchema: MakeSchema<TagValue> = () => z.strictObject({ tag: id, ...thenFields })
