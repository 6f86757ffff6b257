import type { AttributeEntry } from '../catalog/catalog.js'
import { usableType } from '../language/frame/property.js'
import { aggregate, call, column, type Expr, number, param } from './plan/expr.js'
import type { Named } from './plan/plan.js'

/** Attributes folded from their changes in the order (ts, seq): the same fold the applier keeps for the present. */
export function attributeHistory(entries: readonly AttributeEntry[]): Named[] {
  return entries.flatMap((entry) => {
    const name = `t_${entry.id}`
    const isList = usableType(entry) === 'list'
    const folded = foldOf(entry)
    if (!isList) return [{ name, expr: folded }]
    return [
      { name, expr: call('part', folded, number(2)) },
      { name: `${name}__known`, expr: call('part', folded, number(1)) },
    ]
  })
}

function foldOf(entry: AttributeEntry): Expr {
  const rows = (value: Expr): Expr => {
    const when = [call('eq', column('attr_id'), param('UInt16', entry.id))]
    return aggregate('sortedRows', [column('ts'), column('seq'), call('plainText', column('op')), value], when)
  }
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
