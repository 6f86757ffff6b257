import { z } from 'zod'
import { NameId, TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { FileReading } from './import.js'
import { Instant, NumberId } from './page.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const OneList = z.strictObject({ id: NameId })

const How = z.enum(['add', 'remove', 'replace'])
const Reason = z.enum(['empty', 'unknown', 'shared', 'several', 'broken', 'too_long'])
const figures = {
  rows: z.number().int(),
  /** Distinct people or values that were named. */
  matched: z.number().int(),
  /** Rows that named again who had been named before. */
  duplicate: z.number().int(),
  unmatched: z.number().int(),
}

const ListReport = z
  .object({
    ...figures,
    /** Undo it by this number: POST /catalogue/changes/{changeNo}/undo. */
    changeNo: z.string(),
    content: z.number().int(),
    /** How many it holds now, and who came and went by this change. */
    size: z.number().int(),
    joined: z.number().int(),
    left: z.number().int(),
    /**
     * Rows that named nobody, at most 1,000: unknown identity, one shared by several people, several identities of
     * different people. Of a file all can be downloaded.
     */
    lost: z.array(z.object({ row: z.number().int(), reason: Reason })),
  })
  .register(z.globalRegistry, { id: 'ListReport' })
export type ListReport = z.output<typeof ListReport>

const ListSummary = z.object({
  id: z.string(),
  name: TextShape,
  subject: z.string(),
  holds: z.enum(['subjects', 'values']),
  size: z.number().int(),
})

export const listLists = endpoint({
  id: 'listLists',
  stage: 'segment',
  method: 'GET',
  path: '/lists',
  summary: { zh: '列出名单', en: 'List the lists' },
  access: 'read',
  response: z.object({ items: z.array(ListSummary) }),
  errors: [...inWorkspace],
})

export const createList = endpoint({
  id: 'createList',
  stage: 'segment',
  method: 'POST',
  path: '/lists',
  summary: { zh: '新建空名单：存放人，或存放值', en: 'Create an empty list, of people or of plain values' },
  access: 'write',
  body: z.strictObject({
    id: NameId,
    name: TextShape,
    subject: z.string().max(60).default('person'),
    holds: z.enum(['subjects', 'values']).default('subjects'),
  }),
  response: z.object({ id: z.string(), changeNo: z.string() }),
  status: 201,
  errors: [...inWorkspace, 'NAME_TAKEN', 'NOT_FOUND'],
  idempotent: true,
})

export const showList = endpoint({
  id: 'showList',
  stage: 'segment',
  method: 'GET',
  path: '/lists/{id}',
  summary: { zh: '查看名单与它的变更', en: 'Show a list and its changes' },
  access: 'read',
  params: OneList,
  response: ListSummary.extend({
    /** The moment it is from; null for values and before it is published. */
    asOf: Instant.nullable(),
    /** Of a list of values: the first 1,000. */
    values: z.array(z.string()),
    contents: z.array(
      z.object({
        ...figures,
        content: z.number().int(),
        madeAt: Instant,
        how: How,
        fileId: z.number().int().nullable(),
        isCurrent: z.boolean(),
      }),
    ),
  }),
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const changeList = endpoint({
  id: 'changeList',
  stage: 'segment',
  method: 'POST',
  path: '/lists/{id}/entries',
  summary: {
    zh: '按身份、档案编号或值增减名单，或整体替换',
    en: 'Add to, take from or replace a list, by identities, profile ids or values',
  },
  access: 'write',
  params: OneList,
  body: z.strictObject({
    how: How.default('add'),
    people: z
      .array(
        z.strictObject({
          /** All must lead to one person. */
          identities: z.record(z.string().max(80), z.string().min(1).max(1_020)).optional(),
          profileId: z.number().int().min(1).max(4_294_967_295).optional(),
        }),
      )
      .max(10_000)
      .optional(),
    values: z.array(z.string().max(4_000)).max(10_000).optional(),
  }),
  response: ListReport,
  errors: [...inWorkspace, 'NOT_FOUND', 'LIST_HOLDS_VALUES', 'LIST_HOLDS_PEOPLE', 'LIST_TOO_LONG'],
  idempotent: true,
})

export const uploadList = endpoint({
  id: 'uploadList',
  stage: 'segment',
  method: 'POST',
  path: '/lists/{id}/upload',
  summary: {
    zh: '用已上传的文件增减或替换名单，并报告匹配情况',
    en: 'Fill a list from an uploaded file, with a report of who was found',
  },
  access: 'write',
  params: OneList,
  body: z.strictObject({
    fileId: z.number().int().positive(),
    how: How.default('add'),
    /** Column -> identity kind, profile_id, or value. Absent: columns named so. */
    columns: z.record(z.string().max(255), z.string().max(80)).optional(),
    /** What the only column holds. */
    as: z.string().max(80).optional(),
    file: FileReading.optional(),
  }),
  response: ListReport,
  errors: [
    ...inWorkspace,
    'NOT_FOUND',
    'LIST_HOLDS_VALUES',
    'LIST_HOLDS_PEOPLE',
    'LIST_TOO_LONG',
    'LIST_COLUMN_UNKNOWN',
    'FILE_EMPTY',
    'FILE_FORMAT_UNSUPPORTED',
    'FILE_DAMAGED',
    'FILE_TOO_WIDE',
    'FILE_UNPACKS_TOO_LARGE',
    'FILE_ENCODING_UNKNOWN',
    'SHEET_UNKNOWN',
  ],
  idempotent: true,
})

export const exportUnmatched = endpoint({
  id: 'exportUnmatched',
  stage: 'segment',
  method: 'GET',
  path: '/lists/{id}/contents/{content}/unmatched',
  summary: { zh: '下载未匹配的行及原因', en: 'Download the rows of an upload that named nobody, with the reasons' },
  access: 'import',
  params: z.strictObject({ id: NameId, content: NumberId }),
  responseStream: { mediaTypes: ['text/csv'] },
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const LIST_ENDPOINTS = [listLists, createList, showList, changeList, uploadList, exportUnmatched] as const
