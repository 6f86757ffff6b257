import * as contract from '@tagtree/core/contract/calendar'
import { createWorkspace } from '@tagtree/core/contract/govern'
import { dayNumberOf, parseCivilDate } from '@tagtree/core/kernel/calendar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCatalogStore } from '../../store/catalog.js'
import { prepareWorkspaceStore } from '../../store/workspace-store.js'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

let server: TestServer
let shop: Shop
beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'calendar')
})
afterAll(() => server.remove())

const catalog = () =>
  openCatalogStore({ app: server.postgres.app, clickhouse: server.clickhouse }).load(shop.workspaceId)
const number = (day: string): number => dayNumberOf(parseCivilDate(day)!)
const edit = (...days: object[]) => shop.client.call(contract.editCalendarDays, { body: { days: days as never } })

describe('the workspace calendar', () => {
  it('knows public holidays and exchanged workdays where the workspace is in China', async () => {
    const { calendar } = await catalog()
    expect(calendar.get(number('2025-10-01'))).toEqual({ kind: 'holiday', holiday: '国庆节', promotion: null })
    expect(calendar.get(number('2025-10-06'))).toMatchObject({ holiday: '中秋' })
    expect(calendar.get(number('2026-02-14'))).toEqual({ kind: 'workday', holiday: null, promotion: null })
    expect(calendar.has(number('2025-10-12'))).toBe(false)
    const abroad = server.client()
    await abroad.call(createWorkspace, { body: { slug: 'lima', timeZone: 'America/Lima', currency: 'PEN' } })
    const { days } = await server.client('lima').call(contract.showCalendar, { query: { from: 2000, to: 2100 } })
    expect(days).toEqual([])
  })

  it('keeps days that somebody set when years are given again at a start', async () => {
    await edit(
      { day: '2026-10-08', kind: 'holiday', holiday: '公司年假' },
      { day: '2026-05-01', promotion: '五一大促' },
    )
    const workspace = { id: shop.workspaceId, database: `ws_${shop.workspaceId}` }
    await prepareWorkspaceStore({ app: server.postgres.app, clickhouse: server.clickhouse }, workspace)
    const { calendar } = await catalog()
    expect(calendar.get(number('2026-10-08'))).toMatchObject({ holiday: '公司年假' })
    expect(calendar.get(number('2026-05-01'))).toEqual({ kind: 'holiday', holiday: '劳动节', promotion: '五一大促' })
  })

  it('changes single days and whole years, and loads a year again without losing its promotions', async () => {
    const { client } = shop
    await edit({ day: '2024-06-18', promotion: '618' }, { day: '2024-02-10', holiday: '过年' })
    await client.call(contract.loadCalendar, { body: { country: 'CN', from: 2024, to: 2024 } })
    const shown = await client.call(contract.showCalendar, { query: { from: '2024', to: '2024' } })
    expect(shown.days.find(({ day }) => day === '2024-02-10')).toMatchObject({ holiday: '春节' })
    expect(shown.days).toContainEqual({ day: '2024-06-18', kind: null, holiday: null, promotion: '618' })
    await edit({ day: '2024-06-18', promotion: null })
    const only = [{ day: '2023-03-08', kind: 'restday' as const }]
    await client.call(contract.replaceCalendarDays, { body: { from: 2023, to: 2024, days: only } })
    const left = await client.call(contract.showCalendar, { query: { from: 2023, to: 2024 } })
    expect(left.days).toEqual([{ day: '2023-03-08', kind: 'restday', holiday: null, promotion: null }])
    expect((await client.call(contract.showCalendar, { query: { from: 2025, to: 2025 } })).days).toHaveLength(33)
  })

  it('names the days of a promotion, and knows its stretch in local time', async () => {
    const save = (id: string, from: string, to: string, promotion: string | null) =>
      shop.client.call(contract.savePeriod, { params: { id }, body: { name: { zh: id }, from, to, promotion } })
    await save('double11_2025', '2025-11-01', '2025-11-12', '双11')
    await save('peak', '2025-11-10', '2025-11-11', '双11巅峰')
    await save('term', '2025-09-01', '2026-01-15', null)
    await edit({ day: '2025-11-05', promotion: '店庆' })
    const { calendar, periods } = await catalog()
    const names = ['2025-10-31', '2025-11-01', '2025-11-05', '2025-11-10', '2025-11-12'].map(
      (day) => calendar.get(number(day))?.promotion,
    )
    expect(names).toEqual([undefined, '双11', '店庆', '双11巅峰', '双11'])
    expect(calendar.get(number('2025-11-01'))?.kind).toBe('restday')
    expect(periods.get('double11_2025')).toEqual({
      id: 'double11_2025',
      labels: { zh: 'double11_2025' },
      from: Date.parse('2025-10-31T16:00:00Z'),
      to: Date.parse('2025-11-12T16:00:00Z'),
    })
    await shop.client.call(contract.removePeriod, { params: { id: 'peak' } })
    expect((await catalog()).calendar.get(number('2025-11-10'))?.promotion).toBe('双11')
  })

  it('refuses days twice, days outside, turned periods, unknown years and countries', async () => {
    const { client } = shop
    expect(await refusal(edit({ day: '2025-01-01' }, { day: '2025-01-01' }))).toMatchObject({ code: 'REQUEST_INVALID' })
    expect(await refusal(edit({ day: '2025-02-29' }))).toMatchObject({ code: 'REQUEST_INVALID' })
    const outside = { from: 2025, to: 2025, days: [{ day: '2026-01-01' }] }
    expect(await refusal(client.call(contract.replaceCalendarDays, { body: outside }))).toMatchObject({
      code: 'REQUEST_INVALID',
    })
    const turned = { name: 'x', from: '2025-02-01', to: '2025-01-01' }
    expect(await refusal(client.call(contract.savePeriod, { params: { id: 'x' }, body: turned }))).toMatchObject({
      code: 'REQUEST_INVALID',
    })
    for (const country of ['CN', 'XX']) {
      const load = client.call(contract.loadCalendar, { body: { country, from: 2031, to: 2031 } })
      expect(await refusal(load)).toMatchObject({ code: 'CALENDAR_UNKNOWN', status: 404 })
    }
    expect(await refusal(client.call(contract.removePeriod, { params: { id: 'none' } }))).toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
