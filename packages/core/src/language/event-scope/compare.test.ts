import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareUtf8 } from './compare.js'

describe('compareUtf8', () => {
  it('orders as the UTF-8 bytes do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (left, right) => {
        expect(compareUtf8(left, right)).toBe(Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right))))
      }),
    )
  })
  it('puts an emoji behind a private use character, unlike JavaScript', () => {
    expect('😀' < '\uf8ff').toBe(true)
    expect(compareUtf8('😀', '\uf8ff')).toBe(1)
  })
})
