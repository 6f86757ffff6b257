import { z } from 'zod'
import { endpoint } from './endpoint.js'
import { Instant, NumberId, PageQuery, page } from './page.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const ofFile = [
  'FILE_EMPTY',
  'FILE_FORMAT_UNSUPPORTED',
  'FILE_ENCODING_UNKNOWN',
  'FILE_TOO_WIDE',
  'FILE_DAMAGED',
  'FILE_UNPACKS_TOO_LARGE',
  'SHEET_UNKNOWN',
] as const

/** A file that was uploaded whole. */
export const StoredFile = z
  .object({
    id: z.number().int(),
    name: z.string(),
    bytes: z.number().int(),
    sha256: z.string(),
    createdAt: Instant,
  })
  .register(z.globalRegistry, { id: 'StoredFile' })
export type StoredFile = z.output<typeof StoredFile>

/** How a file is read where its content leaves a choice. */
export const FileReading = z
  .strictObject({
    format: z.enum(['csv', 'json', 'ndjson']).optional(),
    encoding: z.string().min(1).max(40).optional(),
    delimiter: z.string().length(1).optional(),
    header: z.boolean().optional(),
    sheet: z.string().min(1).max(100).optional(),
  })
  .register(z.globalRegistry, { id: 'FileReading' })

const Cells = z.record(z.string(), z.json())
/** A mapping document; docs/import.md is its grammar. Problems are told with their place. */
const MappingDocument = z.record(z.string(), z.json())
const MappingId = z.string().min(1).max(64)

const FilePreview = z
  .object({
    format: z.string(),
    gzip: z.boolean(),
    encoding: z.string().nullable(),
    delimiter: z.string().nullable(),
    sheet: z.string().nullable(),
    sheets: z.array(z.string()),
    /** Whether the first row names the columns. */
    header: z.boolean(),
    warnings: z.array(z.object({ code: z.string(), words: z.record(z.string(), z.union([z.string(), z.number()])) })),
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        format: z.string().optional(),
        split: z.string().optional(),
        samples: z.array(z.string()),
        /** Cells looked at, empty ones, and those that do not fit the type. */
        cells: z.number().int(),
        empty: z.number().int(),
        unfit: z.number().int(),
        /** What the column was taken for, and why. */
        explanation: z.string(),
      }),
    ),
    rows: z.array(z.object({ row: z.number().int(), values: Cells.nullable(), problem: z.string().nullable() })),
    /** null: no column says whom or what the rows are about. */
    suggestion: MappingDocument.nullable(),
  })
  .register(z.globalRegistry, { id: 'FilePreview' })
export type FilePreview = z.output<typeof FilePreview>

const SavedMapping = z
  .object({
    id: z.string(),
    /** 0: part of the product. */
    version: z.number().int(),
    createdAt: Instant.nullable(),
    mapping: MappingDocument,
  })
  .register(z.globalRegistry, { id: 'SavedMapping' })
export type SavedMapping = z.output<typeof SavedMapping>

const ImportReport = z
  .object({
    id: z.number().int(),
    state: z.enum(['running', 'done', 'canceled', 'failed', 'undoing', 'undone']),
    /** rows: the file is read; orders: lines become orders; applying: the facts are stored. */
    phase: z.enum(['rows', 'orders', 'applying', 'done']),
    dryRun: z.boolean(),
    file: z.object({ id: z.number().int(), name: z.string() }),
    mappingId: z.string(),
    jobId: z.number().int().nullable(),
    undoJobId: z.number().int().nullable(),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
    /** Rows of the file. repeated: lines of orders that stood there twice. */
    rows: z.object({ read: z.number().int(), rejected: z.number().int(), repeated: z.number().int() }),
    /** What the rows became: events, attributes, relations, items; orders are events of several rows. */
    facts: z.number().int(),
    orders: z.number().int(),
    /** What became of the facts. merged: profiles that were found to be one. */
    result: z.object({
      created: z.number().int(),
      updated: z.number().int(),
      duplicate: z.number().int(),
      rejected: z.number().int(),
      profiles: z.number().int(),
      merged: z.number().int(),
      valuesRefused: z.number().int(),
      identitiesLeftOut: z.number().int(),
    }),
    reasons: z.array(
      z.object({ code: z.string(), of: z.enum(['row', 'fact', 'value']), count: z.number().int(), text: z.string() }),
    ),
    /** Of a dry run that has ended. */
    trial: z
      .object({
        facts: z.record(z.string(), z.number().int()),
        /** Facts that came with an earlier import. */
        known: z.number().int(),
        rejectedRows: z.array(
          z.object({
            row: z.number().int(),
            reasons: z.array(z.object({ code: z.string(), text: z.string() })),
            values: z.union([Cells, z.string()]),
          }),
        ),
        acceptedRows: z.array(z.object({ row: z.number().int(), facts: z.json() })),
      })
      .nullable(),
  })
  .register(z.globalRegistry, { id: 'ImportReport' })
