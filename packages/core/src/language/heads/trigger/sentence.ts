import type { SayHead } from '../../frame/speaker.js'

/** `触发事件的{属性}` · `the trigger's {property}`. */
export const triggerSentence: SayHead<{ trigger: string }> = ({ trigger }, _scope, speaker) =>
  speaker.pick(`触发事件的${trigger}`, `the trigger's ${trigger}`)
