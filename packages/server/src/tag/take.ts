import {
  type CompileContext,
  type Compiled,
  compile,
  type FitValues,
  type OutputColumn,
  type Statement,
} from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition, SegmentDefinition, Value } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'

/**
 * Compiles definitions together as `compile` does, and cuts every segment that has a `take` to the people it takes. What
 * it orders and divides by is computed in the same pass, as values without a name of their own; whom the condition cannot
 * decide stays undecided, and who has no value or no group is not taken. Ties fall to the smaller profile id.
 * @throws AppError DEFINITION_INVALID
 */
export function compileTaken(definitions: readonly Definition[], context: CompileContext): Compiled {
  const takes = definitions.flatMap((definition, index) => {
    return definition.kind === 'segment' && definition.take !== undefined ? [{ definition, index }] : []
  })
  if (takes.length === 0) return compile(definitions, context)
  const helpers = takes.map(({ definition }) => helpersOf(definition, context))
  const compiled = compile([...definitions, ...helpers.flat()], context)
  let next = definitions.length
  const cuts = takes.map(({ definition, index }, at) => {
    const columns = compiled.columns.slice(next, next + helpers[at]!.length)
    next += columns.length
    return { take: definition.take!, column: compiled.columns[index]!, columns }
  })
  const own = compiled.columns.slice(0, definitions.length)
  for (const cut of cuts) checkOrder(cut)
  return {
    ...compiled,
    definitions,
    columns: own,
    statement: (fits: FitValues) => cutStatement(compiled.statement(fits), own, cuts),
  }
}

type Take = NonNullable<SegmentDefinition['take']>

interface Cut {
  readonly take: Take
  /** Of the segment itself. */
  readonly column: OutputColumn
  /** Its order first where it has one, then its groups. */
  readonly columns: readonly OutputColumn[]
}

/** The value a segment orders by, then those it divides by, as definitions; their ids have spaces, so they are nobody's. */
function helpersOf({ id, subject, who, take }: SegmentDefinition, context: CompileContext): Definition[] {
  const about = { ...(subject === undefined ? {} : { subject }), ...(who === undefined ? {} : { who }) }
  const helper = (name: string, value: Value, pointer: string): Definition => {
    const text = `${name} of ${id}`
    const tag: Definition = { version: 1, kind: 'tag', id: text, name: text, ...about, assign: { value } }
    const resolved = resolveDefinition(tag, context.catalog)
    if (resolved.ok) return resolved.definition
    const issues = resolved.issues.map((issue) => ({
      ...issue,
      pointer: issue.pointer.replace('/assign/value', pointer),
    }))
    throw new AppError('DEFINITION_INVALID', { words: { count: issues.length }, issues })
  }
  const groups = (take!.per ?? []).map((value, index) => helper(`take per ${index}`, value, `/take/per/${index}`))
  return 'top' in take! ? [helper('take by', take.by, '/take/by'), ...groups] : groups
}

function checkOrder({ take, columns }: Cut): void {
  if (!('top' in take) || columns[0]!.type === 'number' || columns[0]!.type === 'date') return
  const issue = {
    pointer: '/take/by',
    message: 'only numbers and dates have an order to take from',
    messageZh: '只有数字和日期可以排序取前若干名',
  }
  throw new AppError('DEFINITION_INVALID', { words: { count: 1 }, issues: [issue] })
}

function cutStatement({ sql, params }: Statement, own: readonly OutputColumn[], cuts: readonly Cut[]): Statement {
  const bound: Record<string, string | number> = {}
  const columns = own.map(({ column }) => {
    const at = cuts.findIndex((cut) => cut.column.column === column)
    if (at < 0) return `t.${column} AS ${column}`
    const cut = cuts[at]!
    bound[`take_${at}`] = 'top' in cut.take ? cut.take.top : cut.take.random
    if (!('top' in cut.take)) bound[`seed_${at}`] = cut.take.seed
    return `${takenSql(cut, at)} AS ${column}`
  })
  return {
    sql: `SELECT t.profile_id AS profile_id, ${columns.join(', ')} FROM (${sql}) AS t`,
    params: { ...params, ...bound },
  }
}

/** 1 taken, 0 not, NULL undecided. */
function takenSql({ take, column, columns }: Cut, at: number): string {
  const isTop = 'top' in take
  const groups = isTop ? columns.slice(1) : columns
  const whole = `ifNull(t.${column.column}, 0) = 1`
  const takesPart = [whole, ...columns.map((one) => knownSql(one))].join(' AND ')
  const direction = isTop && take.order === 'asc' ? 'ASC' : 'DESC'
  const order = isTop ? `t.${columns[0]!.column} ${direction}` : `${drawSql(`{seed_${at}:String}`, 't.profile_id')} ASC`
  const partition = [`(${takesPart})`, ...groups.map((one) => `t.${one.column}`)].join(', ')
  const place = `row_number() OVER (PARTITION BY ${partition} ORDER BY ${order}, t.profile_id ASC)`
  return `if(${whole}, toNullable(toUInt8((${takesPart}) AND ${place} <= {take_${at}:UInt64})), t.${column.column})`
}

/** The number by which people are drawn: the same as of `sample` conditions, so that one seed draws the same people. */
export function drawSql(seed: string, profile: string): string {
  return `xxHash64(concat(${seed}, ':', toString(${profile})))`
}

/** Whether somebody has a value in a column of a pass. */
export function knownSql({ type, column }: OutputColumn, row = 't'): string {
  switch (type) {
    case 'code':
      return `${row}.${column} != 0`
    case 'codes':
    case 'list':
      return `notEmpty(${row}.${column})`
    case 'text':
      return `ifNull(${row}.${column}, '') != ''`
    case 'bool':
    case 'number':
    case 'date':
      return `isNotNull(${row}.${column})`
  }
}
