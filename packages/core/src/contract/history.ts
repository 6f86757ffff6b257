import { z } from 'zod'
import { NameId } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { Job } from './jobs.js'
import { Instant, NumberId, PageQuery, page } from './page.js'
import { Member } from './segment.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const reading = [...inWorkspace, 'NOT_FOUND', 'NOT_PUBLISHED'] as const
/** Only what was published by then. */
const knownAt = Instant.optional()
const ValueCount = z.object({ code: z.string(), people: z.number().int() })
/** The run that speaks of a moment. */
const Spoken = {
  runId: z.string(),
  /** The moment it computed for. */
  asOf: Instant,
  publishedAt: Instant,
  version: z.number().int(),
  kind: z.enum(['base', 'backfill', 'correction']),
}

export const showTagAt = endpoint({
  id: 'showTagAt',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/at',
  summary: {
    zh: '某一时刻已发布的各值人数（不重算）',
    en: 'People per value as published at a moment; nothing is computed',
  },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  query: z.strictObject({ asOf: Instant, knownAt }),
  response: z.object({ ...Spoken, known: z.number().int(), population: z.number().int(), values: z.array(ValueCount) }),
  errors: reading,
})

export const listTagMembersAt = endpoint({
  id: 'listTagMembersAt',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/at/members',
  summary: { zh: '某一时刻拥有该值的成员', en: 'Members of a value as published at a moment' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  query: PageQuery.extend({ asOf: Instant, knownAt, value: z.string().max(64).optional() }),
  response: page(Member),
  errors: [...reading, 'CURSOR_INVALID'],
})

export const showTrend = endpoint({
  id: 'showTrend',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/trend',
  summary: { zh: '标签趋势：按日、周、月的各值人数', en: 'Trend of a tag: people per value by day, week or month' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  query: z.strictObject({
    from: Instant,
    /** Absent: now. */
    to: Instant.optional(),
    by: z.enum(['day', 'week', 'month']).default('day'),
    knownAt,
  }),
  response: z.object({
    points: z.array(
      z.object({
        /** Start of the local day, week or month. */
        from: Instant,
        /** null: nothing was published yet. */
        published: z
          .object({ ...Spoken, known: z.number().int(), population: z.number().int(), values: z.array(ValueCount) })
          .nullable(),
      }),
    ),
  }),
  errors: [...inWorkspace, 'NOT_FOUND'],
})

const MigrationQuery = { from: Instant, /** Absent: now. */ to: Instant.optional(), knownAt }

export const showMigration = endpoint({
  id: 'showMigration',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/migration',
  summary: { zh: '两个时刻之间的值迁移矩阵', en: 'How people moved between values from one moment to another' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  query: z.strictObject(MigrationQuery),
  response: z.object({
    from: z.object(Spoken).nullable(),
    to: z.object(Spoken).nullable(),
    /** Subjects may have several values: each value is kept, lost (to null) or gained (from null) by itself. */
    multi: z.boolean(),
    /** null: no value, or not there. */
    cells: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), people: z.number().int() })),
  }),
  errors: reading,
})

