import type { Issue } from '../kernel/app-error.js'
import { nearest } from '../kernel/nearest.js'
import type { ParsedDefinition, Text } from '../language/document.js'
import { REFUSED, type Report } from '../language/frame/checked.js'
import { guard } from '../language/frame/guard.js'
import { type Message, pointerTo, say, sayNearest } from '../language/frame/message.js'
import { readObject } from '../language/frame/read-object.js'
import { parseDefinition } from '../language/parse.js'
import { PLAN_SECTIONS, type PlanCategory, type PlanFile, type PlanSection, type PlanTest } from './plan.js'
import { CATEGORY, idProblem, TEST } from './plan-schema.js'
import { readYaml, type TextPlace, type YamlText } from './yaml-text.js'

/** Where something stands in the files of a plan. */
export interface PlanPlace {
  readonly file: number
  readonly pointer: string
}

/** A plan as it was written: read, but no name in it looked up yet. */
export interface WrittenPlan {
  readonly categories: readonly (PlanCategory & { readonly at: PlanPlace })[]
  readonly definitions: readonly {
    readonly parsed: ParsedDefinition
    readonly category: string | null | undefined
    readonly at: PlanPlace
  }[]
  readonly tests: readonly { readonly test: PlanTest; readonly at: PlanPlace }[]
  /** The issue with file, line and column before its message. */
  address(at: PlanPlace, issue: Issue): Issue
  /** file:line:column of what a pointer below the place names. */
  placeOf(at: PlanPlace, pointer: string): string
}

export type ReadPlan =
  | { readonly ok: true; readonly plan: WrittenPlan }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** Characters of all files together. */
export const LARGEST_PLAN = 1_048_576
const MOST_ISSUES = 100
const SECTIONS = ['plan', 'categories', ...Object.keys(PLAN_SECTIONS), 'tests']

/** Reads the files of a plan as one. Names are looked up later, when the plan is held against a workspace. */
export function readPlan(files: readonly PlanFile[]): ReadPlan {
  const reader = new PlanReader(files)
  for (const [file, { text }] of files.entries()) {
    const read = readYaml(text)
    if (read.ok) {
      reader.texts[file] = read.yaml
      reader.readFile(file, read.yaml.value)
    } else for (const { place, message } of read.faults) reader.add('', prefixed(files[file]!.name, place, message))
  }
  reader.checkIds()
  const { issues, categories, definitions, tests } = reader
  if (issues.length > 0) return { ok: false, issues }
  const plan: WrittenPlan = {
    categories,
    definitions,
    tests,
    address: (at, issue) => reader.address(at, issue),
    placeOf: (at, pointer) => reader.placeOf({ ...at, pointer: `${at.pointer}${pointer}` }),
  }
  return { ok: true, plan }
}

class PlanReader {
  readonly texts: YamlText[] = []
  readonly issues: Issue[] = []
  readonly categories: (PlanCategory & { at: PlanPlace })[] = []
  readonly definitions: { parsed: ParsedDefinition; category: string | null | undefined; at: PlanPlace }[] = []
  readonly tests: { test: PlanTest; at: PlanPlace }[] = []

  constructor(private readonly files: readonly PlanFile[]) {}

  add(pointer: string, message: Message): void {
    if (this.issues.length >= MOST_ISSUES) return
    const { en, zh, didYouMean } = message
    this.issues.push({ pointer, message: en, messageZh: zh, ...(didYouMean === undefined ? {} : { didYouMean }) })
  }

  address({ file, pointer }: PlanPlace, issue: Issue): Issue {
    const at = `${pointer}${issue.pointer}`
    const place = this.placeOf({ file, pointer: at })
    const { message, messageZh = message } = issue
    return { ...issue, pointer: at, message: `${place} ${message}`, messageZh: `${place} ${messageZh}` }
  }

  placeOf({ file, pointer }: PlanPlace): string {
    return placeText(this.files[file]!.name, this.texts[file]!.placeOf(pointer))
  }

