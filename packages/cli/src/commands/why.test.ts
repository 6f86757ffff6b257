import type { ResponseOf } from '@tagtree/core/contract/endpoint'
import type { explainSubject } from '@tagtree/core/contract/explain'
import { expect, it } from 'vitest'
import { explanationLines } from './why.js'

const noon = '2026-04-20T12:00:00.000Z'
const found: ResponseOf<typeof explainSubject> = {
  profileId: 7,
  definition: 'tier',
  name: '等级',
  sentence: '消费分 3 档',
  asOf: noon,
  value: 'silver',
  valueText: '“银卡”',
  path: {
    kind: 'definition',
    definition: 'tier',
    pointer: '',
    text: '等级',
    decided: true,
    parts: [
      {
        kind: 'rule',
        definition: 'tier',
        pointer: '/assign/rules/0',
        text: '“金卡”',
        truth: null,
        decided: false,
        parts: [{ kind: 'value', definition: 'tier', pointer: '/x', text: '不显示', decided: false, parts: [] }],
      },
      {
        kind: 'value',
        definition: 'tier',
        pointer: '/assign/cut',
        text: '消费',
        value: '300',
        valueText: '¥300',
        againstText: '¥500、¥2000',
        decided: true,
        parts: [],
      },
    ],
  },
  deciding: {
    events: [{ event: 'order.paid', text: '支付订单', at: noon, seq: '65536' }],
    groups: [
      {
        text: '打开应用',
        count: 7,
        enoughCount: 2,
        events: Array.from({ length: 7 }, (_, i) => ({
          event: 'app.opened',
          text: '打开应用',
          at: noon,
          seq: String(i),
        })),
        enough: ['0', '1'],
      },
    ],
    attributes: [{ kind: 'attribute', key: 'city', name: '城市', valueText: '“北京”', at: null }],
  },
  since: { from: noon, kind: 'exact' },
  counterfacts: [
    { target: 'gold', targetText: '“金卡”', steps: [], deadline: noon, text: '再有 1 次支付订单，则变为“金卡”' },
  ],
  usesFits: true,
  unfinished: [],
}

it('prints the path, what decided, since when and what would change it', () => {
  const lines = explanationLines(found, (zh) => zh)
  expect(lines).toContain('  ? “金卡”')
  expect(lines).toContain('  · 消费 = ¥300（分界 ¥500、¥2000）')
  expect(lines.join('\n')).not.toContain('不显示')
  expect(lines).toContain('  打开应用: 共 7 次，少掉其中 2 次就会改变')
  expect(lines).toContain('    … 另有 2 次')
  expect(lines).toContain('  城市: “北京”')
  expect(lines.find((line) => line.endsWith('起一直如此'))).toBeDefined()
  expect(lines.slice(-4)).toEqual([
    '怎样会改变',
    '  再有 1 次支付订单，则变为“金卡”',
    '',
    '(分界点与群体数值取自最近一次运行)',
  ])
})