export const listMigrationMembers = endpoint({
  id: 'listMigrationMembers',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/migration/members',
  summary: { zh: '迁移矩阵一格中的成员', en: 'Members of one cell of the migration' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  /** Absent values: those without one. */
  query: PageQuery.extend({
    ...MigrationQuery,
    fromValue: z.string().max(64).optional(),
    toValue: z.string().max(64).optional(),
  }),
  response: page(Member),
  errors: [...reading, 'CURSOR_INVALID'],
})

export const showSubjectTagHistory = endpoint({
  id: 'showSubjectTagHistory',
  stage: 'tag',
  method: 'GET',
  path: '/subjects/{id}/tags/{tag}/history',
  summary: { zh: '一个档案的标签变化', en: 'What one profile had of a tag, over time' },
  access: 'read',
  params: z.strictObject({ id: NumberId, tag: NameId }),
  query: z.strictObject({ knownAt }),
  response: z.object({
    /** In the order of time; values empty = none from then on. */
    items: z.array(z.object({ at: Instant, runId: z.string(), values: z.array(z.string()) })),
  }),
  errors: [...inWorkspace, 'NOT_FOUND'],
})

/** How far back a published history reaches. */
export const HistoryRange = z.object({
  id: z.string(),
  /** null: nothing was published yet. */
  since: Instant.nullable(),
  moments: z.number().int(),
})

export const showHistoryRange = endpoint({
  id: 'showHistoryRange',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/history',
  summary: { zh: '已发布历史的起点', en: 'How far back the published history of a tag reaches' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  response: HistoryRange,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const backfillTag = endpoint({
  id: 'backfillTag',
  stage: 'tag',
  method: 'POST',
  path: '/tags/{id}/backfill',
  summary: { zh: '补算标签的历史', en: 'Compute the history of a tag for moments before it was first published' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({
    by: z.enum(['day', 'week', 'month']).default('day'),
    /** How many back from now; default 90 days, 26 weeks, 12 months. */
    count: z.number().int().min(1).max(1000).optional(),
  }),
  response: Job,
  status: 202,
  errors: [...inWorkspace, 'NOT_FOUND'],
  idempotent: true,
})

export const correctTags = endpoint({
  id: 'correctTags',
  stage: 'tag',
  method: 'POST',
  path: '/tags/correct',
  summary: {
    zh: '按迟到数据更正近 35 天已发布的历史（每晚自动进行）',
    en: 'Correct what was published in the last 35 days by facts that came late (done each night by itself)',
  },
  access: 'write',
  response: Job,
  status: 202,
  errors: inWorkspace,
  idempotent: true,
})

export const correctValues = endpoint({
  id: 'correctValues',
  stage: 'tag',
  method: 'POST',
  path: '/tags/{id}/corrections',
  summary: { zh: '人工纠正算出的标签值，或撤回纠正', en: 'Say that computed values are wrong, or take that back' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({
    corrections: z
      .array(
        z.strictObject({
          /** Any identities of one subject. */
          identities: z
            .array(z.strictObject({ kind: z.string().max(100), value: z.string().min(1).max(1000) }))
            .min(1)
            .max(20),
          /** What is right instead; null: no value is. Absent: the correction is taken back. */
          value: z
            .union([z.string().min(1).max(64), z.array(z.string().min(1).max(64)).max(100)])
            .nullable()
            .optional(),
        }),
      )
      .min(1)
      .max(1000),
  }),
  response: z.object({ accepted: z.number().int(), job: Job }),
  status: 202,
  errors: [...inWorkspace, 'NOT_FOUND', 'TAG_NOT_CORRECTED', 'VALUE_NOT_OF_TAG', 'LOG_FULL'],
  idempotent: true,
})

export const showAccuracy = endpoint({
  id: 'showAccuracy',
  stage: 'tag',
  method: 'GET',
  path: '/tags/{id}/corrections',
  summary: { zh: '纠正人数与准确率', en: 'How many values persons corrected, and the accuracy that leaves' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  response: z.object({
    /** Subjects of whom a correction holds now. */
    corrected: z.number().int(),
    /** Subjects with a value or a correction. */
    judged: z.number().int(),
    /** Share whose computed value nobody called wrong; null without any. */
    accuracy: z.number().nullable(),
  }),
  errors: [...inWorkspace, 'NOT_FOUND', 'TAG_NOT_CORRECTED'],
})

export const HISTORY_ENDPOINTS = [
  showTagAt,
  listTagMembersAt,
  showTrend,
  showMigration,
  listMigrationMembers,
  showSubjectTagHistory,
  showHistoryRange,
  backfillTag,
  correctTags,
  correctValues,
  showAccuracy,
] as const
