import { AppError } from '@tagtree/core/kernel/app-error'
import { startOfUnit, type Zone } from '@tagtree/core/kernel/zone'
import type { Tx } from '../../store/postgres.js'
import { type HistorySubject, type PublishedMoment, readMoments } from './published-moment.js'

/** One stretch of a trend. */
export interface TrendPoint {
  /** Start of the local day, week or month, ms. */
  readonly from: number
  /** The moment it speaks of: the end of the stretch or of the range, ms. */
  readonly until: number
  /** The run that speaks of that moment; null = nothing was published yet. */
  readonly published: PublishedMoment | null
}

export interface TrendRange {
  /** ms */
  readonly from: number
  /** ms */
  readonly to: number
  readonly by: 'day' | 'week' | 'month'
}

/** Points of one answer. */
const mostPoints = 1000

/**
 * What was published at the end of each day, week or month of a range: the counts that the runs wrote down, so that it
 * costs nothing of the history itself.
 * @throws AppError REQUEST_INVALID when the range is empty or has too many points
 */
export async function readTrend(
  tx: Tx,
  workspaceId: number,
  subject: HistorySubject,
  range: TrendRange,
  zone: Zone,
  knownAt: number | null,
): Promise<TrendPoint[]> {
  const stretches = stretchesOf(range, zone)
  const moments = await readMoments(
    tx,
    workspaceId,
    subject.number,
    stretches.map(({ until }) => until),
    knownAt,
  )
  return stretches.map((stretch, index) => ({ ...stretch, published: moments[index]! }))
}

function stretchesOf({ from, to, by }: TrendRange, zone: Zone): { from: number; until: number }[] {
  if (!(from < to)) throw badRange('/from', 'the range is empty', '范围为空')
  const stretches: { from: number; until: number }[] = []
  let start = startOfUnit(zone, by, from)
  while (start < to) {
    const end = startOfUnit(zone, by, start, 1)
    // The last instant of the stretch: what begins with the next one is not of it.
    stretches.push({ from: start, until: Math.min(end - 1, to) })
    start = end
    if (stretches.length > mostPoints) {
      throw badRange(
        '/by',
        `more than ${mostPoints} points; ask by week or month`,
        `超过 ${mostPoints} 个点；请按周或按月`,
      )
    }
  }
  return stretches
}

function badRange(pointer: string, message: string, messageZh: string): AppError {
  return new AppError('REQUEST_INVALID', { issues: [{ pointer, message, messageZh }] })
}
