import { z } from 'zod'
import { TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { Instant, NumberId } from './page.js'

export const listSubjectTags = endpoint({
  id: 'listSubjectTags',
  stage: 'tag',
  method: 'GET',
  path: '/subjects/{id}/tags',
  summary: { zh: '档案的标签值及起始时间', en: 'Tag values of one profile and since when it has them' },
  access: 'read',
  params: z.strictObject({ id: NumberId }),
  /** As published at a moment, and as it was published by another; absent = now. */
  query: z.strictObject({ asOf: Instant.optional(), knownAt: Instant.optional() }),
  response: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        name: TextShape,
        categoryId: z.string().nullable(),
        /** Codes of the values; of a number or a date its one text. */
        values: z.array(z.object({ code: z.string(), since: Instant })),
        /** Moment the published value was computed for. */
        asOf: Instant,
      }),
    ),
  }),
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'NOT_FOUND'],
})

export const SUBJECT_TAG_ENDPOINTS = [listSubjectTags] as const
