import { z } from 'zod'
import { endpoint } from './endpoint.js'
import { Instant, NumberId, PageQuery, page } from './page.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const ofSubject = [...inWorkspace, 'NOT_FOUND'] as const

/** A profile number; numbers of profiles that went into another one lead there. */
const SubjectParams = z.strictObject({ id: NumberId })
/** Identities in full need the scope export; without it they are always shown in part. */
const Masked = z.strictObject({ masked: z.stringbool().default(false) })

export const findSubjects = endpoint({
  id: 'findSubjects',
  stage: 'identify',
  method: 'POST',
  path: '/subjects/find',
  summary: { zh: '按身份查找档案', en: 'Find profiles by an identity' },
  access: 'read',
  body: z.strictObject({
    /** In any usual spelling; it is made canonical as at the door. */
    value: z.string().min(1).max(1_020),
    /** Only this kind; absent = any. */
    kind: z.string().max(80).optional(),
  }),
  response: z.object({ items: z.array(z.object({ profileId: z.number().int(), kind: z.string() })) }),
  errors: inWorkspace,
})

export const getSubject = endpoint({
  id: 'getSubject',
  stage: 'identify',
  method: 'GET',
  path: '/subjects/{id}',
  summary: { zh: '查看一个档案：身份与画像属性', en: 'One profile: identities and attributes' },
  access: 'read',
  params: SubjectParams,
  query: Masked,
  response: z.object({
    profileId: z.number().int(),
    subject: z.string(),
    /** Numbers it had before profiles were united. */
    formerIds: z.array(z.number().int()),
    firstSeen: Instant.nullable(),
    identities: z.array(
      z.object({
        nodeId: z.number().int(),
        kind: z.string(),
        value: z.string(),
        /** Belongs to one subject; a weak one (a device) may change owners. */
        strong: z.boolean(),
        /** A shared device belongs to this subject since then; null = since ever. */
        tenureFrom: Instant.nullable(),
        firstSeen: Instant.nullable(),
      }),
    ),
    attributes: z.record(z.string(), z.json()),
  }),
  errors: ofSubject,
})

export const listTimeline = endpoint({
  id: 'listTimeline',
  stage: 'identify',
  method: 'GET',
  path: '/subjects/{id}/timeline',
  summary: { zh: '档案的行为时间线，最新在前', en: 'What happened, newest first' },
  access: 'read',
  params: SubjectParams,
  query: PageQuery.extend({
    /** Only events of this name; repeat for several. */
    event: z.union([z.string().max(100), z.array(z.string().max(100)).max(100)]).optional(),
  }),
  response: page(
    z.object({
      event: z.string(),
      at: Instant,
      seq: z.string(),
      /** The identity it came by. */
      nodeId: z.number().int(),
      /** 0 = streamed. */
      importId: z.number().int(),
      properties: z.record(z.string(), z.json()),
      items: z.array(z.record(z.string(), z.json())),
    }),
  ),
  errors: [...ofSubject, 'CURSOR_INVALID'],
})

const EvidenceEnd = z.object({
  nodeId: z.number().int(),
  kind: z.string(),
  value: z.string(),
  /** Where that identity is now; 0 = nowhere. */
  profileId: z.number().int(),
})

export const listEvidence = endpoint({
  id: 'listEvidence',
  stage: 'identify',
  method: 'GET',
  path: '/subjects/{id}/evidence',
  summary: { zh: '身份合并的依据', en: 'Why its identities are one, and what was not followed' },
  access: 'read',
  params: SubjectParams,
  query: Masked,
  response: z.object({
    items: z.array(
      z.object({
        a: EvidenceEnd,
        b: EvidenceEnd,
        importId: z.number().int(),
        knownAt: Instant.nullable(),
        /** null = united because of it; else the code and the words of why not. */
        refused: z.object({ code: z.string(), message: z.string() }).nullable(),
      }),
    ),
  }),
  errors: ofSubject,
})

export const SUBJECT_ENDPOINTS = [findSubjects, getSubject, listTimeline, listEvidence] as const
