import type { TagValue } from '../../document.js'
import type { FindType } from '../../frame/type-finder.js'

/** The type of the tag's values: ordered, list (family multi), text, or that of the value it copies. */
export const tagType: FindType<TagValue> = ({ tag }, scope, find) => find.definition(tag, 'tag', scope)
