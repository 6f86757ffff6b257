import { z } from 'zod'
import { TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'
import { Instant } from './page.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
/** Keys of relations, subjects and item catalogues. */
export const NameKey = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*$/, 'lower-case letters, digits and _, after points also capitals')
  .max(80)

/** A relation between two kinds of subjects. */
export const Relation = z
  .object({
    key: z.string(),
    from: z.string(),
    to: z.string(),
    /** Whether one subject may reach several. */
    many: z.boolean(),
    label: TextShape,
    /** What is counted: 人, 家. */
    noun: TextShape,
    /** The relation whose rows it reads from the other end; null: it has rows of its own. */
    inverseOf: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'Relation' })

export const listRelations = endpoint({
  id: 'listRelations',
  stage: 'collect',
  method: 'GET',
  path: '/relations',
  summary: { zh: '列出关系', en: 'List the relations' },
  access: 'read',
  response: z.object({ items: z.array(Relation) }),
  errors: inWorkspace,
})

export const saveRelation = endpoint({
  id: 'saveRelation',
  stage: 'collect',
  method: 'PUT',
  path: '/relations/{key}',
  summary: {
    zh: '新建关系或修改其名称；inverseOf 指明它是哪个关系的反向',
    en: 'Add a relation or change its words; inverseOf names the relation it reads from the other end',
  },
  access: 'write',
  params: z.strictObject({ key: NameKey }),
  body: z.strictObject({
    from: NameKey.optional(),
    to: NameKey.optional(),
    inverseOf: NameKey.nullable().default(null),
    many: z.boolean().default(true),
    label: TextShape,
    noun: TextShape,
  }),
  response: Relation,
  errors: [...inWorkspace, 'RELATION_FIXED', 'RELATION_INVALID', 'CATALOG_FULL', 'NOT_FOUND'],
})

const PropertyType = z.enum(['number', 'money', 'text', 'date', 'bool', 'list'])

/** A property of an event; those of order lines are `items.x`. */
export const EventProperty = z
  .object({
    name: z.string(),
    type: PropertyType,
    label: TextShape,
    /** The item catalogue whose items the value names: `items.sku.brand` goes on there. */
    catalogue: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'EventProperty' })

/** An event by its name, with what it brings. */
export const EventName = z
  .object({
    name: z.string(),
    label: TextShape,
    /** Done to the subject, not by her: counts only where it is named. */
    passive: z.boolean(),
    properties: z.array(EventProperty),
  })
  .register(z.globalRegistry, { id: 'EventName' })

/** A catalogue of things with the properties its items have. */
export const ItemCatalogue = z
  .object({
    key: z.string(),
    label: TextShape,
    properties: z.array(z.object({ name: z.string(), type: PropertyType, label: TextShape })),
  })
  .register(z.globalRegistry, { id: 'ItemCatalogue' })

export const listEvents = endpoint({
  id: 'listEvents',
  stage: 'collect',
  method: 'GET',
  path: '/events',
  summary: { zh: '列出事件及其属性', en: 'List the events with their properties' },
  access: 'read',
  response: z.object({ items: z.array(EventName) }),
  errors: inWorkspace,
})

export const showEvent = endpoint({
  id: 'showEvent',
  stage: 'collect',
  method: 'GET',
  path: '/events/{event}',
  summary: {
    zh: '查看事件：数量、最早与最近、各属性有值的数量',
    en: 'One event: how often it happened, first and last, and how often each property is known',
  },
  access: 'read',
  params: z.strictObject({ event: z.string().max(100) }),
  response: z.object({
    ...EventName.shape,
    /** Once per subject it is about; replaced orders and undone imports are left out. */
    volume: z.number().int(),
    firstAt: Instant.nullable(),
    lastAt: Instant.nullable(),
    /** Property -> events that give it; of properties without a column of their own nothing is said. */
    known: z.record(z.string(), z.number().int()),
  }),
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const editEvent = endpoint({
  id: 'editEvent',
  stage: 'collect',
  method: 'PATCH',
  path: '/events/{event}',
  summary: { zh: '修改事件的名称，或是否为被动事件', en: 'Change what an event is called, or whether it is passive' },
  access: 'write',
  params: z.strictObject({ event: z.string().max(100) }),
  body: z.strictObject({ label: TextShape.optional(), passive: z.boolean().optional() }),
  response: EventName,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const editEventProperty = endpoint({
  id: 'editEventProperty',
  stage: 'collect',
  method: 'PATCH',
  path: '/events/{event}/properties/{property}',
  summary: {
    zh: '修改事件属性的名称，或指明其值是哪个商品目录的编号',
    en: 'Change what a property is called, or name the item catalogue its values belong to',
  },
  access: 'write',
  params: z.strictObject({ event: z.string().max(100), property: z.string().max(110) }),
  body: z.strictObject({ label: TextShape.optional(), catalogue: z.string().max(100).nullable().optional() }),
  response: EventProperty,
  errors: [...inWorkspace, 'NOT_FOUND', 'CATALOG_TYPE_FIXED'],
})

export const listItemCatalogues = endpoint({
  id: 'listItemCatalogues',
  stage: 'collect',
  method: 'GET',
  path: '/items',
  summary: { zh: '列出商品目录及其属性', en: 'List the item catalogues with their properties' },
  access: 'read',
  response: z.object({ items: z.array(ItemCatalogue) }),
  errors: inWorkspace,
})

export const editItemCatalogue = endpoint({
  id: 'editItemCatalogue',
  stage: 'collect',
  method: 'PATCH',
  path: '/items/{catalogue}',
  summary: { zh: '修改商品目录及其属性的名称', en: 'Change what a catalogue and its properties are called' },
  access: 'write',
  params: z.strictObject({ catalogue: z.string().max(100) }),
  body: z.strictObject({
    label: TextShape.optional(),
    /** Property -> what it is called. */
    properties: z.record(z.string().max(110), TextShape).optional(),
  }),
  response: ItemCatalogue,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const NAME_ENDPOINTS = [
  listRelations,
  saveRelation,
  listEvents,
  showEvent,
  editEvent,
  editEventProperty,
  listItemCatalogues,
  editItemCatalogue,
] as const
