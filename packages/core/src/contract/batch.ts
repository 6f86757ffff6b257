import { z } from 'zod'
import { endpoint } from './endpoint.js'

const IdentityValue = z.union([z.string().max(1_020), z.number()])

/** Identities by kind: `{ "user_id": "u1", "phone": ["139…", "138…"] }`. */
const IdentityMap = z.record(z.string().max(80), z.union([IdentityValue, z.array(IdentityValue).min(1).max(20)]))

/** Somebody or something, by identities. */
export const SubjectGiven = z
  .strictObject({
    /** Kind of subject. */
    subject: z.string().max(60).default('person'),
    identities: IdentityMap,
  })
  .register(z.globalRegistry, { id: 'SubjectGiven' })

/** Names the item: the same id is taken once, however often it is sent. */
const ItemId = z.string().min(1).max(255)
/** ISO 8601 with offset, or milliseconds since 1970; absent: the moment of arrival. */
const Moment = z.union([z.iso.datetime({ offset: true }), z.number()])
const Values = z.record(z.string(), z.unknown())

export const EventItem = z
  .strictObject({
    id: ItemId,
    event: z.string().min(1).max(100),
    time: Moment.optional(),
    ...SubjectGiven.shape,
    /** Others the event is about: a company, a household. */
    also: z.array(SubjectGiven).max(9).optional(),
    /** Plain values; order lines are a list of objects under `items`. */
    properties: Values.optional(),
  })
  .register(z.globalRegistry, { id: 'EventItem' })

export const AttributesItem = z
  .strictObject({
    id: ItemId,
    time: Moment.optional(),
    ...SubjectGiven.shape,
    set: Values.optional(),
    /** Only where nothing is known before that time. */
    setOnce: Values.optional(),
    increment: z.record(z.string(), z.number()).optional(),
    /** Adds to a list what it does not have. */
    append: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    unset: z.array(z.string()).max(500).optional(),
  })
  .register(z.globalRegistry, { id: 'AttributesItem' })

export const IdentitiesItem = z
  .strictObject({ id: ItemId.optional(), time: Moment.optional(), ...SubjectGiven.shape })
  .register(z.globalRegistry, { id: 'IdentitiesItem' })

export const RelationItem = z
  .strictObject({
    id: ItemId.optional(),
    relation: z.string().min(1).max(100),
    from: SubjectGiven,
    to: SubjectGiven,
    role: z.string().max(200).optional(),
    /** Since when it holds. */
    time: Moment.optional(),
    until: Moment.optional(),
  })
  .register(z.globalRegistry, { id: 'RelationItem' })

/** An item of a catalogue (goods, articles): the newest row of an item says all that is known of it. */
export const CatalogueItem = z
  .strictObject({
    id: ItemId.optional(),
    catalogue: z.string().min(1).max(100),
    item: z.string().min(1).max(255),
    time: Moment.optional(),
    properties: Values.optional(),
  })
  .register(z.globalRegistry, { id: 'CatalogueItem' })

/** Items of one request, all kinds together. */
export const MAX_BATCH_ITEMS = 5_000

/**
 * Shows the item's shape and lets everything pass as it came (`unknown` comes first): each item is judged by itself later,
 * so that a wrong one does not refuse the others.
 */
const judgedLater = <Item extends z.ZodType>(item: Item) =>
  z
    .array(z.union([z.unknown(), item]))
    .max(MAX_BATCH_ITEMS)
    .optional()

export const collectBatch = endpoint({
  id: 'collectBatch',
  stage: 'collect',
  method: 'POST',
  path: '/batch',
  summary: {
    zh: '批量写入事件、画像属性、身份、关系与商品；确认即已持久化，重发同一 id 不会重复',
    en: 'Take in events, attributes, identities, relations and catalogue items; acknowledged means durable, the same id counts once',
  },
  access: 'import',
  body: z.strictObject({
    events: judgedLater(EventItem),
    attributes: judgedLater(AttributesItem),
    identities: judgedLater(IdentitiesItem),
    relations: judgedLater(RelationItem),
    items: judgedLater(CatalogueItem),
  }),
  itemised: true,
  response: z.object({
    /** Items that are durable now. What becomes of them is told by the workspace's collection report. */
    accepted: z.number().int(),
    rejected: z.number().int(),
    /** Why, at most 1,000. */
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })),
  }),
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'BODY_TOO_LARGE', 'LOG_FULL'],
})

export const BATCH_ENDPOINTS = [collectBatch] as const
