import type { Catalog } from '@tagtree/core/catalog/catalog'
import * as contract from '@tagtree/core/contract/calendar'
import { AppError } from '@tagtree/core/kernel/app-error'
import { loadYears, patchDays, readDays, replaceDays } from '../../store/calendar/calendar-days.js'
import { readPeriods, removePeriod, type StoredPeriod, writePeriod } from '../../store/calendar/periods.js'
import { changeNames } from '../../store/change-names.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { type Bound, bind } from '../bind.js'
import { plainText } from '../plain-text.js'
import type { TagRouteDeps } from './in-catalogue.js'

/** The workspace calendar: special days and named stretches. */
export function calendarRoutes(deps: TagRouteDeps): readonly Bound[] {
  /** Tags that look at the calendar are computed anew. */
  const change = async <T>(workspaceId: number, work: (tx: Tx) => Promise<T>): Promise<T> => {
    const result = await changeNames(deps.pool, workspaceId, work)
    const catalog = await deps.loadCatalog(workspaceId)
    if (looksAtCalendar(catalog)) await deps.onDefinitionsChanged(workspaceId)
    return result
  }
  return [
    bind(contract.showCalendar, async ({ query }, { workspace }) =>
      inWorkspace(deps.pool, workspace.id, async (tx) => ({
        days: await readDays(tx, workspace.id, query.from, query.to),
        periods: (await readPeriods(tx, workspace.id)).map(showPeriod),
      })),
    ),
    bind(contract.replaceCalendarDays, async ({ body }, { workspace }) => {
      await change(workspace.id, (tx) => replaceDays(tx, workspace.id, body.from, body.to, body.days))
      return { days: body.days.length }
    }),
    bind(contract.editCalendarDays, async ({ body }, { workspace }) => {
      await change(workspace.id, (tx) => patchDays(tx, workspace.id, body.days))
      return { days: body.days.length }
    }),
    bind(contract.loadCalendar, async ({ body }, { workspace }) => ({
      days: await change(workspace.id, (tx) => loadYears(tx, workspace.id, body.country, body.from, body.to)),
    })),
    bind(contract.savePeriod, async ({ params, body }, { workspace }) => {
      const { name, ...stretch } = body
      const period = { id: params.id, labels: plainText(name), ...stretch }
      await change(workspace.id, (tx) => writePeriod(tx, workspace.id, period))
      return showPeriod(period)
    }),
    bind(contract.removePeriod, async ({ params }, { workspace }) => {
      const users = usersOfPeriod(await deps.loadCatalog(workspace.id), params.id)
      if (users.length > 0) {
        const words = { what: { en: 'period', zh: '时段' }, name: params.id, uses: users.join(', ') }
        throw new AppError('IN_USE', { words })
      }
      await change(workspace.id, (tx) => removePeriod(tx, workspace.id, params.id))
    }),
  ]
}

function showPeriod({ labels, ...period }: StoredPeriod) {
  return { ...period, name: labels }
}

/** Whether any definition asks what day it is; a name that only looks like it costs a run too many. */
function looksAtCalendar(catalog: Catalog): boolean {
  return [...catalog.definitions.values()].some(({ body }) =>
    /"(?:period|dayKind|holiday|promotion)"/.test(JSON.stringify(body)),
  )
}

/** Ids of live definitions with a window `{ period: id }`. */
function usersOfPeriod(catalog: Catalog, id: string): string[] {
  const names = (node: unknown): boolean =>
    typeof node === 'object' &&
    node !== null &&
    (('period' in node && node.period === id) || Object.values(node).some(names))
  return [...catalog.definitions.values()].filter((one) => !one.archived && names(one.body)).map((one) => one.id)
}
