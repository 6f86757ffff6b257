import type { DefinitionEntry } from '@tagtree/core/catalog/catalog'
import type { IdentityReference, IncomingAttributes } from '@tagtree/core/collect/incoming'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import { nearest } from '@tagtree/core/kernel/nearest'
import { givenAttribute } from '@tagtree/core/language/assign/given/attribute'
import type { TagDefinition } from '@tagtree/core/language/document'
import { streamKey } from '../collect/stream-key.js'

export interface GivenValue {
  readonly identities: readonly IdentityReference[]
  /** null takes the value back. */
  readonly value: string | readonly string[] | null
}

/**
 * Values given by staff as facts of the log: changes of the attribute that the tag reads. The same `key` gives the same
 * facts, so a repeated request changes nothing.
 * @throws AppError TAG_NOT_GIVEN when the tag is computed | VALUE_NOT_OF_TAG with one issue per value it cannot have
 */
export function givenValues(
  entry: DefinitionEntry,
  given: readonly GivenValue[],
  now: number,
  key: string,
): IncomingAttributes[] {
  const { body } = entry
  const isGiven = body.kind === 'tag' && 'given' in body.assign && typeof body.assign.given === 'string'
  if (!isGiven) throw new AppError('TAG_NOT_GIVEN', { words: { name: entry.id } })
  const issues = given.flatMap(({ value }, index) =>
    value === null ? [] : faultsOf(value, body, `/given/${index}/value`),
  )
  if (issues.length > 0) {
    throw new AppError('VALUE_NOT_OF_TAG', { words: { name: entry.id, count: issues.length }, issues })
  }
  const attribute = givenAttribute(entry.id)
  return given.map(({ identities, value }, index) => ({
    type: 'attributes',
    key: streamKey(`${entry.id}\0${key}\0${index}`),
    ts: now,
    about: { subject: body.subject ?? 'person', identities },
    changes: [
      value === null
        ? { operation: 'unset', attribute, value: null }
        : { operation: 'set', attribute, value: body.family === 'multi' ? textsOf(value) : textsOf(value)[0]! },
    ],
  }))
}

/** A tag that lists its values has no others, and only a multi tag has several at once. */
/** What is wrong with a value for a tag. */
export function faultsOf(value: string | readonly string[], tag: TagDefinition, pointer: string): Issue[] {
  const texts = textsOf(value)
  if (tag.family !== 'multi' && texts.length !== 1) {
    return [
      {
        pointer,
        message: `the tag has one value at a time, ${texts.length} are given; null takes the value back`,
        messageZh: `此标签同时只有一个值，这里给了 ${texts.length} 个；收回请用 null`,
      },
    ]
  }
  const listed = (tag.values ?? []).map((one) => String(one.code))
  if (listed.length === 0) return []
  return texts.flatMap((text, index): Issue[] => {
    if (listed.includes(text)) return []
    const meant = nearest(text, listed)
    return [
      {
        pointer: Array.isArray(value) ? `${pointer}/${index}` : pointer,
        message: `the tag has no value "${text}"; it has ${few(listed, ', ')}`,
        messageZh: `标签没有值“${text}”，它的值是：${few(listed, '、')}`,
        ...(meant === undefined ? {} : { didYouMean: meant }),
      },
    ]
  })
}

function textsOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}

function few(texts: readonly string[], between: string): string {
  return texts.length <= 10 ? texts.join(between) : `${texts.slice(0, 10).join(between)} …`
}
