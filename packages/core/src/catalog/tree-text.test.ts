import { expect, it } from 'vitest'
import { type Outline, treeText } from './tree-text.js'

const values = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ code: `c${index}`, label: `值 ${index}`, people: count - index }))
const tag = { id: 't', name: { zh: '等级', en: 'tier' }, subject: 'person', people: 1, population: 4, values: [] }
const outline: Outline = {
  name: '云岚商城',
  asOf: null,
  population: { person: 4, organisation: 1 },
  visitors: 0,
  categories: [
    { id: 'a', name: '空目录', theme: null, people: {}, categories: [], tags: [] },
    {
      id: 'b',
      name: { zh: '价值', en: 'value' },
      theme: null,
      people: { person: 1, organisation: 2 },
      categories: [{ id: 'c', name: '下级', theme: null, people: { person: 1 }, categories: [], tags: [tag] }],
      tags: [{ ...tag, id: 'new', name: '新标签', people: null }],
    },
  ],
  tags: [{ ...tag, id: 'long', name: '长', people: 14, values: values(14) }],
}

it('draws categories, tags and values with their people, and nothing where nothing is known', () => {
  expect(treeText(outline, 'zh').split('\n').slice(0, 6)).toEqual([
    '标签目录 · 云岚商城  4 人 · 1 家企业',
    '├ 空目录',
    '├ 价值  1 人 · 2 家企业',
    '│ ├ 下级  1 人',
    '│ │ └ 等级  1 人  25.0%',
    '│ └ 新标签  尚未计算',
  ])
})

it('speaks English, one of a kind in the singular', () => {
  expect(treeText(outline, 'en').split('\n').slice(0, 6)).toEqual([
    'Tag catalogue · 云岚商城  4 people · 1 organisation',
    '├ 空目录',
    '├ value  1 person · 2 organisations',
    '│ ├ 下级  1 person',
    '│ │ └ tier  1 person  25.0%',
    '│ └ 新标签  not computed yet',
  ])
})

it('cuts a long list of values and says how many more there are', () => {
  const lines = treeText(outline, 'zh').split('\n')
  expect(lines.at(-1)).toBe('  └ 另有 2 个值')
  expect(lines.at(-2)).toBe('  ├ 值 11  3 人  21.4%')
})
