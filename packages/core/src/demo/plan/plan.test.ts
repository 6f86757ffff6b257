import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseDefinition } from '../../language/parse.js'
import { resolveDefinition } from '../../language/resolve.js'
import { buildCatalog, withDefinitions } from '../../language/testing/catalog-builder.js'
import { DEMO_ATTRIBUTES, DEMO_EVENTS } from '../labels.js'
import { DEMO_PLAN } from './plan.js'

const tags = DEMO_PLAN.definitions.filter((document) => document.kind === 'tag')
const nameOf = (document: { name: string | { zh: string } }): string =>
  typeof document.name === 'string' ? document.name : document.name.zh

/** The names that the demo's files bring; `mappings.test.ts` holds that they bring no others. */
const names = buildCatalog({
  subjects: ['organisation'],
  events: Object.fromEntries(
    Object.entries(DEMO_EVENTS).map(([event, { zh, en, properties }]) => [
      event,
      {
        labels: { zh, en },
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, property]) => [name, { type: property.type, labels: property }]),
        ),
      },
    ]),
  ),
  attributes: Object.fromEntries(Object.entries(DEMO_ATTRIBUTES.person).map(([key, { type }]) => [key, type])),
  attributesOf: {
    organisation: Object.fromEntries(
      Object.entries(DEMO_ATTRIBUTES.organisation).map(([key, { type }]) => [key, type]),
    ),
  },
})

describe('the tag tree of the demo', () => {
  it('is made of valid documents, each using only names that are there before it', () => {
    let catalog = names
    for (const document of DEMO_PLAN.definitions) {
      const parsed = parseDefinition(document)
      expect(parsed.ok ? [] : parsed.issues, document.id).toEqual([])
      if (!parsed.ok) continue
      const resolved = resolveDefinition(parsed.definition, catalog)
      expect(resolved.ok ? [] : resolved.issues, document.id).toEqual([])
      expect(resolved.warnings, document.id).toEqual([])
      catalog = withDefinitions(catalog, [document])
    }
  })

  it('puts every tag into exactly one category', () => {
    const placed = DEMO_PLAN.categories.flatMap((category) => category.tags)
    expect([...placed].sort()).toEqual(tags.map((tag) => tag.id).sort())
    expect(new Set(placed).size).toBe(placed.length)
  })

  it('has parents that come before their children', () => {
    const seen = new Set<string>()
    for (const category of DEMO_PLAN.categories) {
      if (category.parent !== undefined) expect(seen).toContain(category.parent)
      seen.add(category.id)
    }
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
    const names = new Set(tags.map(nameOf))
    const expected = [
      '客户价值',
      'RFM分层',
      '生命周期阶段',
      '购买频率',
      '累计付费金额分层',
      '历史消费金额',
      '品牌忠诚度',
    ]
    expected.push(
      '消费能力',
      '年龄段',
      '性别',
      '城市',
      '收入',
      '购买意向',
      '满意度',
      '分享达人',
      '潜在客户',
      '忠诚客户',
    )
    expected.push('兴趣爱好', '行业', '公司规模', '地理位置', '信用等级')
    for (const name of expected) expect(names).toContain(name)
    // The list of expected names lies beside the project on machines where it is developed; elsewhere this part is passed over.
    const list = new URL('../../../../../../shared/NAMED-TAGS.md', import.meta.url)
    if (!existsSync(list)) return console.info('passed over: ../shared/NAMED-TAGS.md is absent')
    const text = readFileSync(list, 'utf8')
    for (const name of expected) expect(text).toContain(name)
  })
})
