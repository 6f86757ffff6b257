import type { Prop, SequenceCondition, Stream, Test } from '../../document.js'
import { notYet } from '../../frame/message.js'
import type { ResolveHead, Resolving } from '../../frame/resolving.js'
import type { Scope } from '../../frame/scope.js'
import { resolveEach } from '../did/resolve.js'

/** Each step's events and tests. */
export const sequenceResolve: ResolveHead<SequenceCondition> = (condition, at, scope, resolving) => {
  resolving.report(`${at}/sequence`, notYet('"sequence"', '“sequence”（事件序列）'))
  for (const [index, step] of condition.sequence.entries()) {
    const place = `${at}/sequence/${index}`
    resolveStep(step, place, scope, resolving)
    if (step.without) resolveStep(step.without, `${place}/without`, scope, resolving)
  }
  if (condition.within !== undefined) resolving.window(condition.within, `${at}/within`, scope, 'events')
  if (condition.notThen) resolveStep(condition.notThen, `${at}/notThen`, scope, resolving)
}

function resolveStep(
  step: { did: Stream; each?: string; where?: Test; key?: Prop },
  at: string,
  scope: Scope,
  resolving: Resolving,
): void {
  const stream = resolving.stream(step.did, step.each, `${at}/did`, scope)
  resolveEach(step.each, stream, at, resolving)
  const rows: Scope = { ...scope, stream }
  if (step.where !== undefined) resolving.test(step.where, `${at}/where`, rows)
  if (step.key !== undefined) resolving.prop(step.key, `${at}/key`, rows)
}
