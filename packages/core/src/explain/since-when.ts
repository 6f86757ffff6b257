import type { Instant } from '../kernel/zone.js'
import type { SinceWhen } from './explanation.js'
import { momentsOf } from './moments.js'
import { isSameValue } from './same-value.js'
import type { Trial } from './trial.js'

const WORK = 120_000

/**
 * The earliest moment from which the value has been the same without interruption, by what is known now and with the fits
 * of now: from moment to moment backwards until it is another.
 */
export function findSince(trial: Trial): SinceWhen {
  const { facts, asOf, definition, context, zone } = trial
  const seen = facts.firstTs + 1
  if (facts.firstTs >= asOf) return { from: asOf, kind: 'atLeast' }
  const now = trial.at(asOf)
  const { moments, complete } = momentsOf(definition, facts, {
    catalog: context.catalog,
    zone,
    definition: trial.definitionOf,
    numberOf: trial.numberOf,
    read: trial.read,
    from: facts.firstTs,
    to: asOf,
  })
  const until = trial.work + WORK
  let same: Instant = asOf
  for (const moment of moments.toReversed()) {
    if (trial.work > until) return { from: same, kind: 'atLeast' }
    if (isSameValue(trial.at(moment), now)) {
      same = moment
      continue
    }
    const from = isSameValue(trial.at(same - 1), now) ? firstSame(trial, moment, same) : same
    return { from, kind: complete ? 'exact' : 'atLeast' }
  }
  return same <= seen ? { from: seen, kind: complete ? 'firstSeen' : 'atLeast' } : { from: same, kind: 'atLeast' }
}

/** Between a moment with another value and one with the same: where it changes. */
function firstSame(trial: Trial, other: Instant, same: Instant): Instant {
  const now = trial.at(trial.asOf)
  let [low, high] = [other, same]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isSameValue(trial.at(middle), now)) high = middle
    else low = middle
  }
  return high
}
