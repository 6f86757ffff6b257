import type { TagValue } from '../../document.js'
import { sayThen } from '../../frame/say-then.js'
import type { SayHead } from '../../frame/speaker.js'

/** `标签“X”` · `tag "X"`. */
export const tagSentence: SayHead<TagValue> = (value, _scope, speaker) => {
  const label = speaker.label(speaker.catalog.definitions.get(value.tag)?.body.name ?? value.tag)
  const { before, after } = sayThen(value, speaker)
  return speaker.pick(`${before}标签“${label}”`, `tag "${label}"${after}`)
}
