import { z } from 'zod'
import { NameId } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { Instant, NumberId } from './page.js'

/** A value of a definition: number as text (nothing is rounded), date as instant, list of texts; null = none. */
const ExplainedValue = z.union([z.string(), z.boolean(), z.array(z.string()), z.null()])
const NumberText = z.string()

/** One part of the definition with what it came to. */
export interface ExplainedPart {
  kind: 'definition' | 'rule' | 'condition' | 'value'
  /** Definition the part stands in, and its place there. */
  definition: string
  pointer: string
  text: string
  /** Of rules and conditions; null = unknown. */
  truth?: boolean | null | undefined
  value?: z.infer<typeof ExplainedValue> | undefined
  valueText?: string | undefined
  /** Cuts or the group's number it was compared with. */
  against?: string[] | undefined
  againstText?: string | undefined
  /** What is not there. */
  missing?: string | undefined
  /** The value came about by this branch. */
  decided: boolean
  parts: ExplainedPart[]
}
const ExplainedPart: z.ZodType<ExplainedPart, ExplainedPart> = z
  .object({
    kind: z.enum(['definition', 'rule', 'condition', 'value']),
    definition: z.string(),
    pointer: z.string(),
    text: z.string(),
    truth: z.boolean().nullable().optional(),
    value: ExplainedValue.optional(),
    valueText: z.string().optional(),
    against: z.array(NumberText).optional(),
    againstText: z.string().optional(),
    missing: z.string().optional(),
    decided: z.boolean(),
    parts: z.array(z.lazy((): z.ZodType<ExplainedPart, ExplainedPart> => ExplainedPart)),
  })
  .register(z.globalRegistry, { id: 'ExplainedPart' })

const ExplainedEvent = z.object({ event: z.string(), text: z.string(), at: Instant, seq: z.string() })

const ExplainedStep = z.union([
  z.object({
    kind: z.literal('event'),
    event: z.string(),
    times: z.number().int(),
    properties: z.record(z.string(), ExplainedValue),
    items: z.array(z.record(z.string(), ExplainedValue)),
    /** Properties whose value stands for any that is not there yet. */
    fresh: z.array(z.string()),
    /** Numbers that may also be more, up to this; null = without limit. */
    atLeast: z.record(z.string(), NumberText.nullable()),
  }),
  z.object({ kind: z.literal('attribute'), key: z.string(), value: ExplainedValue, fresh: z.boolean() }),
  z.object({ kind: z.literal('list'), id: z.string(), isOn: z.boolean() }),
])

const Explanation = z.object({
  profileId: z.number().int(),
  definition: z.string(),
  name: z.string(),
  /** What the definition means, in one sentence. */
  sentence: z.string(),
  asOf: Instant,
  value: ExplainedValue,
  valueText: z.string(),
  path: ExplainedPart,
  deciding: z.object({
    /** Without any one of these the value would be another. */
    events: z.array(ExplainedEvent),
    /** Events none of which matters alone; without those of `enough` the value would be another. */
    groups: z.array(
      z.object({
        text: z.string(),
        count: z.number().int(),
        /** The newest of them. */
        events: z.array(ExplainedEvent),
        enoughCount: z.number().int(),
        /** At most a thousand are named. */
        enough: z.array(z.string()),
      }),
    ),
    attributes: z.array(
      z.object({
        kind: z.enum(['attribute', 'list', 'identity']),
        key: z.string(),
        name: z.string(),
        valueText: z.string(),
        at: Instant.nullable(),
      }),
    ),
  }),
  /** The value has been the same since then; `firstSeen`: ever since the subject is known; `atLeast`: or longer. */
  since: z.object({ from: Instant, kind: z.enum(['exact', 'firstSeen', 'atLeast']) }),
  /** Smallest changes that give another value; each was tried. */
  counterfacts: z.array(
    z.object({
      target: ExplainedValue,
      targetText: z.string(),
      /** Empty: time alone does it, by the deadline. */
      steps: z.array(ExplainedStep),
      /** With steps: they work before this moment; null = no end is known. */
      deadline: Instant.nullable(),
      text: z.string(),
    }),
  ),
  /** Cuts and group numbers of the last run were taken as they are. */
  usesFits: z.boolean(),
  /** Searches that ended before everything was tried. */
  unfinished: z.array(z.enum(['events', 'since', 'counterfacts'])),
})

const errors = [
  'NOT_SIGNED_IN',
  'FORBIDDEN',
  'WORKSPACE_REQUIRED',
  'NOT_FOUND',
  'FACTS_TOO_MANY',
  'RUN_FAILED',
  'KNOWLEDGE_GONE',
] as const
/** `knownAt`: only what was stored by then counts, under the identities of then. */
const Moment = { asOf: Instant.optional(), knownAt: Instant.optional() }

export const explainSubject = endpoint({
  id: 'explainSubject',
  stage: 'tag',
  method: 'GET',
  path: '/subjects/{id}/explain',
  summary: {
    zh: '解释：该档案为何有此值，自何时起，怎样会改变',
    en: 'Why a profile has a value, since when, and what would change it',
  },
  access: 'read',
  params: z.strictObject({ id: NumberId }),
  query: z.strictObject({ definition: NameId, ...Moment }),
  response: Explanation,
  errors,
})

export const tryDefinition = endpoint({
  id: 'tryDefinition',
  stage: 'tag',
  method: 'POST',
  path: '/subjects/{id}/explain',
  summary: { zh: '用未保存的定义解释一个档案', en: 'Explain a profile by a definition that is not saved' },
  access: 'read',
  params: z.strictObject({ id: NumberId }),
  body: z.strictObject({ document: z.record(z.string(), z.unknown()), ...Moment }),
  response: Explanation,
  errors: [...errors, 'DEFINITION_INVALID'],
})

export const EXPLAIN_ENDPOINTS = [explainSubject, tryDefinition] as const
