import { z } from 'zod'
import { TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'

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

export const NAME_ENDPOINTS = [listRelations, saveRelation] as const