export type ImportReport = z.output<typeof ImportReport>

const OneFile = z.strictObject({ id: NumberId })
const OneImport = z.strictObject({ id: NumberId })
const OneMapping = z.strictObject({ id: MappingId })

export const uploadFile = endpoint({
  id: 'uploadFile',
  stage: 'collect',
  method: 'POST',
  path: '/files',
  summary: {
    zh: '上传文件（CSV、TSV、Excel、JSON、NDJSON、Parquet，可为 .gz）',
    en: 'Upload a file: CSV, TSV, Excel, JSON, NDJSON, Parquet, also as .gz',
  },
  access: 'import',
  query: z.strictObject({
    name: z
      .string()
      .min(1)
      .max(255)
      .regex(/^\P{C}+$/u),
  }),
  bodyStream: {
    mediaTypes: ['application/octet-stream'],
    about: { zh: '文件的原始字节', en: 'the bytes of the file as they are' },
  },
  response: StoredFile,
  status: 201,
  errors: [...inWorkspace, 'FILE_EMPTY', 'UPLOAD_CUT_OFF'],
})

export const listFiles = endpoint({
  id: 'listFiles',
  stage: 'collect',
  method: 'GET',
  path: '/files',
  summary: { zh: '列出已上传的文件，最新的在前', en: 'List uploaded files, newest first' },
  access: 'read',
  query: PageQuery,
  response: page(StoredFile),
  errors: [...inWorkspace, 'CURSOR_INVALID'],
})

export const previewFile = endpoint({
  id: 'previewFile',
  stage: 'collect',
  method: 'POST',
  path: '/files/{id}/preview',
  summary: {
    zh: '查看文件开头：编码、列的类型、前几行与建议的映射',
    en: 'Look at a file: encoding, types of its columns, first rows and a suggested mapping',
  },
  access: 'import',
  params: OneFile,
  body: z.strictObject({ file: FileReading.optional(), mappingId: MappingId.optional() }),
  response: FilePreview,
  errors: [...inWorkspace, 'NOT_FOUND', ...ofFile],
})

export const listMappings = endpoint({
  id: 'listMappings',
  stage: 'collect',
  method: 'GET',
  path: '/mappings',
  summary: { zh: '列出可用的映射', en: 'List the mappings that can be used' },
  access: 'read',
  response: z.object({ items: z.array(SavedMapping) }),
  errors: [...inWorkspace],
})

