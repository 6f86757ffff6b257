import { AppError } from '@tagtree/core/kernel/app-error'
import { describe, expect, it } from 'vitest'
import { MAX_JSON_DEPTH, parseJsonBody } from './json-body.js'

const refusal = (body: string | Buffer): AppError => {
  try {
    parseJsonBody(Buffer.from(body))
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('a JSON body', () => {
  it('is read whole, with a byte order mark or without', () => {
    expect(parseJsonBody(Buffer.from('\ufeff{"a":[1,"二"]}'))).toEqual({ a: [1, '二'] })
  })

  it.each([
    ['{"a": 1,}', 'line 1, column 9'],
    ['{"a": tru}', 'line 1, column 7'],
    ['{\n  "a" 1}', 'line 2, column 7'],
    ['[1 2]', 'line 1, column 4'],
    ['{"a": "x\ny"}', 'line 1, column 9'],
    ['{"a": "\\q"}', 'line 1, column 8'],
    ['{"a": 01}', 'line 1, column 8'],
    ['{"a": NaN}', 'line 1, column 7'],
    ['{"a": 1} x', 'line 1, column 10'],
    ['{"a": [1, 2', 'it ends too early'],
    ['{"a": "x', 'it ends too early'],
    ['  ', 'it is empty'],
  ])('that is broken is refused with the place: %s', (body, where) => {
    const error = refusal(body)
    expect(error.code).toBe('JSON_BROKEN')
    expect(error.message).toContain(where)
  })

  it('never repeats what was sent in the message', () => {
    expect(refusal('{"phone": "13800138000", x}').message).not.toContain('138')
  })

  it('is refused when it nests too deep, however long it is', () => {
    const depth = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    expect(parseJsonBody(Buffer.from(depth(MAX_JSON_DEPTH)))).toBeInstanceOf(Array)
    expect(refusal(depth(MAX_JSON_DEPTH + 1)).code).toBe('JSON_TOO_DEEP')
    expect(refusal('[{"a":'.repeat(500_000)).code).toBe('JSON_TOO_DEEP')
    expect(parseJsonBody(Buffer.from(JSON.stringify('['.repeat(1000))))).toBe('['.repeat(1000))
  })

  it.each([
    ['{"a":{"__proto__":{"admin":true}}}', '/a/__proto__'],
    ['[{"\\u005f_proto__":1}]', '/0/__proto__'],
    ['{"constructor":{"prototype":{}}}', '/constructor'],
    ['{"a/b":{"__proto__":1}}', '/a~1b/__proto__'],
  ])('with a key that reaches a prototype is refused at its place: %s', (body, pointer) => {
    const error = refusal(body)
    expect(error.code).toBe('KEY_FORBIDDEN')
    expect(error.pointer).toBe(pointer)
  })

  it('may hold the words of such keys as text', () => {
    expect(parseJsonBody(Buffer.from('{"a":"__proto__","constructor":"Ford"}'))).toEqual({
      a: '__proto__',
      constructor: 'Ford',
    })
  })

  it('that is not UTF-8 is refused with the first broken byte', () => {
    const error = refusal(Buffer.concat([Buffer.from('{"a":"好'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]))
    expect(error.code).toBe('UTF8_BROKEN')
    expect(error.words).toEqual({ byte: 9 })
    expect(refusal(Buffer.from([0x22, 0xe5, 0xa5])).words).toEqual({ byte: 1 })
  })
})
