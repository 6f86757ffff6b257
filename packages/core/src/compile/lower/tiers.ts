import { parseDecimal } from '../../kernel/decimal.js'
import type { Fit } from '../../language/document.js'
import { cutsCount, cutsFit } from '../fits/cuts-fit.js'
import { fitKey } from '../fits/fit-key.js'
import { call, choose, type Expr, type FitPart, missing, number, param } from '../plan/expr.js'
import { textOf } from './compare.js'
import type { DefinitionScope } from './definition-scope.js'
import type { FitKind } from './fit-registry.js'
import { type Lowered, type LoweredNumber, millisOf, numberOf, scaledOf } from './lowered.js'
import type { GroupNumberOf, TierOf } from './scope.js'

/**
 * The tier of a value: 1 + the cuts below it. Fitted cuts keep equal values in the lower tier, fixed cuts put a value
 * equal to a cut in the upper one; `edge` overrides.
 */
export function tierOf(of: TierOf, scope: DefinitionScope, path: string): LoweredNumber {
  const value = scaledOf(of.value)
  if (Array.isArray(of.at)) {
    const cuts = of.at.map((cut) => param('Int128', parseDecimal(cut) ?? 0n))
    return numberOf(
      'whole',
      ifKnown(value, call((of.edge ?? 'up') === 'up' ? 'tierFrom' : 'tierAbove', value, ...cuts)),
    )
  }
  const group = groupTextOf(of.by)
  const kind = cutsFit(of.at)
  const key = addFit(of, kind, group, of.at.fit, scope, path)
  const up = of.edge === 'up'
  const tier =
    group === null
      ? call(up ? 'tierFrom' : 'tierAbove', value, ...range(cutsCount(kind)).map((index) => fitNumber(key, index)))
      : call(up ? 'groupTierFrom' : 'groupTierAbove', value, groupValues(key, group))
  const fitted = ifKnown(value, tier)
  return numberOf('whole', choose([{ when: fitKnown(key, group), then: fitted }], missing('UInt16')))
}

/** A number of the subject's group. */
export function groupNumberOf(of: GroupNumberOf, scope: DefinitionScope, path: string): LoweredNumber {
  const group = groupTextOf(of.by)
  const key = addFit(of, { kind: 'number', get: of.get, atLeast: of.atLeast }, group, of.fit, scope, path)
  const number = group === null ? fitNumber(key, 0) : call('part1', groupValues(key, group))
  return numberOf('scaled', choose([{ when: fitKnown(key, group), then: number }], missing('Int128')))
}

function addFit(
  of: Pick<TierOf, 'value' | 'only' | 'identity'>,
  kind: FitKind,
  group: Expr | null,
  schedule: Fit | undefined,
  scope: DefinitionScope,
  path: string,
): string {
  const { moment } = scope.planner
  const key = fitKey(scope.definition.id, of.identity, scope.only !== null, moment)
  scope.planner.fits.add(
    {
      definitionId: scope.definition.id,
      path,
      of: kind,
      schedule: schedule ?? 'daily',
      value: scaledOf(of.value),
      scope: scope.fitScope(of.only),
      group,
      pass: scope.planner,
      moment,
    },
    key,
  )
  return key
}

function ifKnown(value: Expr, tier: Expr): Expr {
  return choose([{ when: call('isKnown', value), then: tier }], missing('UInt16'))
}

function fitNumber(key: string, index: number): Expr {
  return { kind: 'fit', key, part: 'number', index }
}

/** The numbers of the fit that hold for a subject's group. */
function groupValues(key: string, group: Expr): Expr {
  return call('pick', fitPart(key, 'groupValues'), groupPlace(key, group))
}

/** Whether there is a fit for the subject at all. */
function fitKnown(key: string, group: Expr | null): Expr {
  return call('gt', group === null ? fitPart(key, 'known') : groupPlace(key, group), number(0))
}

function groupPlace(key: string, group: Expr): Expr {
  return call('groupPlace', group, fitPart(key, 'groupKeys'), fitPart(key, 'groupPlaces'))
}

function fitPart(key: string, part: FitPart): Expr {
  return { kind: 'fit', key, part }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
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
