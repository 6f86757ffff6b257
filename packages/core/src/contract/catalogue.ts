import { z } from 'zod'
import type { OutlineCategory as OutlineCategoryShape } from '../catalog/tree-text.js'
import { endpoint } from './endpoint.js'
import { Instant, PageQuery, page } from './page.js'

/** Text in one language, or in Chinese and English. */
export const TextShape = z.union([
  z.string().trim().min(1).max(500),
  z.strictObject({ zh: z.string().trim().min(1).max(500), en: z.string().trim().max(500).optional() }),
])
/** Ids of categories and definitions: a letter, then letters, digits and underscores; Chinese letters allowed. */
export const NameId = z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,99}$/u, 'letters, digits and _, at most 100')
const State = z.enum(['live', 'archived', 'deleted'])
const Changed = z.object({ changeNo: z.string() }).register(z.globalRegistry, { id: 'Changed' })
const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const

const OutlineTag = z.object({
  id: z.string(),
  name: TextShape,
  subject: z.string(),
  people: z.number().int().nullable(),
  population: z.number().int().nullable(),
  values: z.array(z.object({ code: z.string(), label: TextShape, people: z.number().int() })),
})
const OutlineCategory: z.ZodType<OutlineCategoryShape> = z
  .lazy(() =>
    z.object({
      id: z.string(),
      name: TextShape,
      theme: z.string().nullable(),
      people: z.record(z.string(), z.number().int()),
      categories: z.array(OutlineCategory),
      tags: z.array(OutlineTag),
    }),
  )
  .register(z.globalRegistry, { id: 'OutlineCategory' })

export const showCatalogue = endpoint({
  id: 'showCatalogue',
  stage: 'tag',
  method: 'GET',
  path: '/catalogue',
  summary: { zh: '标签目录及各节点人数', en: 'The tag catalogue with the people of every node' },
  access: 'read',
  response: z.object({
    name: z.string(),
    asOf: Instant.nullable(),
    population: z.record(z.string(), z.number().int()),
    visitors: z.number().int(),
    categories: z.array(OutlineCategory),
    tags: z.array(OutlineTag),
  }),
  errors: inWorkspace,
})

export const createCategory = endpoint({
  id: 'createCategory',
  stage: 'tag',
  method: 'POST',
  path: '/categories',
  summary: { zh: '新建目录', en: 'Create a category' },
  access: 'write',
  body: z.strictObject({
    id: NameId,
    name: TextShape,
    parentId: NameId.nullable().default(null),
    theme: z.string().max(100).nullable().default(null),
    note: TextShape.nullable().default(null),
  }),
  response: Changed,
  status: 201,
  errors: [...inWorkspace, 'NAME_TAKEN', 'NOT_FOUND', 'CATEGORY_TOO_DEEP'],
  idempotent: true,
})

