import { parseDecimal } from '../../kernel/decimal.js'
import { cutsFit } from '../fits/cuts-fit.js'
import { fitKey } from '../fits/fit-key.js'
import { call, choose, type Expr, type FitPart, missing, param } from '../plan/expr.js'
import type { DefinitionScope } from './definition-scope.js'
import { type Lowered, type LoweredNumber, millisOf, numberOf, scaledOf } from './lowered.js'
import { textOf } from './operators.js'
import type { GroupNumberOf, TierOf } from './scope.js'

/**
 * The tier of a value: 1 + the cuts below it. Fitted cuts keep equal values in the lower tier, fixed cuts put a value
 * equal to a cut in the upper one; `edge` overrides.
 */
export function tierOf(of: TierOf, scope: DefinitionScope, path: string): LoweredNumber {
  const value = scaledOf(of.value)
  if (Array.isArray(of.at)) {
    const cuts = param(
      'Array(Int128)',
      of.at.map((cut) => parseDecimal(cut) ?? 0n),
    )
    return numberOf('whole', tier(of.edge ?? 'up', value, cuts))
  }
  const group = groupTextOf(of.by)
  const key = fitKey(scope.definition.id, of.identity, scope.only !== null)
  scope.planner.fits.add(
    {
      definitionId: scope.definition.id,
      path,
      of: cutsFit(of.at),
      schedule: of.at.fit ?? 'daily',
      value,
      scope: scope.fitScope(of.only),
      group,
    },
    key,
  )
  const fitted = tier(of.edge ?? 'down', value, fitValues(key, group))
  return numberOf('whole', choose([{ when: fitKnown(key, group), then: fitted }], missing('UInt16')))
}

/** A number of the subject's group. */
export function groupNumberOf(of: GroupNumberOf, scope: DefinitionScope, path: string): LoweredNumber {
  const group = groupTextOf(of.by)
  const key = fitKey(scope.definition.id, of.identity, scope.only !== null)
  scope.planner.fits.add(
    {
      definitionId: scope.definition.id,
      path,
      of: { kind: 'number', get: of.get, atLeast: of.atLeast },
      schedule: of.fit ?? 'daily',
      value: scaledOf(of.value),
      scope: scope.fitScope(of.only),
      group,
    },
    key,
  )
  const first = call('part1', fitValues(key, group))
  return numberOf('scaled', choose([{ when: fitKnown(key, group), then: first }], missing('Int128')))
}

function tier(edge: 'up' | 'down', value: Expr, cuts: Expr): Expr {
  return choose(
    [{ when: call('isKnown', value), then: call(edge === 'up' ? 'tierFrom' : 'tierAbove', cuts, value) }],
    missing('UInt16'),
  )
}

function fitPart(key: string, part: FitPart): Expr {
  return { kind: 'fit', key, part }
}

/** The numbers of the fit that hold for a subject. */
function fitValues(key: string, group: Expr | null): Expr {
  if (group === null) return fitPart(key, 'first')
  return call('pick', fitPart(key, 'groupValues'), groupPlace(key, group))
}

/** Whether there is a fit for the subject at all. */
function fitKnown(key: string, group: Expr | null): Expr {
  if (group === null) return call('gt', fitPart(key, 'known'), { kind: 'number', value: 0 })
  return call('gt', groupPlace(key, group), { kind: 'number', value: 0 })
}

function groupPlace(key: string, group: Expr): Expr {
  return call('groupPlace', group, fitPart(key, 'groupKeys'), fitPart(key, 'groupPlaces'))
}

/** One text for the values of a group; missing when one of them is, because a missing key is no group. */
function groupTextOf(by: readonly Lowered[]): Expr | null {
  if (by.length === 0) return null
  return call('groupKey', ...by.map(keyTextOf))
}

function keyTextOf(value: Lowered): Expr {
  const text = textOf(value)
  if (text !== null) return text
  switch (value.type) {
    case 'number':
      return call('textOfNumber', scaledOf(value))
    case 'date':
      return call('textOfNumber', millisOf(value))
    case 'bool':
      return call('textOfNumber', value.expr)
    default:
      return missing('String')
  }
}
