import type { TextShape } from '@tagtree/core/contract/catalogue'
import type { Text } from '@tagtree/core/language/document'
import type { z } from 'zod'

/** A text of a request without fields that are undefined. */
export function plainText(text: z.output<typeof TextShape>): Text {
  if (typeof text === 'string') return text
  return text.en === undefined ? { zh: text.zh } : { zh: text.zh, en: text.en }
}