export const editCategory = endpoint({
  id: 'editCategory',
  stage: 'tag',
  method: 'PATCH',
  path: '/categories/{id}',
  summary: { zh: '重命名目录或修改主题、说明', en: 'Rename a category, or change its theme or note' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({
    name: TextShape.optional(),
    theme: z.string().max(100).nullable().optional(),
    note: TextShape.nullable().optional(),
  }),
  response: Changed,
  errors: [...inWorkspace, 'NAME_TAKEN', 'NOT_FOUND'],
})

export const moveCategory = endpoint({
  id: 'moveCategory',
  stage: 'tag',
  method: 'POST',
  path: '/categories/{id}/move',
  summary: { zh: '移动目录或调整顺序', en: 'Move a category, or change its place' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({ parentId: NameId.nullable(), position: z.number().int().min(0).nullable().default(null) }),
  response: Changed,
  errors: [...inWorkspace, 'NOT_FOUND', 'NAME_TAKEN', 'CATEGORY_CYCLE', 'CATEGORY_TOO_DEEP'],
})

export const setCategoryState = endpoint({
  id: 'setCategoryState',
  stage: 'tag',
  method: 'POST',
  path: '/categories/{id}/state',
  summary: { zh: '归档、恢复或删除目录', en: 'Archive, restore or delete a category' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({ state: State }),
  response: Changed,
  errors: [...inWorkspace, 'NOT_FOUND', 'IN_USE', 'NAME_TAKEN'],
})

export const listCatalogueChanges = endpoint({
  id: 'listCatalogueChanges',
  stage: 'tag',
  method: 'GET',
  path: '/catalogue/changes',
  summary: { zh: '目录与定义的更改历史，最新的在前', en: 'Changes of the catalogue, newest first' },
  access: 'read',
  query: PageQuery,
  response: page(
    z.object({
      changeNo: z.string(),
      at: Instant,
      actorId: z.number().int().nullable(),
      summary: z.object({ verb: z.string(), what: z.string(), id: z.string(), detail: z.string().optional() }),
      undoneBy: z.string().nullable(),
    }),
  ),
  errors: [...inWorkspace, 'CURSOR_INVALID'],
})

export const undoCatalogueChange = endpoint({
  id: 'undoCatalogueChange',
  stage: 'tag',
  method: 'POST',
  path: '/catalogue/changes/{changeNo}/undo',
  summary: { zh: '撤销一次更改', en: 'Undo a change' },
  access: 'write',
  params: z.strictObject({ changeNo: z.string().regex(/^\d{1,18}$/) }),
  response: Changed,
  errors: [...inWorkspace, 'NOT_FOUND', 'UNDO_CONFLICT', 'CHANGE_UNDONE', 'IN_USE', 'NAME_TAKEN', 'DEFINITION_INVALID'],
})

const Issue = z.object({ pointer: z.string(), message: z.string(), didYouMean: z.string().optional() })
/** Published histories that a definition reads (`changes`): what happened before they begin does not count. */
const Histories = z.array(z.object({ id: z.string(), since: Instant.nullable(), moments: z.number().int() }))
const Saved = z
  .object({
    id: z.string(),
    version: z.number().int(),
    changeNo: z.string(),
    warnings: z.array(Issue),
    histories: Histories.optional(),
  })
  .register(z.globalRegistry, { id: 'SavedDefinition' })
const Sentence = z.object({ zh: z.string(), en: z.string() })
/** A definition document; its grammar is checked by the language itself, which addresses every issue. */
const Document = z.record(z.string(), z.unknown())

const DefinitionHead = z
  .object({
    id: z.string(),
    kind: z.string(),
    subject: z.string(),
    categoryId: z.string().nullable(),
    publishedVersion: z.number().int().nullable(),
    draftVersion: z.number().int().nullable(),
    state: z.enum(['live', 'archived']),
    version: z.number().int(),
    document: Document,
    sentence: Sentence,
  })
  .register(z.globalRegistry, { id: 'Definition' })

export const listDefinitions = endpoint({
  id: 'listDefinitions',
  stage: 'tag',
  method: 'GET',
  path: '/definitions',
  summary: { zh: '列出标签、人群、指标的定义，或名单', en: 'List definitions of tags, segments and metrics, or lists' },
  access: 'read',
  /** Without a kind all but the lists. */
  query: z.strictObject({ kind: z.enum(['tag', 'segment', 'metric', 'list']).optional() }),
  response: z.object({ items: z.array(DefinitionHead) }),
  errors: inWorkspace,
})

export const showDefinition = endpoint({
  id: 'showDefinition',
  stage: 'tag',
  method: 'GET',
  path: '/definitions/{id}',
  summary: { zh: '查看一个定义', en: 'Show one definition' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
  response: DefinitionHead,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const saveDefinition = endpoint({
  id: 'saveDefinition',
  stage: 'tag',
  method: 'PUT',
  path: '/definitions/{id}',
  summary: { zh: '新建定义或保存新版本', en: 'Create a definition or save a new version' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({
    document: Document,
    publish: z.boolean().default(true),
    categoryId: NameId.nullable().optional(),
  }),
  response: Saved,
  errors: [...inWorkspace, 'DEFINITION_INVALID', 'NAME_TAKEN', 'NOT_FOUND', 'SQL_TAGS_NOT_SET_UP'],
})

export const checkDefinition = endpoint({
  id: 'checkDefinition',
  stage: 'tag',
  method: 'POST',
  path: '/definitions/check',
  summary: { zh: '检查定义并读成一句话', en: 'Check a definition and say it as a sentence' },
  access: 'read',
  body: z.strictObject({ document: Document }),
  response: z.object({
    sentence: Sentence,
    warnings: z.array(Issue),
    histories: Histories,
    /** What one run is expected to cost; null where that cannot be told. */
    estimate: z
      .object({
        rows: z.number(),
        bytes: z.number(),
        ms: z.number(),
        /** Bytes and time follow what earlier runs here measured; else a usual machine is assumed. */
        isMeasured: z.boolean(),
      })
      .nullable(),
  }),
  errors: [...inWorkspace, 'DEFINITION_INVALID', 'SQL_TAGS_NOT_SET_UP'],
})

export const previewDefinition = endpoint({
  id: 'previewDefinition',
  stage: 'tag',
  method: 'POST',
  path: '/definitions/preview',
  summary: {
    zh: '试算定义：各值人数，可指定截至时刻，不保存',
    en: 'Compute a definition without saving it, as of any moment',
  },
  access: 'read',
  /** `knownAt`: only what was stored by then counts, under the identities of then. */
  body: z.strictObject({ document: Document, asOf: Instant.optional(), knownAt: Instant.optional() }),
  response: z.object({
    asOf: Instant,
    population: z.number().int(),
    blank: z.number().int(),
    values: z.array(z.object({ code: z.string(), people: z.number().int() })),
    /** Cuts and other fitted figures by their place in the document. */
    fits: z.array(z.object({ path: z.string(), cuts: z.array(z.string()) })),
    cost: z.object({ rows: z.number(), bytes: z.number(), ms: z.number() }),
    /** Of a SQL tag: what its statement gave, and the first customers with their value. */
    given: z
      .object({
        rows: z.number().int(),
        strangers: z.number().int(),
        unlisted: z.number().int(),
        first: z.array(z.object({ profileId: z.number().int(), value: z.string() })),
      })
      .nullable(),
  }),
  errors: [...inWorkspace, 'DEFINITION_INVALID', 'RUN_FAILED', 'KNOWLEDGE_GONE', 'SQL_TAGS_NOT_SET_UP'],
})

export const listVersions = endpoint({
  id: 'listVersions',
  stage: 'tag',
  method: 'GET',
  path: '/definitions/{id}/versions',
  summary: { zh: '全部版本，最新的在前', en: 'All versions, newest first' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  response: z.object({
    items: z.array(
      z.object({
        version: z.number().int(),
        createdAt: Instant,
        authorId: z.number().int().nullable(),
        document: Document,
        sentence: Sentence,
      }),
    ),
  }),
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const moveDefinition = endpoint({
  id: 'moveDefinition',
  stage: 'tag',
  method: 'POST',
  path: '/definitions/{id}/move',
  summary: { zh: '移到目录或调整顺序', en: 'Move to a category, or change its place' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({ categoryId: NameId.nullable(), position: z.number().int().min(0).nullable().default(null) }),
  response: Changed,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const renameDefinition = endpoint({
  id: 'renameDefinition',
  stage: 'tag',
  method: 'POST',
  path: '/definitions/{id}/rename',
  summary: { zh: '重命名', en: 'Rename' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({ name: TextShape }),
  response: Saved,
  errors: [...inWorkspace, 'NOT_FOUND', 'DEFINITION_INVALID'],
})

export const copyDefinition = endpoint({
  id: 'copyDefinition',
  stage: 'tag',
  method: 'POST',
  path: '/definitions/{id}/copy',
  summary: { zh: '复制为新的定义', en: 'Copy under a new id and name' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({ id: NameId, name: TextShape }),
  response: Saved,
  status: 201,
  errors: [...inWorkspace, 'NOT_FOUND', 'NAME_TAKEN', 'DEFINITION_INVALID', 'SQL_TAGS_NOT_SET_UP'],
  idempotent: true,
})

export const setDefinitionState = endpoint({
  id: 'setDefinitionState',
  stage: 'tag',
  method: 'POST',
  path: '/definitions/{id}/state',
  summary: { zh: '归档、恢复或删除；仍被使用时拒绝', en: 'Archive, restore or delete; refused while it is used' },
  access: 'write',
  params: z.strictObject({ id: NameId }),
  body: z.strictObject({ state: State }),
  response: Changed,
  errors: [...inWorkspace, 'NOT_FOUND', 'IN_USE', 'DEFINITION_INVALID', 'SQL_TAGS_NOT_SET_UP'],
})

export const listUses = endpoint({
  id: 'listUses',
  stage: 'tag',
  method: 'GET',
  path: '/definitions/{id}/uses',
  summary: { zh: '被哪些定义使用', en: 'What uses it' },
  access: 'read',
  params: z.strictObject({ id: NameId }),
  response: z.object({ items: z.array(z.object({ id: z.string(), kind: z.string() })) }),
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const CATALOGUE_ENDPOINTS = [
  showCatalogue,
  createCategory,
  editCategory,
  moveCategory,
  setCategoryState,
  listCatalogueChanges,
  undoCatalogueChange,
  listDefinitions,
  checkDefinition,
  previewDefinition,
  showDefinition,
  saveDefinition,
  listVersions,
  moveDefinition,
  renameDefinition,
  copyDefinition,
  setDefinitionState,
  listUses,
] as const