export const showMapping = endpoint({
  id: 'showMapping',
  stage: 'collect',
  method: 'GET',
  path: '/mappings/{id}',
  summary: { zh: '查看映射', en: 'Show a mapping' },
  access: 'read',
  params: OneMapping,
  response: SavedMapping,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const saveMapping = endpoint({
  id: 'saveMapping',
  stage: 'collect',
  method: 'PUT',
  path: '/mappings/{id}',
  summary: { zh: '保存映射为新版本', en: 'Save a mapping as a new version' },
  access: 'import',
  params: OneMapping,
  body: MappingDocument,
  response: SavedMapping,
  errors: [...inWorkspace, 'MAPPING_INVALID'],
})

export const archiveMapping = endpoint({
  id: 'archiveMapping',
  stage: 'collect',
  method: 'DELETE',
  path: '/mappings/{id}',
  summary: { zh: '停用映射', en: 'Take a mapping out of use' },
  access: 'import',
  params: OneMapping,
  status: 204,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const startImport = endpoint({
  id: 'startImport',
  stage: 'collect',
  method: 'POST',
  path: '/imports',
  summary: { zh: '导入已上传的文件，或只做试运行', en: 'Import an uploaded file, or only try what it would do' },
  access: 'import',
  body: z.strictObject({
    fileId: z.number().int().positive(),
    /** Id of a saved mapping, or a document. */
    mapping: z.union([MappingId, MappingDocument]),
    dryRun: z.boolean().default(false),
  }),
  response: ImportReport,
  status: 202,
  errors: [...inWorkspace, 'NOT_FOUND', 'MAPPING_INVALID', 'MAPPING_UNFITTING', ...ofFile],
  idempotent: true,
})

export const listImports = endpoint({
  id: 'listImports',
  stage: 'collect',
  method: 'GET',
  path: '/imports',
  summary: { zh: '列出导入，最新的在前', en: 'List the imports, newest first' },
  access: 'read',
  query: PageQuery,
  response: page(ImportReport),
  errors: [...inWorkspace, 'CURSOR_INVALID'],
})

export const showImport = endpoint({
  id: 'showImport',
  stage: 'collect',
  method: 'GET',
  path: '/imports/{id}',
  summary: { zh: '导入报告', en: 'The report of an import' },
  access: 'read',
  params: OneImport,
  response: ImportReport,
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const exportRejectedRows = endpoint({
  id: 'exportRejectedRows',
  stage: 'collect',
  method: 'GET',
  path: '/imports/{id}/rejected',
  summary: { zh: '下载被拒绝的行及原因', en: 'Download the rejected rows with their reasons' },
  access: 'import',
  params: OneImport,
  responseStream: { mediaTypes: ['text/csv'] },
  errors: [...inWorkspace, 'NOT_FOUND'],
})

export const exportRefusedFacts = endpoint({
  id: 'exportRefusedFacts',
  stage: 'collect',
  method: 'GET',
  path: '/imports/{id}/refused',
  summary: {
    zh: '下载读取之后被拒收的事实与未采用的值及原因，每行一个 JSON；含个人数据明文',
    en: 'Download the facts and values that were set aside after reading, with their reasons, as JSON lines; personal data are readable',
  },
  access: 'export',
  params: OneImport,
  responseStream: { mediaTypes: ['application/x-ndjson'] },
  errors: [...inWorkspace, 'NOT_FOUND', 'DECRYPTION_FAILED'],
})

export const cancelImport = endpoint({
  id: 'cancelImport',
  stage: 'collect',
  method: 'POST',
  path: '/imports/{id}/cancel',
  summary: {
    zh: '停止导入；已导入的部分保留，可撤销',
    en: 'Stop an import; what was brought in stays and can be undone',
  },
  access: 'import',
  params: OneImport,
  response: ImportReport,
  errors: [...inWorkspace, 'NOT_FOUND', 'JOB_FINISHED'],
})

export const undoImport = endpoint({
  id: 'undoImport',
  stage: 'collect',
  method: 'POST',
  path: '/imports/{id}/undo',
  summary: { zh: '撤销导入，恢复到导入前的状态', en: 'Undo an import: back to the state before it' },
  access: 'import',
  params: OneImport,
  response: ImportReport,
  status: 202,
  errors: [...inWorkspace, 'NOT_FOUND', 'IMPORT_RUNNING', 'IMPORT_UNDONE'],
  idempotent: true,
})

export const IMPORT_ENDPOINTS = [
  uploadFile,
  listFiles,
  previewFile,
  listMappings,
  showMapping,
  saveMapping,
  archiveMapping,
  startImport,
  listImports,
  showImport,
  exportRejectedRows,
  exportRefusedFacts,
  cancelImport,
  undoImport,
] as const
