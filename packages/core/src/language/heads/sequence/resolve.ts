import type { Prop, SequenceCondition, Stream, Test } from '../../document.js'
import { EN_KIND, ZH_KIND } from '../../frame/kind-words.js'
import { say } from '../../frame/message.js'
import type { ResolveHead, Resolving } from '../../frame/resolving.js'
import type { Scope, ValueType } from '../../frame/scope.js'
import { resolveEach } from '../did/resolve.js'

/** Each step's events and tests; the keys of all steps are of one kind. */
export const sequenceResolve: ResolveHead<SequenceCondition> = (condition, at, scope, resolving) => {
  const keys: { at: string; type: ValueType | null }[] = []
  for (const [index, step] of condition.sequence.entries()) {
    const place = `${at}/sequence/${index}`
    resolveStep(step, place, scope, resolving, keys)
    if (step.without) resolveStep(step.without, `${place}/without`, scope, resolving, keys)
  }
  if (condition.within !== undefined) resolving.window(condition.within, `${at}/within`, scope, 'events')
  if (condition.notThen) resolveStep(condition.notThen, `${at}/notThen`, scope, resolving, keys)
  checkKeys(keys, resolving)
}

function resolveStep(
  step: { did: Stream; each?: string; where?: Test; key?: Prop },
  at: string,
  scope: Scope,
  resolving: Resolving,
  keys: { at: string; type: ValueType | null }[],
): void {
  const stream = resolving.stream(step.did, step.each, `${at}/did`, scope)
  resolveEach(step.each, stream, at, resolving)
  const rows: Scope = { ...scope, stream }
  if (step.where !== undefined) resolving.test(step.where, `${at}/where`, rows)
  if (step.key !== undefined) keys.push({ at: `${at}/key`, type: resolving.prop(step.key, `${at}/key`, rows) })
}

/** A list is followed element by element, so it goes with texts. */
function checkKeys(keys: readonly { at: string; type: ValueType | null }[], resolving: Resolving): void {
  const kindOf = (type: ValueType) => (type.kind === 'list' || type.kind === 'ordered' ? 'text' : type.kind)
  const first = keys.find(({ type }) => type !== null)?.type
  if (!first) return
  for (const { at, type } of keys) {
    if (type === null || kindOf(type) === kindOf(first)) continue
    resolving.report(
      at,
      say(
        `the keys of all steps are compared: the first is ${EN_KIND[first.kind]}, this is ${EN_KIND[type.kind]}`,
        `各步的 key 须可比较：第一个是${ZH_KIND[first.kind]}，此处是${ZH_KIND[type.kind]}`,
      ),
    )
  }
}
