import { z } from 'zod'
import { TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const ofPlan = ['PLAN_INVALID', 'PLAN_TOO_LARGE'] as const

const Issue = z.object({ pointer: z.string(), message: z.string(), didYouMean: z.string().optional() })
const Sentence = z.object({ zh: z.string(), en: z.string() })
const Cost = z.object({ rows: z.number(), bytes: z.number(), ms: z.number() })

/** A plan as it is sent: one file or the files of a folder. YAML 1.2, of which JSON is a part. */
const Files = z
  .array(z.strictObject({ name: z.string().min(1).max(300), text: z.string() }))
  .min(1)
  .max(500)
/** JSON doubles quotes and line ends, so a body may be larger than the plan in it. */
const bodyLimit = 16 * 1024 * 1024
const prune = z.boolean().default(false)

export const exportPlan = endpoint({
  id: 'exportPlan',
  stage: 'tag',
  method: 'GET',
  path: '/plan/export',
  summary: { zh: '把整个目录与定义导出为方案文件', en: 'The whole catalogue as a plan file' },
  access: 'read',
  query: z.strictObject({
    /** Several files, tags by category. */
    split: z.enum(['true', 'false']).default('false'),
  }),
  response: z.object({
    /** Names the state of the catalogue that was exported. */
    base: z.string(),
    files: z.array(z.object({ name: z.string(), text: z.string() })),
  }),
  errors: inWorkspace,
})

const Change = z.object({
  kind: z.enum(['category', 'tag', 'segment', 'metric', 'tree']),
  id: z.string(),
  name: TextShape,
  action: z.enum(['added', 'changed', 'removed', 'kept']),
  /** Categories; null = the first level, or none. */
  moved: z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
  /** Fields that differ. */
  fields: z.array(z.string()),
  /** What the definition means now and would mean; null where there is none. */
  before: Sentence.nullable(),
  after: Sentence.nullable(),
})
const Impact = z.object({
  id: z.string(),
  kind: z.enum(['tag', 'segment', 'metric', 'tree']),
  name: TextShape,
  /** Changed definitions it rests on; empty when it is itself in the plan's changes. */
  because: z.array(z.string()),
  /** People the definition is about, with and without a value; before is null for a new one, after for a removed one. */
  before: z.object({ population: z.number().int(), known: z.number().int() }).nullable(),
  after: z.object({ population: z.number().int(), known: z.number().int() }).nullable(),
  /** People whose value changes. */
  changed: z.number().int(),
  /** Of a segment its members alone; none for numbers and dates. */
  values: z.array(
    z.object({
      code: z.string(),
      before: z.number().int(),
      after: z.number().int(),
      gained: z.number().int(),
      lost: z.number().int(),
    }),
  ),
  /** From one value to another, most people first; null = without a value. Of tags with one value at a time. */
  moves: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), people: z.number().int() })),
  /** Why it cannot be computed. */
  problem: z.string().nullable(),
})
const Check = z.object({
  definition: z.string(),
  passed: z.boolean(),
  expected: z.unknown(),
  got: z.unknown(),
  sentence: Sentence,
  /** file:line:column */
  place: z.string(),
  pointer: z.string(),
  /** Cuts that were neither stated nor known: `definition#place`. */
  missingFits: z.array(z.string()),
})
const Tests = z.object({
  passed: z.number().int(),
  failed: z.number().int(),
  tests: z.array(z.object({ name: z.string(), passed: z.boolean(), checks: z.array(Check) })),
})

export const diffPlan = endpoint({
  id: 'diffPlan',
  stage: 'tag',
  method: 'POST',
  path: '/plan/diff',
  summary: {
    zh: '比较方案与工作区：改动、含义与各值人数的变化，不写入',
    en: 'Compare a plan with the workspace: changes, their meaning and the people of every value; nothing is written',
  },
  access: 'read',
  body: z.strictObject({
    files: Files,
    /** Also take away what the plan does not list. */
    prune,
    /** Compute how many people get which value. */
    impact: z.boolean().default(true),
  }),
  bodyLimit,
  response: z.object({
    /** To be given to apply, so that nothing else is overwritten. */
    base: z.string(),
    changes: z.array(Change),
    /** Categories inside of which things change their order; null = the first level, or none. */
    reordered: z.array(z.string().nullable()),
    impacts: z.array(Impact),
    cost: Cost,
    warnings: z.array(Issue),
    tests: Tests,
  }),
  errors: [...inWorkspace, ...ofPlan, 'RUN_FAILED'],
})

export const applyPlan = endpoint({
  id: 'applyPlan',
  stage: 'tag',
  method: 'POST',
  path: '/plan/apply',
  summary: { zh: '应用方案：一次可撤销的更改', en: 'Apply a plan as one undoable change' },
  access: 'write',
  body: z.strictObject({
    files: Files,
    prune,
    /** Of the diff: refused when the catalogue was changed since. */
    base: z.string().max(40).optional(),
    /** Apply although tests of the plan fail. */
    skipTests: z.boolean().default(false),
  }),
  bodyLimit,
  response: z.object({
    /** null when there was nothing to do. */
    changeNo: z.string().nullable(),
    changes: z.array(Change),
    reordered: z.array(z.string().nullable()),
    warnings: z.array(Issue),
    tests: Tests,
  }),
  errors: [
    ...inWorkspace,
    ...ofPlan,
    'PLAN_TESTS_FAILED',
    'PLAN_BASE_CHANGED',
    'NAME_TAKEN',
    'IN_USE',
    'NOT_FOUND',
    'CATEGORY_TOO_DEEP',
    'DEFINITION_INVALID',
  ],
})

export const testPlan = endpoint({
  id: 'testPlan',
  stage: 'tag',
  method: 'POST',
  path: '/plan/test',
  summary: { zh: '运行方案中的测试，不触及工作区', en: 'Run the tests of a plan; the workspace is not touched' },
  access: 'read',
  body: z.strictObject({ files: Files }),
  bodyLimit,
  response: Tests,
  errors: [...inWorkspace, ...ofPlan],
})

export const PLAN_ENDPOINTS = [exportPlan, diffPlan, applyPlan, testPlan] as const
