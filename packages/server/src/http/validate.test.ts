import { AppError } from '@tagtree/core/kernel/app-error'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { validatePart } from './validate.js'

const Body = z.strictObject({
  name: z.string().min(2),
  count: z.number().int(),
  rules: z.array(z.strictObject({ kind: z.enum(['a', 'b']), threshold: z.number() })).optional(),
  when: z.union([z.string(), z.strictObject({ last: z.strictObject({ days: z.number() }) })]).optional(),
})

const issuesOf = (value: unknown) => {
  try {
    validatePart(Body, value, 'body')
  } catch (error) {
    if (error instanceof AppError) return error.issues
    throw error
  }
  return []
}

it('names every wrong place with a pointer, in both languages', () => {
  const issues = issuesOf({ name: '', count: Number.POSITIVE_INFINITY })
  expect(issues.map((issue) => issue.pointer)).toEqual(['/name', '/count'])
  expect(issues[0]!.message).toContain('>=2')
  expect(issues[0]!.messageZh).toContain('过小')
})

it('names an unknown field and the known one that is near, at any depth', () => {
  const issues = issuesOf({ name: 'ab', count: 1, rules: [{ kind: 'a', treshold: 3 }] })
  expect(issues).toContainEqual(
    expect.objectContaining({
      pointer: '/rules/0/treshold',
      message: 'unknown field "treshold"',
      didYouMean: 'threshold',
    }),
  )
})

it('of alternatives reports the one that fails deepest', () => {
  const issues = issuesOf({ name: 'ab', count: 1, when: { last: { days: 'x' } } })
  expect(issues.map((issue) => issue.pointer)).toEqual(['/when/last/days'])
})

it('says of a query where it stands and points nowhere in the body', () => {
  expect(() => validatePart(z.strictObject({ limit: z.coerce.number().max(10) }), { limit: '11' }, 'query')).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID', pointer: undefined }),
  )
})

it('reports at most 100 places', () => {
  expect(issuesOf(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x${n}`, 1]))).length).toBe(100)
})
