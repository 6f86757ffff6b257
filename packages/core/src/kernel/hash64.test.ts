import { describe, expect, it } from 'vitest'
import { hash64, hash64Text } from './hash64.js'

describe('hash64', () => {
  it('keeps its values: keys of imported rows are stored', () => {
    expect(['', 'a', '北京', 'a longer text of several blocks 😀'].map((text) => hash64Text(text))).toEqual([
      '0',
      '-3679634542697926250',
      '-186724487581725971',
      '-736842753037740513',
    ])
  })
  it('tells two million similar texts apart and spreads its bits evenly', () => {
    const seen = new Set<bigint>()
    const ones = new Array<number>(64).fill(0)
    for (let i = 0; i < 2_000_000; i++) {
      const { high, low } = hash64(`536365\u001f85123A\u001f${i}`)
      seen.add((BigInt(high) << 32n) ^ BigInt(low >>> 0))
      if (i % 100 === 0) {
        for (let bit = 0; bit < 32; bit++) {
          ones[bit] = (ones[bit] ?? 0) + ((low >>> bit) & 1)
          ones[bit + 32] = (ones[bit + 32] ?? 0) + ((high >>> bit) & 1)
        }
      }
    }
    expect(seen.size).toBe(2_000_000)
    for (const count of ones) expect(Math.abs(count / 20_000 - 0.5)).toBeLessThan(0.02)
  })
  it('depends on the seed and on every character', () => {
    expect(hash64Text('row', 1)).not.toBe(hash64Text('row', 2))
    expect(hash64Text('ab\u0000')).not.toBe(hash64Text('ab'))
  })
})
