import { z } from 'zod'
import { NameId, TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { Instant } from './page.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const reading = [...inWorkspace, 'NOT_FOUND', 'NOT_PUBLISHED', 'DEFINITION_INVALID', 'LIST_HOLDS_VALUES'] as const
const Document = z.record(z.string(), z.unknown())

/** Stored people: a segment, a list, or a tag (one value of it, or any). */
export const AudienceName = z
  .strictObject({
    kind: z.enum(['segments', 'lists', 'tags']),
    id: NameId,
    /** For tags; absent = anybody who has a value. */
    value: z.string().max(64).optional(),
  })
  .register(z.globalRegistry, { id: 'AudienceName' })

export const overlapAudiences = endpoint({
  id: 'overlapAudiences',
  stage: 'segment',
  method: 'POST',
  path: '/segments/overlap',
  summary: {
    zh: '2 至 6 个人群、标签值或名单的交叠：每种组合的准确人数与两两对比',
    en: 'How 2 to 6 segments, tag values or lists overlap: exact counts of every combination, and pair by pair',
  },
  access: 'read',
  body: z.strictObject({ audiences: z.array(AudienceName).min(2).max(6) }),
  response: z.object({
    subject: z.string(),
    population: z.number().int(),
    /** In the order they were named. */
    audiences: z.array(
      AudienceName.extend({
        people: z.number().int(),
        /** Whom a segment cannot decide: in no combination of it. */
        undecided: z.number().int(),
        asOf: Instant,
      }),
    ),
    /** People in exactly these audiences (by place) and in none of the others, most first; empty ones are left out. */
    combinations: z.array(z.object({ in: z.array(z.number().int()), people: z.number().int() })),
    pairs: z.array(
      z.object({
        left: z.number().int(),
        right: z.number().int(),
        both: z.number().int(),
        onlyLeft: z.number().int(),
        onlyRight: z.number().int(),
        /** Share of both among the left, among the right, among those in either. */
        ofLeft: z.number().nullable(),
        ofRight: z.number().nullable(),
        jaccard: z.number().nullable(),
      }),
    ),
    ms: z.number(),
  }),
  errors: [...reading, 'AUDIENCES_DIFFER'],
})

export const combineAudiences = endpoint({
  id: 'combineAudiences',
  stage: 'segment',
  method: 'POST',
  path: '/segments/combine',
  summary: {
    zh: '把人群、标签值、名单的并集、交集或差集保存为人群',
    en: 'Save the union, intersection or difference of segments, tag values and lists as a segment',
  },
  access: 'write',
  body: z.strictObject({
    id: NameId,
    name: TextShape,
    how: z.enum(['union', 'intersection', 'difference']),
    audiences: z.array(AudienceName).min(2).max(20),
    categoryId: NameId.nullable().optional(),
  }),
  response: z.object({ id: z.string(), version: z.number().int(), changeNo: z.string(), document: Document }),
  status: 201,
  errors: [...inWorkspace, 'NOT_FOUND', 'DEFINITION_INVALID', 'NAME_TAKEN', 'AUDIENCES_DIFFER', 'LIST_HOLDS_VALUES'],
  idempotent: true,
})

export const sampleAudience = endpoint({
  id: 'sampleAudience',
  stage: 'segment',
  method: 'POST',
  path: '/segments/sample',
  summary: {
    zh: '从人群中可重复地随机抽样或分层抽样，可保存为名单',
    en: 'Draw a repeatable random or stratified sample of an audience, which can be saved as a list',
  },
  access: 'write',
  body: z.strictObject({
    audience: AudienceName,
    /** The same seed draws the same people. */
    seed: z.string().min(1).max(100),
    /** So many people, or this share; of each stratum where there are strata. */
    size: z.union([
      z.strictObject({ n: z.number().int().min(1).max(10_000_000) }),
      z.strictObject({ share: z.number().gt(0).max(1) }),
    ]),
    /** A value that divides the audience into strata: `{ "attr": "city" }`, `{ "tag": "tier" }` … */
    per: Document.optional(),
    saveAs: z.strictObject({ id: NameId, name: TextShape }).optional(),
  }),
  response: z.object({
    /** The audience that was drawn from; who is in no stratum is not among them. */
    people: z.number().int(),
    drawn: z.number().int(),
    strata: z.array(z.object({ value: z.string(), people: z.number().int(), drawn: z.number().int() })),
    /** At most 1,000, ascending. */
    profileIds: z.array(z.number().int()),
    list: z.object({ id: z.string(), changeNo: z.string() }).nullable(),
  }),
  errors: [...reading, 'NAME_TAKEN'],
  idempotent: true,
})

export const countLive = endpoint({
  id: 'countLive',
  stage: 'segment',
  method: 'POST',
  path: '/segments/count/live',
  summary: {
    zh: '编辑时的实时人数：先给估计值与标准误，再给准确值（每行一个 JSON）',
    en: 'The count while editing: first an estimate with its standard error, then the exact count, one JSON per line',
  },
  access: 'read',
  body: z.strictObject({
    document: Document,
    /** Names the editor: its next count ends this one. */
    editor: z.string().min(1).max(100).optional(),
  }),
  /** Lines `{ kind: "estimate", people, standardError, low, high, sampled, population }` (not always) and `{ kind: "exact", people, unknown, population, … }`, or `{ kind: "superseded" }`. */
  responseStream: { mediaTypes: ['application/x-ndjson'] },
  errors: [...reading],
})

export const showSomePeople = endpoint({
  id: 'showSomePeople',
  stage: 'segment',
  method: 'POST',
  path: '/segments/people',
  summary: {
    zh: '草拟条件的示例成员（可重复）',
    en: 'Some people of a drafted segment, the same ones for the same seed',
  },
  access: 'read',
  body: z.strictObject({
    document: Document,
    n: z.number().int().min(1).max(100).default(10),
    seed: z.string().min(1).max(100).default('people'),
  }),
  response: z.object({
    items: z.array(
      z.object({
        profileId: z.number().int(),
        identities: z.array(z.object({ kind: z.string(), value: z.string() })),
        attributes: z.record(z.string(), z.json()),
      }),
    ),
  }),
  errors: [...reading],
})

const Figure = z.union([
  z.enum(['count', 'sum', 'avg', 'min', 'max', 'median', 'distinct', 'share']),
  z.strictObject({ quantile: z.number().min(0).max(1) }),
])

export const measurePopulation = endpoint({
  id: 'measurePopulation',
  stage: 'segment',
  method: 'POST',
  path: '/measure',
  summary: {
    zh: '对一个人群的值求人数、合计、平均、分位数等，可按标签、属性或事件属性分组，可指定时刻',
    en: 'Count, sum, average … of values over a population, divided by a tag, an attribute or a property of events, as of any moment',
  },
  access: 'read',
  body: z.strictObject({
    subject: z.string().max(60).default('person'),
    who: z.enum(['customers', 'visitors', 'everyone']).default('customers'),
    /** Over whom: a condition or something stored; neither = everybody. */
    where: Document.optional(),
    audience: AudienceName.optional(),
    /** A value as definitions write it: `{ "metric": "spend_30d" }`, `{ "did": "order.paid", "get": { "sum": "amount" } }` */
    values: z
      .array(z.strictObject({ value: Document, get: Figure }))
      .min(1)
      .max(50),
    by: z
      .union([
        z.strictObject({ value: Document }),
        z.strictObject({
          event: z.strictObject({
            /** `items.category`, `{ "clock": "yearMonth" }` … */
            prop: z.union([z.string().max(200), Document]),
            did: z.unknown(),
            each: z.string().max(100).optional(),
            where: Document.optional(),
            within: z.unknown().optional(),
          }),
        }),
      ])
      .optional(),
    limit: z.number().int().min(1).max(1000).default(100),
    asOf: Instant.optional(),
    knownAt: Instant.optional(),
  }),
  response: z.object({
    asOf: Instant,
    /** Most people first. */
    groups: z.array(
      z.object({
        /** null = without a value, and where nothing is divided. */
        key: z.string().nullable(),
        people: z.number().int(),
        /** In the order asked for, as decimal text or moment; null = nobody has a value. */
        values: z.array(z.string().nullable()),
      }),
    ),
    isCut: z.boolean(),
    ms: z.number(),
  }),
  errors: [...reading, 'KNOWLEDGE_GONE'],
})

export const AUDIENCE_ENDPOINTS = [
  overlapAudiences,
  combineAudiences,
  sampleAudience,
  countLive,
  showSomePeople,
  measurePopulation,
] as const
