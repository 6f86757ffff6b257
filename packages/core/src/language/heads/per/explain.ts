import type { ExplainValue, Plan } from '../../../explain/head.js'
import { ONE } from '../../../kernel/decimal.js'
import { startOfUnit } from '../../../kernel/zone.js'
import type { PerValue } from '../../document.js'

/** More rows may fill a bucket; runs of units end when a unit is over. */
export const explainPer: ExplainValue<PerValue> = {
  parts: () => [],
  missing: (_value, _scope, speaker) =>
    speaker.pick('时间窗尚未开始或没有数据', 'its window has not begun, or there is nothing in it'),
  moments: ({ per, of }, scope) => {
    scope.stream(of)
    if (typeof per === 'object' && 'session' in per) for (const ts of scope.rows(of.did)) scope.later(ts, [per.session])
    if (typeof per !== 'string' || per === 'event') return
    for (const ts of scope.rows(of.did)) {
      for (const shift of [1, 2]) {
        const edge =
          per === 'hour' ? (Math.floor(ts / 3_600_000) + shift) * 3_600_000 : startOfUnit(scope.zone, per, ts, shift)
        scope.add(edge)
        scope.add(edge + 1)
      }
    }
  },
  reach: ({ of, having }, goal, scope) => {
    if (goal.kind !== 'number' && goal.kind !== 'known') return []
    const rows = scope.rows(of.did, of.each, of.where, null)
    const needed =
      having !== undefined && 'gte' in having && typeof having.gte === 'number'
        ? Math.min(50, Math.ceil(having.gte))
        : 1
    const current = scope.now.value({ per: 'event', of } as PerValue).value
    const missing =
      goal.kind === 'number' && goal.from !== null && typeof current === 'bigint'
        ? Number((goal.from - current) / ONE)
        : 1
    const times = new Set([1, needed, Math.max(1, Math.min(50, missing))])
    return rows.flatMap((step) => [...times].map((count): Plan => [{ ...step, times: count }]))
  },
}