  readFile(file: number, value: unknown): void {
    const report = this.#reporter({ file, pointer: '' })
    if (value === null) return
    if (typeof value !== 'object' || Array.isArray(value)) {
      report(
        say('a plan is an object with categories, tags, segments …', '方案应为含 categories、tags、segments 等的对象'),
      )
      return
    }
    const sections = value as Record<string, unknown>
    for (const key of Object.keys(sections)) {
      if (SECTIONS.includes(key)) continue
      report(sayNearest(`unknown section "${key}"`, `没有“${key}”这一节`, nearest(key, SECTIONS)), key)
    }
    if (sections.plan !== undefined && sections.plan !== 1) {
      report(say('this is plan: 1; other forms are not known', '方案格式为 plan: 1，其他版本无法识别'), 'plan')
    }
    this.#readCategories(file, sections.categories, '/categories', null)
    for (const section of Object.keys(PLAN_SECTIONS) as PlanSection[]) {
      for (const [pointer, item] of this.#listOf(file, sections[section], `/${section}`)) {
        this.#readDefinition(item, section, { file, pointer })
      }
    }
    for (const [pointer, item] of this.#listOf(file, sections.tests, '/tests')) {
      const at = { file, pointer }
      const read = guardedObject(TEST, 'test', item, this.#reporter(at))
      if (read !== REFUSED) this.tests.push({ test: read, at })
    }
  }

  /** An id means one thing, and siblings have different names. */
  checkIds(): void {
    const first = new Map<string, PlanPlace>()
    for (const { parsed, at } of this.definitions) {
      if (first.has(parsed.id)) this.#twice(parsed.id, at)
      else first.set(parsed.id, at)
    }
    const seen = new Set<string>()
    const names = new Set<string>()
    for (const { id, parentId, name, at } of this.categories) {
      if (seen.has(id)) this.#twice(id, at)
      seen.add(id)
      const place = JSON.stringify([parentId, chineseOf(name)])
      if (names.has(place)) {
        const text = chineseOf(name)
        this.#reporter(at)(say(`two categories "${text}" stand side by side`, `同级目录“${text}”重名`), 'name')
      }
      names.add(place)
    }
  }

  #readCategories(file: number, value: unknown, base: string, parentId: string | null): void {
    for (const [pointer, item] of this.#listOf(file, value, base)) {
      const at = { file, pointer }
      const read = readObject(CATEGORY, 'category', item, this.#reporter(at))
      if (read === REFUSED) continue
      const { id, name, theme = null, note = null } = read
      this.categories.push({ id, parentId, name, theme, note, at })
      this.#readCategories(file, read.categories, `${pointer}/categories`, id)
    }
  }

  #readDefinition(item: unknown, section: PlanSection, at: PlanPlace): void {
    const report = this.#reporter(at)
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      report(say('a definition is an object with id and name', '定义应为含 id 和 name 的对象'))
      return
    }
    const kind = PLAN_SECTIONS[section]
    const { category, ...document } = item as Record<string, unknown>
    if (category !== undefined && category !== null && typeof category !== 'string') {
      report(
        say('category is the id of a category, or null for none', 'category 为目录的标识；不放入目录请写 null'),
        'category',
      )
      return
    }
    if (document.kind !== undefined && document.kind !== kind) {
      report(say(`in this section stand definitions of kind ${kind}`, `这一节只能放 ${kind} 类定义`), 'kind')
      return
    }
    const parsed = parseDefinition({ ...document, kind })
    if (!parsed.ok) {
      for (const issue of parsed.issues) this.#addIssue(at, issue)
      return
    }
    const problem = idProblem(parsed.definition.id)
    if (problem !== null) report(problem, 'id')
    this.definitions.push({ parsed: parsed.definition, category, at })
  }

  /** The entries of a list with their pointers; an absent or empty section has none. */
  #listOf(file: number, value: unknown, base: string): [string, unknown][] {
    if (value === undefined || value === null) return []
    if (Array.isArray(value)) return value.map((item, index) => [`${base}/${index}`, item])
    this.#reporter({ file, pointer: base })(say('this must be a list', '此处应为列表'))
    return []
  }

  #twice(id: string, at: PlanPlace): void {
    this.#reporter(at)(say(`the id "${id}" stands in the plan twice`, `标识“${id}”在方案中重复`), 'id')
  }

  #reporter(at: PlanPlace): Report {
    return ({ en, zh, didYouMean }, ...path) =>
      this.#addIssue(at, {
        pointer: pointerTo('', ...path),
        message: en,
        messageZh: zh,
        ...(didYouMean === undefined ? {} : { didYouMean }),
      })
  }

  #addIssue(at: PlanPlace, issue: Issue): void {
    if (this.issues.length < MOST_ISSUES) this.issues.push(this.address(at, issue))
  }
}

/** Tests may say null, but hold nothing else that the language forbids. */
function guardedObject<T>(
  schema: Parameters<typeof readObject<T>>[0],
  name: string,
  item: unknown,
  report: Report,
): T | typeof REFUSED {
  const guarded = guard(withoutNulls(item))
  if (guarded.ok) return readObject(schema, name, item, report)
  for (const issue of guarded.issues) {
    report(say(issue.message, issue.messageZh ?? issue.message), ...issue.pointer.split('/').slice(1))
  }
  return REFUSED
}

function withoutNulls(part: unknown): unknown {
  if (part === null) return false
  if (Array.isArray(part)) return part.map(withoutNulls)
  if (typeof part !== 'object') return part
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withoutNulls(value)]))
}

function prefixed(name: string, at: TextPlace, message: Message): Message {
  const place = placeText(name, at)
  return { ...message, en: `${place} ${message.en}`, zh: `${place} ${message.zh}` }
}

function placeText(name: string, { line, column }: TextPlace): string {
  return `${name}:${line}:${column}`
}

function chineseOf(name: Text): string {
  return typeof name === 'string' ? name : name.zh
}
