import { describe, expect, it } from 'vitest'
import { xxHash64 } from './xx-hash64.js'

describe('xxHash64', () => {
  it.each([
    ['', 0xef46db3751d8e999n],
    ['a', 0xd24ec4f1a98c6e5bn],
    ['abc', 0x44bc2cf5ad770999n],
    ['xxhash', 0x32dd38952c4bc720n],
    ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
  ])('of %j is the published one', (text, hash) => {
    expect(xxHash64(text)).toBe(hash)
  })
})
