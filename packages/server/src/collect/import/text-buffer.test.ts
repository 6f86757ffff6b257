import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextBuffer } from './text-buffer.js'

it('holds the UTF-8 bytes of everything appended', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (texts) => {
      const buffer = new TextBuffer(8)
      for (const text of texts) buffer.append(text)
      expect(buffer.content().equals(Buffer.from(texts.join('')))).toBe(true)
      expect(buffer.bytes).toBe(Buffer.byteLength(texts.join('')))
    }),
  )
})
