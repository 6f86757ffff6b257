import { describe, expect, it } from 'vitest'
import { dayOf, promotionOn } from './calendar.js'
import { demoPeriods } from './periods.js'

describe('the periods of the demo', () => {
  const now = Date.UTC(2026, 10, 22, 4)
  const periods = demoPeriods(now)

  it('are the promotions of its history and of the year ahead', () => {
    expect(periods.map(({ id }) => id)).toEqual([
      ...['six18_2025', 'double11_2025', 'double12_2025', 'new_year_2026', 'goddess_2026', 'six18_2026'],
      ...['double11_2026', 'double12_2026', 'new_year_2027', 'goddess_2027', 'six18_2027', 'double11_2027'],
      'double12_2027',
    ])
    expect(periods[1]).toEqual({
      id: 'double11_2025',
      name: { zh: '2025 双11', en: 'Double 11 2025' },
      from: '2025-11-01',
      to: '2025-11-12',
      promotion: '双11',
    })
  })

  it('hold exactly the days on which the shop sells more', () => {
    for (const { from, to, promotion } of periods) {
      const [first, last] = [from, to].map((day) => {
        const [year, month, date] = day.split('-').map(Number)
        return dayOf(year!, month!, date!)
      })
      for (let day = first!; day <= last!; day++) expect(promotionOn(day)?.name).toBe(promotion)
      for (const day of [first! - 1, last! + 1]) expect(promotionOn(day)?.name).not.toBe(promotion)
    }
  })
})
