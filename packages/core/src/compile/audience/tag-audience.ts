import type { DefinitionEntry } from '../../catalog/catalog.js'
import { OTHER_VALUE } from '../../catalog/other-value.js'
import type { Condition, Literal, OperatorName } from '../../language/document.js'
import { emptySet, intersect, subtract, unite } from './bitmap-expression.js'
import { StoredSets, type TagAudience, type TagAudienceContext, type TruthSets } from './stored-sets.js'

/**
 * Answers a condition over published tags, segments and lists by bitmap algebra, one scan for all leaves.
 * null when some leaf needs more than stored bitmaps (events, attributes, numbers, unpublished tags); the caller then
 * uses the general plan, which gives the same people.
 */
export function compileTagAudience(where: Condition, context: TagAudienceContext): TagAudience | null {
  const sets = StoredSets.of(context)
  const truth = sets === null ? null : truthSets(where, context, sets)
  return sets === null || truth === null ? null : sets.audience(truth)
}

function truthSets(condition: Condition, context: TagAudienceContext, sets: StoredSets): TruthSets | null {
  if ('all' in condition || 'any' in condition) {
    const isAll = 'all' in condition
    const parts: TruthSets[] = []
    for (const part of isAll ? condition.all : condition.any) {
      const truth = truthSets(part, context, sets)
      if (truth === null) return null
      parts.push(truth)
    }
    const whenTrue = parts.map((part) => part.isTrue)
    const whenFalse = parts.map((part) => part.isFalse)
    return isAll
      ? { isTrue: intersect(whenTrue), isFalse: unite(whenFalse) }
      : { isTrue: unite(whenTrue), isFalse: intersect(whenFalse) }
  }
  if ('not' in condition) {
    const truth = truthSets(condition.not, context, sets)
    return truth === null ? null : { isTrue: truth.isFalse, isFalse: truth.isTrue }
  }
  if ('member' in condition) return memberSets(condition, context, sets)
  return 'tag' in condition ? tagSets(condition, context, sets) : null
}

function memberSets(
  condition: Extract<Condition, { member: unknown }>,
  { catalog }: TagAudienceContext,
  sets: StoredSets,
): TruthSets | null {
  if (condition.ago !== undefined || condition.at !== undefined) return null
  const target = condition.member
  if ('list' in target) {
    const list = catalog.lists.get(target.list)
    const isTrue = list ? sets.leaf(list.number, [1]) : null
    return isTrue && { isTrue, isFalse: subtract(sets.population, isTrue) }
  }
  const segment = 'segment' in target ? catalog.definitions.get(target.segment) : undefined
  const isTrue = segment ? sets.leaf(segment.number, [1]) : null
  if (!segment || isTrue === null) return null
  // A segment's run also stores whom it could not decide, as value 2.
  const undecided = sets.leaf(segment.number, [2])!
  return { isTrue, isFalse: subtract(sets.population, unite([isTrue, undecided])) }
}

function tagSets(
  condition: Extract<Condition, { tag: unknown }>,
  { catalog, heads }: TagAudienceContext,
  sets: StoredSets,
): TruthSets | null {
  if ('ago' in condition || 'at' in condition || 'default' in condition) return null
  const entry = catalog.definitions.get(condition.tag)
  const known = entry?.body.kind === 'tag' ? sets.leaf(entry.number, null) : null
  const operator = operatorOf(condition)
  if (!entry || known === null || operator === null) return null
  const [name, operand] = operator
  if (name === 'known') {
    const unknown = subtract(sets.population, known)
    return operand === true ? { isTrue: known, isFalse: unknown } : { isTrue: unknown, isFalse: known }
  }
  if (heads.get(entry.number)!.valueType !== 'codes') return null
  const codes = codesOf(name, operand, entry)
  if (codes === null) return null
  const holders = (of: readonly (number | null)[]) => {
    const stored = of.filter((code) => code !== null)
    return stored.length === 0 ? emptySet : sets.leaf(entry.number, stored)!
  }
  const matching = name === 'hasAll' ? intersect(codes.map((code) => holders([code]))) : holders(codes)
  const rest = subtract(known, matching)
  const isNegative = name === 'isNot' || name === 'notIn' || name === 'hasNone'
  return isNegative ? { isTrue: rest, isFalse: matching } : { isTrue: matching, isFalse: rest }
}

/**
 * Codes of the literals on the right; null for a literal that no value of the tag is. Answers null for other operators,
 * and where a literal may be among the values that share a code.
 */
function codesOf(name: OperatorName, operand: unknown, { codes }: DefinitionEntry): readonly (number | null)[] | null {
  const literals = name === 'is' || name === 'isNot' ? [operand] : operand
  if (!Array.isArray(literals) || literals.length === 0 || !literals.every(isLiteral)) return null
  const found = literals.map((literal) => (literal === OTHER_VALUE ? null : (codes.get(String(literal)) ?? null)))
  if (codes.has(OTHER_VALUE) && found.includes(null)) return null
  return [...new Set(found)]
}

function isLiteral(operand: unknown): operand is Literal {
  return typeof operand === 'string' || typeof operand === 'number' || typeof operand === 'boolean'
}

const operatorNames: readonly OperatorName[] = ['is', 'isNot', 'in', 'notIn', 'hasAny', 'hasAll', 'hasNone', 'known']

function operatorOf(condition: object): readonly [OperatorName, unknown] | null {
  for (const name of operatorNames) {
    if (name in condition) return [name, (condition as Record<string, unknown>)[name]]
  }
  return null
}
