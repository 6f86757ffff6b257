import type { AttrValue } from '../../document.js'
import { sayThen } from '../../frame/say-then.js'
import type { SayHead } from '../../frame/speaker.js'

/** The attribute's label; inside `where:` it is her own. */
export const attrSentence: SayHead<AttrValue> = (value, { subject, stream }, speaker) => {
  const { catalog } = speaker
  const entry = catalog.attributes.get(subject)?.get(value.attr)
  const kind = value.attr.startsWith('id.') ? catalog.identityKinds.get(value.attr.slice(3)) : undefined
  const label = speaker.label(entry?.labels ?? kind?.labels ?? value.attr)
  const { before, after } = sayThen(value, speaker)
  const own = stream === null ? '' : speaker.pick('本人的', 'her own ')
  return `${before}${own}${label}${after}`
}
