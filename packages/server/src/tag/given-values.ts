import { createHash } from 'node:crypto'
import type { DefinitionEntry } from '@tagtree/core/catalog/catalog'
import type { IdentityReference, IncomingAttributes } from '@tagtree/core/collect/incoming'
import { AppError } from '@tagtree/core/kernel/app-error'
import { givenAttribute } from '@tagtree/core/language/assign/given/attribute'

export interface GivenValue {
  readonly identities: readonly IdentityReference[]
  /** null takes the value back. */
  readonly value: string | readonly string[] | null
}

/**
 * Values given by staff as facts of the log: changes of the attribute that the tag reads. The same `key` gives the same
 * facts, so a repeated request changes nothing.
 * @throws AppError TAG_NOT_GIVEN when the tag is computed
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
  const attribute = givenAttribute(entry.id)
  const isMulti = body.family === 'multi'
  return given.map(({ identities, value }, index) => ({
    type: 'attributes',
    key: { scope: 'stream', hash: messageHash(`${entry.id}\0${key}\0${index}`), content: null },
    ts: now,
    about: { subject: body.subject ?? 'person', identities },
    changes: [
      value === null
        ? { operation: 'unset', attribute, value: null }
        : { operation: 'set', attribute, value: isMulti && !Array.isArray(value) ? [String(value)] : value },
    ],
  }))
}

function messageHash(text: string): string {
  return createHash('sha256').update(text).digest().readBigInt64BE().toString()
}
