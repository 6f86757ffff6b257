import type { Catalog } from '../../catalog/catalog.js'
import { nearest } from '../../kernel/nearest.js'
import { findType } from '../type-of.js'
import { type Message, say, sayNearest } from './message.js'
import type { Resolving } from './resolving.js'
import type { Scope } from './scope.js'

type Kind = 'tag' | 'metric' | 'segment' | 'tree'
const ZH: Readonly<Record<Kind, string>> = { tag: '标签', metric: '指标', segment: '人群', tree: '决策树' }

/**
 * A name of another definition: it must exist, be of the kind, speak of the same subject and lead to no cycle. `at`
 * points to the name.
 */
export function resolveDefinitionReference(
  kind: Kind,
  id: string,
  at: string,
  scope: Scope,
  resolving: Resolving,
): boolean {
  const { catalog } = resolving
  const entry = catalog.definitions.get(id)
  if (!entry || entry.body.kind !== kind) {
    const known = [...catalog.definitions.values()].filter((one) => one.body.kind === kind).map((one) => one.id)
    resolving.report(
      at,
      entry
        ? wrongKind(id, kind, entry.body.kind)
        : sayNearest(`no ${kind} "${id}"`, `没有${ZH[kind]}“${id}”`, nearest(id, known)),
    )
    return false
  }
  const about = entry.body.subject ?? 'person'
  if (about !== scope.subject)
    resolving.report(at, otherSubject(`${kind} "${id}"`, `${ZH[kind]}“${id}”`, about, scope.subject))
  if (entry.archived) {
    resolving.report(
      at,
      say(`${kind} "${id}" is archived: restore it or use another`, `${ZH[kind]}“${id}”已归档：请恢复或换用其他`),
    )
  }
  const cycle = resolving.cycleThrough(id)
  if (cycle !== null) {
    const path = cycle.join(' → ')
    resolving.report(at, say(`this makes a cycle: ${path}`, `形成循环：${path}`))
    return false
  }
  const inner = hasNoType(kind, id, catalog) ? resolving.firstIssueOf(id) : null
  if (inner !== null) {
    resolving.report(
      at,
      say(
        `in ${kind} "${id}": ${inner.pointer}: ${inner.message}`,
        `${ZH[kind]}“${id}”中：${inner.pointer}：${inner.messageZh ?? inner.message}`,
      ),
    )
  }
  resolving.uses.name(`${kind}s`, id)
  return about === scope.subject
}

/** A definition without a type rests on names that are gone; what is wrong there is told here. */
function hasNoType(kind: Kind, id: string, catalog: Catalog): boolean {
  if (kind !== 'tag' && kind !== 'metric') return false
  const value = kind === 'tag' ? { tag: id } : { metric: id }
  const subject = catalog.definitions.get(id)?.body.subject ?? 'person'
  return findType(value, { catalog, subject, stream: null }) === null
}

/** A name that belongs to another kind of subject. */
export function otherSubject(en: string, zh: string, about: string, here: string): Message {
  return say(
    `${en} is about ${about}, this is about ${here}: reach it with via:`,
    `${zh}说的是 ${about}，此处说的是 ${here}：请用 via: 到达`,
  )
}

function wrongKind(id: string, wanted: Kind, is: string): Message {
  return say(
    `"${id}" is a ${is}, no ${wanted}: write ${is}: ${id}`,
    `“${id}”不是${ZH[wanted]}（而是 ${is}）：请写 ${is}: ${id}`,
  )
}
