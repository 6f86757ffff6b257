import type { Catalog, DefinitionEntry } from '../../catalog/catalog.js'
import type { Condition, Literal, OperatorName } from '../../language/document.js'
import {
  type BitmapExpression,
  emptySet,
  intersect,
  printBitmapExpression,
  subtract,
  unite,
} from './bitmap-expression.js'

/** The published run whose bitmaps stand for a tag, a segment or a population. */
export interface StoredHead {
  readonly baseRun: string
  readonly valueType: 'codes' | 'number' | 'date'
}

export interface TagAudienceContext {
  readonly catalog: Catalog
  /** Tag number -> head, read in one statement so that all leaves are of one moment. */
  readonly heads: ReadonlyMap<number, StoredHead>
  /** Number of the population (the subject kind's number) and which of its values are in: 1 customers, 2 visitors. */
  readonly population: { readonly number: number; readonly values: readonly number[] }
}

export interface AudienceStatement {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

/** An audience that is answered by stored bitmaps alone. */
export interface TagAudience {
  /** One row: people (true), unknown, population. */
  readonly count: AudienceStatement
  /** Up to `limit` profile ids above `after`, ascending, in column profile_id. */
  members(after: number, limit: number): AudienceStatement
}

interface Leaf {
  readonly number: number
  readonly run: string
  /** null = any value. */
  readonly values: readonly number[] | null
}

/** Who is in and who is certainly not; whoever is in neither is unknown (Kleene). */
interface TruthSets {
  readonly isTrue: BitmapExpression
  readonly isFalse: BitmapExpression
}

/**
 * Answers a condition over published tags, segments and lists by bitmap algebra, one scan for all leaves.
 * null when some leaf needs more than stored bitmaps (events, attributes, numbers, unpublished tags); the caller then
 * uses the general plan, which gives the same people.
 */
export function compileTagAudience(where: Condition, context: TagAudienceContext): TagAudience | null {
  const leaves: Leaf[] = []
  const populationHead = context.heads.get(context.population.number)
  if (!populationHead) return null
  const addLeaf = (leaf: Leaf): BitmapExpression => {
    const key = JSON.stringify(leaf)
    const found = leaves.findIndex((other) => JSON.stringify(other) === key)
    if (found >= 0) return { kind: 'leaf', index: found }
    leaves.push(leaf)
    return { kind: 'leaf', index: leaves.length - 1 }
  }
  const population = addLeaf({
    number: context.population.number,
    run: populationHead.baseRun,
    values: context.population.values,
  })
  const sets = truthSets(where, context, addLeaf, population)
  if (sets === null) return null
  const members = intersect([population, sets.isTrue])
  const unknown = subtract(population, unite([sets.isTrue, sets.isFalse]))

  const { source, params } = printLeaves(leaves)
  return {
    count: {
      sql: `SELECT sum(bitmapCardinality(${printBitmapExpression(members)})) AS people, sum(bitmapCardinality(${printBitmapExpression(unknown)})) AS unknown, sum(bitmapCardinality(${printBitmapExpression(population)})) AS population FROM (${source})`,
      params,
    },
    members: (after, limit) => ({
      sql: `SELECT arrayJoin(bitmapToArray(bitmapSubsetLimit(${printBitmapExpression(members)}, {after:UInt32}, {limit:UInt32}))) AS profile_id FROM (${source}) ORDER BY profile_id LIMIT {limit:UInt32}`,
      params: { ...params, after: after + 1, limit },
    }),
  }
}

function printLeaves(leaves: readonly Leaf[]): { source: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = {
    tags: [...new Set(leaves.map((leaf) => leaf.number))],
    runs: [...new Set(leaves.map((leaf) => Number(leaf.run)))],
  }
  const columns = leaves.map((leaf, index) => {
    params[`t${index}`] = leaf.number
    params[`r${index}`] = leaf.run
    let test = `tag_id = {t${index}:UInt32} AND run_id = {r${index}:UInt64}`
    if (leaf.values !== null) {
      params[`v${index}`] = leaf.values
      test += ` AND value IN {v${index}:Array(UInt32)}`
    }
    return `groupBitmapMergeStateIf(users, ${test}) AS b${index}`
  })
  const source = `SELECT slice, ${columns.join(', ')} FROM tag_bitmaps WHERE tag_id IN {tags:Array(UInt32)} AND run_id IN {runs:Array(UInt64)} GROUP BY slice`
  return { source, params }
}

type AddLeaf = (leaf: Leaf) => BitmapExpression

function truthSets(
  condition: Condition,
  context: TagAudienceContext,
  addLeaf: AddLeaf,
  population: BitmapExpression,
): TruthSets | null {
  if ('all' in condition || 'any' in condition) {
    const isAll = 'all' in condition
    const parts: TruthSets[] = []
    for (const part of isAll ? condition.all : condition.any) {
      const sets = truthSets(part, context, addLeaf, population)
      if (sets === null) return null
      parts.push(sets)
    }
    const whenTrue = parts.map((part) => part.isTrue)
    const whenFalse = parts.map((part) => part.isFalse)
    return isAll
      ? { isTrue: intersect(whenTrue), isFalse: unite(whenFalse) }
      : { isTrue: unite(whenTrue), isFalse: intersect(whenFalse) }
  }
  if ('not' in condition) {
    const sets = truthSets(condition.not, context, addLeaf, population)
    return sets === null ? null : { isTrue: sets.isFalse, isFalse: sets.isTrue }
  }
  if ('member' in condition) return memberSets(condition, context, addLeaf, population)
  if ('tag' in condition) return tagSets(condition, context, addLeaf, population)
  return null
}

function memberSets(
  condition: Extract<Condition, { member: unknown }>,
  context: TagAudienceContext,
  addLeaf: AddLeaf,
  population: BitmapExpression,
): TruthSets | null {
  if (condition.ago !== undefined || condition.at !== undefined) return null
  const target = condition.member
  const number =
    'segment' in target
      ? context.catalog.definitions.get(target.segment)?.number
      : 'list' in target
        ? context.catalog.lists.get(target.list)?.number
        : undefined
  const head = number === undefined ? undefined : context.heads.get(number)
  if (number === undefined || !head) return null
  const isTrue = addLeaf({ number, run: head.baseRun, values: [1] })
  if ('list' in target) return { isTrue, isFalse: subtract(population, isTrue) }
  // A segment's run also stores whom it could not decide, as value 2.
  const undecided = addLeaf({ number, run: head.baseRun, values: [2] })
  return { isTrue, isFalse: subtract(population, unite([isTrue, undecided])) }
}

function tagSets(
  condition: Extract<Condition, { tag: unknown }>,
  context: TagAudienceContext,
  addLeaf: AddLeaf,
  population: BitmapExpression,
): TruthSets | null {
  if ('ago' in condition || 'at' in condition || 'default' in condition) return null
  const definition = context.catalog.definitions.get(condition.tag)
  const head = definition && context.heads.get(definition.number)
  if (!definition || !head || definition.body.kind !== 'tag') return null
  const leafOf = (codes: readonly number[]): BitmapExpression =>
    codes.length === 0 ? emptySet : addLeaf({ number: definition.number, run: head.baseRun, values: codes })
  const known = addLeaf({ number: definition.number, run: head.baseRun, values: null })

  const operator = operatorOf(condition)
  if (operator === null) return null
  const [name, operand] = operator
  if (name === 'known') {
    const unknown = subtract(population, known)
    return operand === true ? { isTrue: known, isFalse: unknown } : { isTrue: unknown, isFalse: known }
  }
  if (head.valueType !== 'codes') return null
  const codes = matchingCodes(name, operand, definition)
  if (codes === null) return null
  if (name === 'hasAll') {
    const isTrue =
      codes.length === 0 ? known : intersect(codes.map((code) => leafOf(code === missingCode ? [] : [code])))
    return { isTrue, isFalse: subtract(known, isTrue) }
  }
  const matching = leafOf(codes.filter((code) => code !== missingCode))
  const rest = subtract(known, matching)
  const negative = name === 'isNot' || name === 'notIn' || name === 'hasNone'
  return negative ? { isTrue: rest, isFalse: matching } : { isTrue: matching, isFalse: rest }
}

/** Stands for a literal that no value of the tag has: it matches nobody. */
const missingCode = -1

function matchingCodes(name: OperatorName, operand: unknown, definition: DefinitionEntry): readonly number[] | null {
  const codeOf = (literal: Literal): number => definition.codes.get(String(literal)) ?? missingCode
  switch (name) {
    case 'is':
    case 'isNot':
      return isLiteral(operand) ? [codeOf(operand)] : null
    case 'in':
    case 'notIn':
    case 'hasAny':
    case 'hasAll':
    case 'hasNone':
      return Array.isArray(operand) && operand.every(isLiteral) ? [...new Set(operand.map(codeOf))] : null
    default:
      return null
  }
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
