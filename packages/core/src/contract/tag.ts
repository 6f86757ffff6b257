import { z } from 'zod'
import { NameId } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { Job } from './jobs.js'
import { Instant, PageQuery, page } from './page.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const Cost = z.object({ rows: z.number(), bytes: z.number(), ms: z.number() })

export const runTags = endpoint({
  id: 'runTags',
  stage: 'tag',
  method: 'POST',
  path: '/tags/run',
  summary: { zh: '运行标签（默认全部），可指定截至时刻', en: 'Run tags (all by default), as of now or another moment' },
  access: 'write',
  body: z.strictObject({
    /** Definitions to run; what they depend on runs with them. */
    ids: z.array(NameId).max(1000).optional(),
    asOf: Instant.optional(),
    /** Make new cuts even where the fit schedule would keep the old ones. */
    refit: z.boolean().default(false),
  }),
  response: Job,
  status: 202,
  errors: [...inWorkspace, 'NOT_FOUND'],
  idempotent: true,
})

/** One published value of a tag and the people who have it. */
const ValueCount = z.object({ code: z.string(), people: z.number().int() })

export const showTag = endpoint({
  id: 'showTag',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}',
  summary: { zh: '标签的当前发布结果', en: 'What is published of a tag' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  response: z.object({
    id: z.string(),
    version: z.number().int(),
    asOf: Instant,
    publishedAt: Instant,
    clock: z.string(),
    population: z.number().int(),
    known: z.number().int(),
    values: z.array(ValueCount),
    cost: Cost.nullable(),
  }),
  errors: [...inWorkspace, 'NOT_FOUND', 'NOT_PUBLISHED'],
})

export const listRuns = endpoint({
  id: 'listRuns',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/runs',
  summary: { zh: '运行记录，最新的在前', en: 'Runs, newest first' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  query: PageQuery,
  response: page(
    z.object({
      runId: z.string(),
      version: z.number().int(),
      state: z.string(),
      asOf: Instant,
      startedAt: Instant,
      finishedAt: Instant.nullable(),
      known: z.number().int().nullable(),
      population: z.number().int().nullable(),
      cost: Cost.nullable(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
  errors: [...inWorkspace, 'NOT_FOUND', 'CURSOR_INVALID'],
})

export const giveValues = endpoint({
  id: 'giveValues',
  stage: 'tag',
  method: 'POST',
  path: '/tags/{id}/values',
  summary: { zh: '人工给出（或收回）标签值', en: 'Give values of a manual tag, or take them back' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({
    given: z
      .array(
        z.strictObject({
          /** Any identities of one subject. */
          identities: z
            .array(z.strictObject({ kind: z.string().max(100), value: z.string().min(1).max(1000) }))
            .min(1)
            .max(20),
          /** null takes the value back. */
          value: z.union([z.string().min(1).max(64), z.array(z.string().min(1).max(64)).max(100)]).nullable(),
        }),
      )
      .min(1)
      .max(1000),
  }),
  response: z.object({ accepted: z.number().int(), job: Job }),
  status: 202,
  errors: [...inWorkspace, 'NOT_FOUND', 'TAG_NOT_GIVEN', 'VALUE_NOT_OF_TAG', 'LOG_FULL'],
  idempotent: true,
})

export const TAG_ENDPOINTS = [runTags, showTag, listRuns, giveValues] as const
