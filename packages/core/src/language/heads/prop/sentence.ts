import { findProperty } from '../../frame/property.js'
import type { SayHead } from '../../frame/speaker.js'

const CHANGE_WORDS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  from: ['变更前的值', 'the value before'],
  to: ['变更后的值', 'the value after'],
  op: ['变更方式', 'the kind of change'],
}

/** The property's label. */
export const propSentence: SayHead<{ prop: string }> = ({ prop }, { stream, catalog }, speaker) => {
  if (stream?.kind === 'changes') {
    const words = CHANGE_WORDS[prop]
    return words ? speaker.pick(words[0], words[1]) : prop
  }
  if (prop === 'event') return speaker.pick('事件', 'event')
  const lookup = stream === null ? null : findProperty(catalog, stream, prop)
  if (lookup !== null && 'catalogued' in lookup) {
    const { of, field } = lookup.catalogued
    const [owner, label] = [speaker.label(of.entries[0]!.entry.labels), speaker.label(field.labels)]
    return speaker.pick(`${owner}的${label}`, `${label} of the ${owner}`)
  }
  return speaker.label(lookup !== null && 'found' in lookup ? lookup.found.entries[0]!.entry.labels : prop)
}
