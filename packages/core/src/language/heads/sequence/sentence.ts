import type { Prop, SequenceCondition, Stream, Test } from '../../document.js'
import type { Scope } from '../../frame/scope.js'
import type { SayHead, Speaker } from '../../frame/speaker.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import { sayStreamParts } from '../did/sentence.js'

/** `依次{A}→{B}` · `{A}, then {B}`. */
export const sequenceSentence: SayHead<SequenceCondition> = (condition, scope, speaker) => {
  const { sequence, total, within, notThen } = condition
  const steps = sequence.map((step) => {
    const said = sayStep(step, scope, speaker)
    const gap =
      step.gap === undefined
        ? ''
        : speaker.pick(`（${speaker.span(step.gap)}内）`, ` (within ${speaker.span(step.gap)})`)
    const without =
      step.without === undefined
        ? ''
        : speaker.pick(
            `（其间没有${sayStep(step.without, scope, speaker)}）`,
            ` (without ${sayStep(step.without, scope, speaker)})`,
          )
    return `${said}${gap}${without}`
  })
  const window = within === undefined ? '' : speaker.window(within, scope, 'events')
  const whole =
    total === undefined ? '' : speaker.pick(`，全程 ${speaker.span(total)}内`, `, all within ${speaker.span(total)}`)
  const then = notThen === undefined ? '' : sayStep(notThen, scope, speaker)
  const limit = notThen?.within === undefined ? '' : speaker.span(notThen.within)
  const never =
    then === ''
      ? ''
      : speaker.pick(
          `，之后${limit === '' ? '' : ` ${limit}内`}没有${then}`,
          `, not followed by ${then}${limit === '' ? '' : ` within ${limit}`}`,
        )
  const key = sequence[0]?.key
  const same = key === undefined ? '' : sayKey(sequence[0]!, key, scope, speaker)
  return speaker.pick(
    `${window}${steps.length === 1 ? '' : '依次'}${steps.join(' → ')}${same}${whole}${never}`,
    `${steps.join(', then ')}${same}${whole}${never}${window === '' ? '' : ` ${window}`}`,
  )
}

function sayKey(step: SequenceCondition['sequence'][number], key: Prop, scope: Scope, speaker: Speaker): string {
  const label = speaker.prop(key, { ...scope, stream: streamScopeOf(step.did, step.each) })
  return speaker.pick(`（同一${label}）`, ` (the same ${label})`)
}

function sayStep(step: { did: Stream; each?: string; where?: Test }, scope: Scope, speaker: Speaker): string {
  const { event, where } = sayStreamParts(step.did, step.each, step.where, undefined, scope, speaker, 'clause')
  return `${event}${where}`
}
