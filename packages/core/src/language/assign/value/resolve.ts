import type { ValueAssign } from '../../document.js'
import { say } from '../../frame/message.js'
import type { ResolveWay } from '../../frame/resolve-way.js'

/** The value; a list gives several values and says so. */
export const valueAssignResolve: ResolveWay<ValueAssign> = ({ value }, tag, at, scope, resolving) => {
  const type = resolving.value(value, `${at}/value`, scope)
  if (type === null) return
  if (type.kind === 'list' && tag.family !== 'multi') {
    resolving.report(
      '/family',
      say('a list gives several values: add family: multi', '列表会给出多个值：请加 family: multi'),
    )
  }
  if (type.kind !== 'list' && tag.family === 'multi') {
    resolving.report('/family', say('this value is one: leave family: multi out', '此值只有一个：请去掉 family: multi'))
  }
  if (tag.ordered === true && type.kind !== 'text' && type.kind !== 'ordered') {
    resolving.report(
      '/ordered',
      say('only texts are ordered by their values: leave ordered out', '只有文本才按取值排序：请去掉 ordered'),
    )
  }
}
