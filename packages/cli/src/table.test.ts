import { expect, it } from 'vitest'
import { cellWidth, formatTable } from './table.js'

it('columns line up although Chinese characters are two cells wide', () => {
  const lines = formatTable(
    [
      { title: '名称', value: (row: { name: string; n: number }) => row.name },
      { title: '人数', value: (row) => row.n, right: true },
    ],
    [
      { name: '沉睡客户', n: 12_345 },
      { name: 'VIP', n: 7 },
    ],
  )
  expect(lines).toEqual(['名称       人数', '沉睡客户  12345', 'VIP           7'])
  expect(new Set(lines.map(cellWidth)).size).toBe(1)
})

it('a missing value is a dash, and control characters of stored texts do not reach the terminal', () => {
  const [, line] = formatTable([{ title: 'a', value: (row: string | null) => row }], ['x\u001b[2J\ny'])
  expect(line).toBe('x [2J y')
  expect(formatTable([{ title: 'a', value: () => null }], [1])[1]).toBe('–')
})
