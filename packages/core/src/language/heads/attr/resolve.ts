import type { Catalog } from '../../../catalog/catalog.js'
import { nearest } from '../../../kernel/nearest.js'
import type { AttrValue } from '../../document.js'
import { otherSubject } from '../../frame/definition-reference.js'
import { notYet, say, sayNearest } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { resolveThen } from '../../frame/then.js'

/** The attribute exists for this kind of subject; `id.<kind>` names an identity. */
export const attrResolve: ResolveHead<AttrValue> = (value, at, { subject }, resolving) => {
  const { attr } = value
  const { catalog, uses } = resolving
  if (catalog.attributes.get(subject)?.has(attr)) uses.attribute(subject, attr)
  else if (isIdentity(attr, subject, catalog)) {
    uses.name('identities', attr.slice(3))
    for (const field of ['ago', 'at'] as const) {
      if (value[field] === undefined) continue
      resolving.report(`${at}/${field}`, say('an identity has no history', '身份标识没有历史'))
    }
  } else {
    const about = [...catalog.attributes].find(([, own]) => own.has(attr))?.[0]
    if (about !== undefined) {
      resolving.report(`${at}/attr`, otherSubject(`attribute "${attr}"`, `属性“${attr}”`, about, subject))
    } else if (attr.startsWith('reach.')) {
      resolving.report(`${at}/attr`, notYet(`"${attr}" (whom a channel may reach)`, `“${attr}”（渠道可触达）`))
    } else {
      resolving.report(
        `${at}/attr`,
        sayNearest(
          `no attribute "${attr}" of ${subject}`,
          `${subject} 没有属性“${attr}”`,
          nearest(attr, namesFor(subject, catalog)),
        ),
      )
    }
  }
  resolveThen(value, at, resolving)
}

/** Whether the name is an identity kind of the subject. */
export function isIdentity(attr: string, subject: string, catalog: Catalog): boolean {
  return attr.startsWith('id.') && catalog.identityKinds.get(attr.slice(3))?.subject === subject
}

function namesFor(subject: string, catalog: Catalog): string[] {
  const kinds = [...catalog.identityKinds.values()].filter((kind) => kind.subject === subject)
  return [...(catalog.attributes.get(subject)?.keys() ?? []), ...kinds.map((kind) => `id.${kind.key}`)]
}
