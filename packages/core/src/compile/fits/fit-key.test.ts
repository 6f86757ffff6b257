import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitKey, groupLabel, groupText } from './fit-key.js'

describe('the text of a group', () => {
  it('differs for different groups, whatever their values hold', () => {
    expect(groupText(['a', 'bc'])).not.toBe(groupText(['ab', 'c']))
    expect(groupText(['1:a'])).not.toBe(groupText(['1', 'a']))
    expect(groupText(['上海', ''])).toBe('6:上海0:')
  })
  it('can be read back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }), (parts) => {
        expect(groupLabel(groupText(parts))).toBe(parts.join(' · '))
      }),
    )
  })
})

describe('the key of a fit', () => {
  it('does not depend on the order in which fields are written', () => {
    const one = fitKey('t', { cut: { did: 'a', gte: 1 }, at: { method: 'mean' } }, false)
    expect(fitKey('t', { at: { method: 'mean' }, cut: { gte: 1, did: 'a' } }, false)).toBe(one)
    expect(fitKey('t', { at: { method: 'median' }, cut: { gte: 1, did: 'a' } }, false)).not.toBe(one)
    expect(fitKey('u', { at: { method: 'mean' }, cut: { gte: 1, did: 'a' } }, false)).not.toBe(one)
  })
})
