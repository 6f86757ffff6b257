import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import { nearest } from '@tagtree/core/kernel/nearest'
import { z } from 'zod'

const en = z.locales.en().localeError
const zh = z.locales.zhCN().localeError

type RequestPart = 'params' | 'query' | 'body'
const partNames = {
  params: { en: 'path', zh: '路径' },
  query: { en: 'query', zh: '查询参数' },
  body: { en: 'body', zh: '请求体' },
}

/**
 * Checks one part of a request and answers it with defaults and coercions applied.
 * @throws AppError REQUEST_INVALID with one issue per wrong place, at most 100
 */
export function validatePart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  part: RequestPart,
): z.output<Schema> {
  const result = schema.safeParse(value, { error: en })
  if (result.success) return result.data
  // Issues keep their order, so the same check in the other language lines up.
  const chinese = schema.safeParse(value, { error: zh }).error?.issues ?? []
  const issues = result.error.issues.flatMap((issue, order) => describe(issue, chinese[order] ?? issue, schema, part))
  const first = issues[0]
  throw new AppError('REQUEST_INVALID', {
    issues: issues.slice(0, 100),
    ...(first && part === 'body' ? { pointer: first.pointer } : {}),
  })
}

function describe(issue: z.core.$ZodIssue, zhIssue: z.core.$ZodIssue, schema: z.ZodType, part: RequestPart): Issue[] {
  const place = part === 'body' ? { en: '', zh: '' } : { en: `${partNames[part].en}: `, zh: `${partNames[part].zh}：` }
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path)
    return issue.keys.map((key) => {
      const meant = nearest(key, known)
      return {
        pointer: pointerTo([...issue.path, key]),
        message: `${place.en}unknown field "${key}"`,
        messageZh: `${place.zh}未知字段“${key}”`,
        ...(meant === undefined ? {} : { didYouMean: meant }),
      }
    })
  }
  if (issue.code === 'invalid_union' && zhIssue.code === 'invalid_union' && issue.errors.length > 0) {
    const best = deepestBranch(issue.errors)
    const inner = best === -1 ? [] : issue.errors[best]!
    if (inner.length > 0) {
      return inner.flatMap((innerIssue, order) => {
        const at = { ...innerIssue, path: [...issue.path, ...innerIssue.path] }
        const zhInner = zhIssue.errors[best]?.[order] ?? innerIssue
        return describe(at, zhInner, schema, part)
      })
    }
  }
  return [{ pointer: pointerTo(issue.path), message: place.en + issue.message, messageZh: place.zh + zhIssue.message }]
}

/** Of the alternatives of a union the one the sender most likely meant: it fails deepest. -1 when none stands out. */
function deepestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): number {
  const depths = branches.map((issues) => Math.max(0, ...issues.map((issue) => issue.path.length)))
  const deepest = Math.max(...depths)
  return depths.filter((depth) => depth === deepest).length === 1 && deepest > 0 ? depths.indexOf(deepest) : -1
}

/** Field names of the object at `path` of a schema, as far as plain objects and arrays lead there. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema
  for (const step of path) {
    at = unwrap(at)
    if (at instanceof z.ZodObject) at = at.shape[String(step)]
    else if (at instanceof z.ZodArray) at = at.element
    else return []
  }
  at = unwrap(at)
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}

function unwrap(schema: unknown): unknown {
  let at = schema
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodNullable) at = at.unwrap()
  return at
}

/** RFC 6901; '' is the whole value. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
