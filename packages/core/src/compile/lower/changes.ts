import type { AttributeEntry, DefinitionEntry } from '../../catalog/catalog.js'
import type { Field } from '../../language/document.js'
import { usableType } from '../../language/frame/property.js'
import type { StreamScope } from '../../language/frame/scope.js'
import { findType } from '../../language/type-of.js'
import {
  aggregate,
  call,
  choose,
  column,
  type Expr,
  type FunctionName,
  missing,
  not,
  number,
  param,
} from '../plan/expr.js'
import type { Named, Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import { clockField, type Moment } from './clock.js'
import type { DefinitionScope } from './definition-scope.js'
import { instantOf, type Lowered, MISSING, numberOf } from './lowered.js'
import type { RowOrigin } from './rows-of-stream.js'
import type { RowScope } from './scope.js'
import { codesInOrder } from './stored-values.js'

type Changes = StreamScope & { kind: 'changes' }

/** The changes of something as rows: where they come from, and what a row says. */
export interface ChangeRows {
  readonly origin: RowOrigin
  readonly row: RowScope
}

/** Rows `from`, `to`, `op` of the changes of an attribute, tag, segment, list or relation. */
export function changesOf(stream: Changes, scope: DefinitionScope, moment: Moment, path: string): ChangeRows {
  const found = KINDS[stream.of](stream.id, scope)
  const key = `${stream.of} ${stream.id}`
  if (found === null) {
    scope.warn(`nothing is known of the changes of "${stream.id}"`, path)
    const origin: RowOrigin = { kind: 'changes', key, plan: (scans) => relationRows(scans, '', false) }
    return { origin, row: rowOf(MISSING, MISSING, moment) }
  }
  return { origin: { kind: 'changes', key, plan: found.plan }, row: rowOf(found.from, found.to, moment) }
}

interface Found {
  plan(scans: Scans): Plan
  readonly from: Lowered
  readonly to: Lowered
}

const [FROM, TO, OP] = ['change_from', 'change_to', 'change_op']

function rowOf(from: Lowered, to: Lowered, moment: Moment): RowScope {
  const values: Readonly<Record<string, Lowered>> = { from, to, op: { type: 'text', expr: column(OP) } }
  return {
    prop: (name) => values[name] ?? MISSING,
    clock: (field: Field) => clockField(field, moment),
  }
}

const KINDS: { readonly [Of in Changes['of']]: (id: string, scope: DefinitionScope) => Found | null } = {
  attr: (id, { catalog, subject }) => {
    const entry = catalog.attributes.get(subject.key)?.get(id)
    return entry === undefined ? null : attributeChanges(entry)
  },
  tag: (id, scope) => {
    const entry = scope.catalog.definitions.get(id)
    return entry?.body.kind === 'tag' ? tagChanges(entry, scope) : null
  },
  segment: (id, { catalog }) => {
    const entry = catalog.definitions.get(id)
    return entry?.body.kind === 'segment' ? memberChanges(entry.number) : null
  },
  list: (id, { catalog }) => {
    const entry = catalog.lists.get(id)
    return entry === undefined ? null : memberChanges(entry.number)
  },
  relation: (id, { catalog }) => {
    const entry = catalog.relations.get(id)
    if (entry === undefined) return null
    const plan = (scans: Scans): Plan => relationRows(scans, entry.inverseOf ?? entry.key, entry.inverseOf !== null)
    return { plan, from: MISSING, to: MISSING }
  },
}

/** Each change of an attribute beside what it was before: its changes are folded up to either side of it. */
function attributeChanges(entry: AttributeEntry): Found {
  const type = usableType(entry)
  const { steps, read, valued } = FOLDS[type]
  const plan = (scans: Scans): Plan => {
    const rows = aggregate('sortedRows', [column('ts'), column('seq'), call('plainText', column('op')), read])
    const folded: Plan = {
      kind: 'aggregate',
      input: scans.attributeChanges([entry.id]),
      by: [{ name: 'profile_id', expr: scans.profile() }],
      values: [{ name: 'steps', expr: rows }],
    }
    const change: Named = { name: 'change', expr: call('eachRow', call(steps, column('steps'))) }
    const each: Plan = { kind: 'project', input: folded, shared: [], columns: [PROFILE, change] }
    const [from, to] = [part(3), part(4)]
    return {
      kind: 'project',
      input: { kind: 'filter', input: each, where: [not(call('isSame', from, to))], without: null },
      shared: [],
      columns: [
        PROFILE,
        { name: 'ts', expr: part(1) },
        { name: 'seq', expr: part(2) },
        { name: FROM, expr: from },
        { name: TO, expr: to },
        operation(valued(from), valued(to)),
      ],
    }
  }
  return { plan, from: foldedValue(type, column(FROM)), to: foldedValue(type, column(TO)) }
}

const PROFILE: Named = { name: 'profile_id', expr: column('profile_id') }
const part = (place: number): Expr => call('part', column('change'), number(place))
const isKnown = (value: Expr): Expr => call('isKnown', value)
const hasList = (value: Expr): Expr => call('gt', call('part', value, number(1)), number(0))

/** How the changes of each type are folded, and when a folded value is there. */
const FOLDS: Readonly<
  Record<ReturnType<typeof usableType>, { steps: FunctionName; read: Expr; valued: (value: Expr) => Expr }>
> = {
  number: { steps: 'stepsOfNumbers', read: call('unscaled64', column('num')), valued: isKnown },
  money: { steps: 'stepsOfNumbers', read: call('unscaled64', column('num')), valued: isKnown },
  text: { steps: 'stepsOfTexts', read: column('str'), valued: isKnown },
  date: { steps: 'stepsOfMoments', read: call('millis', column('at')), valued: isKnown },
  bool: { steps: 'stepsOfBools', read: call('bit', column('num')), valued: isKnown },
  list: { steps: 'stepsOfLists', read: column('list'), valued: hasList },
}

function foldedValue(type: ReturnType<typeof usableType>, expr: Expr): Lowered {
  switch (type) {
    case 'number':
    case 'money':
      return numberOf('scaled', call('scaleUp', expr, number(10_000)))
    case 'text':
      return { type: 'text', expr }
    case 'date':
      return { type: 'date', form: 'millis', expr, literal: null }
    case 'bool':
      return { type: 'bool', expr }
    case 'list':
      return { type: 'list', element: 'text', expr: call('part', expr, number(2)), known: hasList(expr) }
  }
}

/** A value that was not there before was added, one that is gone was removed. */
function operation(before: Expr, after: Expr): Named {
  const expr = choose(
    [
      { when: not(before), then: param('String', 'added') },
      { when: not(after), then: param('String', 'removed') },
    ],
    param('String', 'set'),
  )
  return { name: OP, expr }
}

/** Published changes of a tag's values. */
function tagChanges(entry: DefinitionEntry, scope: DefinitionScope): Found {
  const type = findType({ tag: entry.id }, { catalog: scope.catalog, subject: scope.subject.key, stream: null })
  if (type?.kind === 'number') {
    return publishedChanges('tag_numbers', entry.number, column('num'), (value) =>
      numberOf('scaled', call('unscaled128', value)),
    )
  }
  if (type?.kind === 'date') return publishedChanges('tag_numbers', entry.number, column('at'), instantOf)
  const { codes, numbers } = codesInOrder(entry)
  const code = (value: Expr): Lowered => ({
    type: 'code',
    index: call(
      'placeOfCode',
      value,
      param('Array(UInt32)', numbers),
      param(
        'Array(UInt32)',
        numbers.map((_, i) => i + 1),
      ),
    ),
    codes,
  })
  if (type?.kind === 'list') return familyChanges(entry.number, code)
  return publishedChanges('tag_changes', entry.number, call('nonMissing', column('value')), code)
}

const ORDER: readonly Expr[] = [column('as_of'), column('run_id')]

/** A value per run beside the one before; missing = blank. */
function publishedChanges(
  table: 'tag_changes' | 'tag_numbers',
  tag: number,
  value: Expr,
  read: (value: Expr) => Lowered,
  isThere: (value: Expr) => Expr = isKnown,
): Found {
  const plan = (scans: Scans): Plan => {
    const rows: Plan = {
      kind: 'project',
      input: scans.published(table, tag),
      shared: [],
      columns: [PROFILE, ...MOMENT, { name: TO, expr: value }],
    }
    const before: Expr = {
      kind: 'over',
      name: 'previous',
      of: column(TO),
      by: [column('profile_id')],
      order: [column('ts'), column('seq')],
    }
    const beside: Plan = {
      kind: 'project',
      input: rows,
      shared: [],
      columns: [{ name: FROM, expr: before }],
      all: true,
    }
    return {
      kind: 'project',
      input: { kind: 'filter', input: beside, where: [not(call('isSame', column(FROM), column(TO)))], without: null },
      shared: [],
      columns: [operation(isThere(column(FROM)), isThere(column(TO)))],
      all: true,
    }
  }
  return { plan, from: read(column(FROM)), to: read(column(TO)) }
}

const MOMENT: readonly Named[] = [
  { name: 'ts', expr: call('instantOfSeconds', ORDER[0]!) },
  { name: 'seq', expr: ORDER[1]! },
]

/** Values of a family come and go one by one. */
function familyChanges(tag: number, code: (value: Expr) => Lowered): Found {
  const plan = (scans: Scans): Plan => {
    const present: Named = { name: 'present', expr: column('present') }
    const rows: Plan = {
      kind: 'project',
      input: {
        kind: 'filter',
        input: scans.published('tag_changes', tag),
        where: [call('gt', column('value'), number(0))],
        without: null,
      },
      shared: [],
      columns: [PROFILE, ...MOMENT, { name: 'value', expr: column('value') }, present],
    }
    const before: Expr = {
      kind: 'over',
      name: 'previous',
      of: column('present'),
      by: [column('profile_id'), column('value')],
      order: [column('ts'), column('seq')],
    }
    const was: Named = { name: 'was', expr: before }
    const beside: Plan = { kind: 'project', input: rows, shared: [], columns: [was], all: true }
    const isThere = call('gt', column('present'), number(0))
    const only = (when: Expr): Expr => choose([{ when, then: column('value') }], missing('Nothing'))
    return {
      kind: 'project',
      input: {
        kind: 'filter',
        input: beside,
        where: [not(call('eq', column('present'), column('was')))],
        without: null,
      },
      shared: [],
      columns: [
        { name: FROM, expr: only(not(isThere)) },
        { name: TO, expr: only(isThere) },
        operation(not(isThere), isThere),
      ],
      all: true,
    }
  }
  return { plan, from: code(column(FROM)), to: code(column(TO)) }
}

/** Whether the subject is in a segment or list, or not: the undecided are not. */
function memberChanges(tag: number): Found {
  const isIn = call('eq', column('value'), number(1))
  const isThere = (value: Expr): Expr => call('gt', value, number(0))
  return publishedChanges('tag_changes', tag, isIn, (expr) => ({ type: 'bool', expr }), isThere)
}

/** A relation begins and, when it is over, ends. */
function relationRows(scans: Scans, stored: string, isReversed: boolean): Plan {
  const near = isReversed ? 'to' : 'from'
  const ended = call('known', column('to_ts'))
  const rows = (ts: Expr, op: string, where: readonly Expr[]): Plan => ({
    kind: 'project',
    input: { kind: 'filter', input: scans.relationChanges(stored), where, without: null },
    shared: [],
    columns: [
      { name: 'profile_id', expr: scans.profile(near) },
      { name: 'ts', expr: ts },
      { name: 'seq', expr: column('seq') },
      { name: OP, expr: param('String', op) },
    ],
  })
  const isOver = [isKnown(column('to_ts')), scans.isPast(ended)]
  return { kind: 'union', inputs: [rows(column('from_ts'), 'added', []), rows(ended, 'removed', isOver)] }
}
