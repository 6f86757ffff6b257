import { z } from 'zod'
import type { Text, TreeNode, Value } from '../document.js'
import { checked } from '../frame/checked.js'
import { anyOf, described, describedAs } from '../frame/described.js'
import type { ObjectSchema, Parts } from '../frame/parts.js'
import { number, text } from '../frame/primitives.js'
import { readObject } from '../frame/read-object.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import type { Resolving } from '../frame/resolving.js'
import type { Scope } from '../frame/scope.js'
import { resolveNumber } from './parameters.js'

/** A split as a regression tree is learnt: below the number, or not; who has none may go a third way. */
interface Split {
  by: Value
  below: number
  yes: Learned
  /** Also for those whose value is missing, unless `missing` is there. */
  no: Learned
  missing?: Learned
}
interface Leaf {
  leaf: Text
}
type Learned = Split | Leaf

interface LearnedTree {
  tree: Split
}

/** A tree that was learnt elsewhere, as a tree that people can read and edit: its nodes are called by their place. */
export const learnedTree: RecipeModule<LearnedTree> = {
  kind: 'tree',
  schema: (parts) => z.strictObject({ tree: splitSchema(parts) }),
  expand: ({ tree }) => ({ root: nodeOf('all', tree) }),
  resolve: ({ tree }, at, scope, resolving) => resolveSplit(tree, `${at}/tree`, scope, resolving),
}

function splitSchema({ value }: Parts): z.ZodType<Split> {
  const leaf = z.strictObject({ leaf: text })
  const learned: z.ZodType<Learned> = describedAs(
    'learned',
    checked((input, report) => {
      const isLeaf = typeof input === 'object' && input !== null && 'leaf' in input
      return isLeaf
        ? readObject<Learned>(leaf, 'leaf', input, report)
        : readObject<Learned>(fields, 'split', input, report)
    }),
    (json) => anyOf(json(leaf), json(fields)),
  )
  const fields = z.strictObject({
    by: value,
    below: number,
    yes: learned,
    no: learned,
    missing: learned.exactOptional(),
  }) as ObjectSchema<Split>
  return described(
    checked((input, report) => readObject(fields, 'tree', input, report)),
    (json) => json(fields),
  )
}

function nodeOf(id: string, learned: Learned): TreeNode {
  if ('leaf' in learned) return { id, name: learned.leaf }
  const { by, below, yes, no, missing } = learned
  const place = id === 'all' ? 'n' : id
  return {
    id,
    by,
    split: [
      ...(missing === undefined ? [] : [{ ...nodeOf(`${place}_m`, missing), when: { known: false } }]),
      { ...nodeOf(`${place}_y`, yes), when: { lt: below } },
      { ...nodeOf(`${place}_n`, no), other: true as const },
    ],
  }
}

function resolveSplit(learned: Learned, at: string, scope: Scope, resolving: Resolving): void {
  if ('leaf' in learned) return
  resolveNumber(learned.by, `${at}/by`, scope, resolving)
  resolveSplit(learned.yes, `${at}/yes`, scope, resolving)
  resolveSplit(learned.no, `${at}/no`, scope, resolving)
  if (learned.missing !== undefined) resolveSplit(learned.missing, `${at}/missing`, scope, resolving)
}
