import { z } from 'zod'
import { NameId, TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { Instant, PageQuery, page } from './page.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const reading = [...inWorkspace, 'NOT_FOUND', 'NOT_PUBLISHED', 'DEFINITION_INVALID'] as const

/** Whose people: a segment, a list, or one value of a tag. */
const AudienceParams = z.strictObject({ kind: z.enum(['segments', 'lists', 'tags']), id: NameId })
const AudienceQuery = z.strictObject({
  /** For tags: the value; absent = anybody who has one. */
  value: z.string().max(64).optional(),
})

const Moment = {
  asOf: Instant.optional(),
  /** Only what was stored by then counts, under the identities of then. */
  knownAt: Instant.optional(),
}

export const countAudience = endpoint({
  id: 'countAudience',
  stage: 'segment',
  method: 'POST',
  path: '/segments/count',
  summary: { zh: '计算人群人数：已保存的或草拟的条件', en: 'Count the people of a saved or drafted segment' },
  access: 'read',
  body: z.union([
    z.strictObject({ id: NameId, ...Moment }),
    z.strictObject({ document: z.record(z.string(), z.unknown()), ...Moment }),
  ]),
  response: z.object({
    asOf: Instant,
    people: z.number().int(),
    /** Of whom the condition cannot be decided because something is missing. */
    unknown: z.number().int(),
    population: z.number().int(),
    /** How it was answered: stored bitmaps of published tags, or the general plan. */
    answeredBy: z.enum(['bitmaps', 'plan']),
    ms: z.number(),
  }),
  errors: [...reading, 'KNOWLEDGE_GONE'],
})

/** One person of an audience. */
export const Member = z.object({
  profileId: z.number().int(),
  identities: z.array(z.object({ kind: z.string(), value: z.string() })),
  attributes: z.record(z.string(), z.json()),
})

export const listAudienceMembers = endpoint({
  id: 'listAudienceMembers',
  stage: 'segment',
  method: 'GET',
  path: '/audiences/{kind}/{id}/members',
  summary: { zh: '人群成员（按档案编号翻页）', en: 'Members of a segment, a list or a tag value, by page' },
  access: 'read',
  params: AudienceParams,
  query: PageQuery.extend(AudienceQuery.shape),
  response: page(Member),
  errors: [...reading, 'CURSOR_INVALID'],
})

export const exportMembers = endpoint({
  id: 'exportMembers',
  stage: 'segment',
  method: 'GET',
  path: '/audiences/{kind}/{id}/export',
  summary: { zh: '导出成员为 CSV、NDJSON 或 Parquet 文件', en: 'Export the members as a CSV, NDJSON or Parquet file' },
  access: 'export',
  params: AudienceParams,
  query: AudienceQuery.extend({ format: z.enum(['csv', 'ndjson', 'parquet']).default('csv') }),
  responseStream: { mediaTypes: ['text/csv', 'application/x-ndjson', 'application/vnd.apache.parquet'] },
  errors: reading,
})

export const snapshotSegment = endpoint({
  id: 'snapshotSegment',
  stage: 'segment',
  method: 'POST',
  path: '/segments/{id}/snapshot',
  summary: { zh: '把当前成员固定为名单', en: 'Freeze the present members as a list' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({ id: NameId, name: TextShape }),
  response: z.object({ id: z.string(), people: z.number().int(), asOf: Instant }),
  status: 201,
  errors: [...reading, 'NAME_TAKEN'],
  idempotent: true,
})

export const SEGMENT_ENDPOINTS = [countAudience, listAudienceMembers, exportMembers, snapshotSegment] as const
