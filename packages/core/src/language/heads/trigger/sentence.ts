import type { SayHead } from '../../frame/speaker.js'

/** `触发事件的{属性}` · `the trigger's {property}`. */
export const triggerSentence: SayHead<{ trigger: string }> = ({ trigger }, scope, speaker) => {
  const label = scope.trigger === undefined ? trigger : speaker.prop(trigger, { ...scope, stream: scope.trigger })
  return speaker.pick(`触发事件的${label}`, `the trigger's ${label}`)
}
