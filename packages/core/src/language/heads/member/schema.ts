import { z } from 'zod'
import type { MemberCondition } from '../../document.js'
import { thenFields } from '../../frame/at-schema.js'
import { checked, REFUSED } from '../../frame/checked.js'
import { anyOf, described } from '../../frame/described.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName, id } from '../../frame/primitives.js'
import { readObject } from '../../frame/read-object.js'
import { unknownField } from '../../frame/zod-issues.js'

const node: z.ZodType<string> = described(
  checked((input, report) => {
    if (typeof input === 'string' && /^[^\s/]+\/[^\s/]+$/.test(input)) return input
    report(say('a node is tree/node, for example value_tree/high', '节点应写为 树/节点，例如 value_tree/high'))
    return REFUSED
  }),
  { type: 'string', pattern: '^[^\\s/]+/[^\\s/]+$' },
)

const TARGETS = {
  segment: z.strictObject({ segment: id }),
  list: z.strictObject({ list: id }),
  node: z.strictObject({ node }),
  category: z.strictObject({ category: id }),
  sample: z.strictObject({
    sample: z.strictObject({ share: z.number().gt(0).max(1), seed: catalogueName }),
  }),
}
/** What somebody can be a member of. */
export const MEMBER_OF = Object.keys(TARGETS)

const target: z.ZodType<MemberCondition['member']> = described(
  checked((input, report) => {
    const keys = typeof input === 'object' && input !== null && !Array.isArray(input) ? Object.keys(input) : []
    const known = keys.find((key) => Object.hasOwn(TARGETS, key))
    if (known !== undefined) {
      return readObject<MemberCondition['member']>(TARGETS[known as keyof typeof TARGETS], 'member', input, report)
    }
    for (const key of keys) report(unknownField(key, { name: 'member', fields: MEMBER_OF }), key)
    if (keys.length === 0) {
      report(
        say(
          `member is one of ${MEMBER_OF.map((name) => `{ ${name}: … }`).join(', ')}`,
          `member 应为 ${MEMBER_OF.map((name) => `{ ${name}: … }`).join('、')} 之一`,
        ),
      )
    }
    return REFUSED
  }),
  (json) => anyOf(...Object.values(TARGETS).map(json)),
)

/** Belonging to a segment, list, tree node, category or sample. */
export const memberSchema: MakeSchema<MemberCondition> = () => z.strictObject({ member: target, ...thenFields })
