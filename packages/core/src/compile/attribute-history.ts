import { usableType } from '../language/frame/property.js'
import type { AttributeRead } from './lower/attribute-columns.js'
import { instantParam } from './lower/lowered.js'
import { aggregate, call, column, type Expr, number, param } from './plan/expr.js'
import type { Named } from './plan/plan.js'

/** Attributes folded from their changes in the order (ts, seq): the same fold the applier keeps for the present. */
export function attributeHistory(reads: readonly AttributeRead[]): Named[] {
  return reads.flatMap((read) => {
    const folded = foldOf(read)
    if (usableType(read.entry) !== 'list') return [{ name: read.name, expr: folded }]
    return [
      { name: read.name, expr: call('part', folded, number(2)) },
      { name: `${read.name}__known`, expr: call('part', folded, number(1)) },
    ]
  })
}

function foldOf({ entry, since }: AttributeRead): Expr {
  const when = [call('eq', column('attr_id'), param('UInt16', entry.id))]
  if (since !== null) when.push(call('gt', column('ts'), instantParam(since)))
  const rows = (value: Expr): Expr =>
    aggregate('sortedRows', [column('ts'), column('seq'), call('plainText', column('op')), value], when)
  switch (usableType(entry)) {
    case 'number':
    case 'money':
      return call('foldNumbers', rows(call('unscaled64', column('num'))))
    case 'text':
      return call('foldTexts', rows(column('str')))
    case 'date':
      return call('foldMoments', rows(call('millis', column('at'))))
    case 'bool':
      return call('foldBools', rows(call('bit', column('num'))))
    case 'list':
      return call('foldLists', rows(column('list')))
  }
}
