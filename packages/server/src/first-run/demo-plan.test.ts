import { existsSync, readFileSync } from 'node:fs'
import { DEMO_ATTRIBUTES, DEMO_EVENTS, DEMO_GOODS } from '@tagtree/core/demo/labels'
import type { TagDefinition, Text } from '@tagtree/core/language/document'
import { withBody } from '@tagtree/core/language/recipe-body'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { buildCatalog } from '@tagtree/core/language/testing/catalog-builder'
import { withPlan } from '@tagtree/core/plan/plan-catalog'
import { readPlan, type WrittenPlan } from '@tagtree/core/plan/read-plan'
import { runPlanTest } from '@tagtree/core/plan/run-tests'
import { describe, expect, it } from 'vitest'
import { demoPlan, demoSqlPlan } from './demo-plan.js'

/** The names that the demo's files bring; the test of the mappings holds that they bring no others. */
const names = buildCatalog({
  subjects: ['organisation'],
  events: Object.fromEntries(
    Object.entries(DEMO_EVENTS).map(([event, { zh, en, properties }]) => [
      event,
      {
        labels: { zh, en },
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, { type, catalogue, ...labels }]) => [
            name,
            { type, labels, ...(catalogue === undefined ? {} : { catalogue }) },
          ]),
        ),
      },
    ]),
  ),
  items: { goods: Object.fromEntries(Object.entries(DEMO_GOODS).map(([key, { type }]) => [key, type])) },
  relations: {
    employs: ['organisation', 'person', 'many'],
    employer: ['person', 'organisation', 'many', 'employs'],
  },
  attributes: Object.fromEntries(Object.entries(DEMO_ATTRIBUTES.person).map(([key, { type }]) => [key, type])),
  attributesOf: {
    organisation: Object.fromEntries(
      Object.entries(DEMO_ATTRIBUTES.organisation).map(([key, { type }]) => [key, type]),
    ),
  },
})

function readDemo(): WrittenPlan {
  const read = readPlan([demoPlan(), demoSqlPlan()])
  expect(read.ok ? [] : read.issues).toEqual([])
  if (!read.ok) throw new TypeError('the plan of the demo was not read')
  return read.plan
}
const plan = readDemo()
const bodies = plan.definitions.map(({ parsed }) => withBody(parsed)!)
const catalog = withPlan(names, bodies)
const tags = bodies.filter((body): body is TagDefinition => body.kind === 'tag')
const nameOf = (name: Text): string => (typeof name === 'string' ? name : name.zh)

describe('the tag tree of the demo', () => {
  it('uses only names that the demo has', () => {
    for (const { parsed } of plan.definitions) {
      const resolved = resolveDefinition(parsed, catalog)
      expect(resolved.ok ? [] : resolved.issues, parsed.id).toEqual([])
      expect(resolved.warnings, parsed.id).toEqual([])
    }
  })

  it('gives what its own tests expect', () => {
    expect(plan.tests.length).toBeGreaterThan(0)
    for (const { test } of plan.tests) {
      const { issues, outcomes } = runPlanTest(test, catalog, { numbers: () => null })
      expect(issues, test.name).toEqual([])
      expect(
        outcomes.filter(({ passed }) => !passed),
        test.name,
      ).toEqual([])
    }
  })

  it('puts every tag into a category of the plan', () => {
    const categories = new Set(plan.categories.map(({ id }) => id))
    for (const { parsed, category } of plan.definitions) {
      if (parsed.kind === 'tag') expect(categories, parsed.id).toContain(category)
    }
  })

  it('shows the language widely, for persons and organisations', () => {
    const count = (kind: string) => bodies.filter((body) => body.kind === kind).length
    expect(tags.length).toBeGreaterThanOrEqual(30)
    expect(tags.filter(({ subject }) => subject === 'organisation').length).toBeGreaterThanOrEqual(6)
    expect(plan.categories.length).toBeGreaterThanOrEqual(6)
    expect(count('segment')).toBeGreaterThanOrEqual(12)
    expect(count('tree')).toBeGreaterThanOrEqual(1)
    const text = JSON.stringify(bodies)
    const used = ['sequence', 'notThen', 'per', 'via', 'among', 'cut', 'top', 'halfLife', 'clock', 'anniversary']
    const more = ['changes', 'ago', 'skip', 'gaps', 'take', 'sample', 'segment', 'node', 'case', 'each', 'sql', 'calc']
    for (const word of [...used, ...more]) expect(text).toContain(`"${word}":`)
  })

  it('says of every tag what it is for, in both languages', () => {
    for (const tag of tags) {
      expect(tag.note, tag.id).toMatchObject({
        zh: expect.stringMatching(/^目的：/),
        en: expect.stringMatching(/^Purpose: /),
      })
      expect(tag.theme, tag.id).toBeTruthy()
    }
  })

  it('has the names that users of this field expect', () => {
    const own = new Set(tags.map(({ name }) => nameOf(name)))
    const expected = [
      ...['客户价值', 'RFM分层', '生命周期阶段', '购买频率', '累计付费金额分层', '历史消费金额', '品牌忠诚度'],
      ...['消费能力', '年龄段', '性别', '城市', '收入', '购买意向', '满意度', '分享达人', '潜在客户', '忠诚客户'],
      ...[
        '兴趣爱好',
        '行业',
        '公司规模',
        '地理位置',
        '信用等级',
        '搜索偏好类别',
        '点击偏好类别',
        '时段偏好',
        '渠道偏好',
      ],
      ...['客户需求层次', '利益诉求', '职业', '教育程度(学历)', '留存时长', '事件触发', '场景', '流失原因', '异常风险'],
    ]
    for (const name of expected) expect(own).toContain(name)
    // The list of expected names lies beside the project on machines where it is developed; elsewhere this part is passed over.
    const list = new URL('../../../../../shared/NAMED-TAGS.md', import.meta.url)
    if (!existsSync(list)) return console.info('passed over: ../shared/NAMED-TAGS.md is absent')
    const text = readFileSync(list, 'utf8')
    for (const name of expected) expect(text).toContain(name.replace(/\(.*\)$/, ''))
  })
})
