import type { AttributeEntry, Catalog } from '@tagtree/core/catalog/catalog'
import type { Member } from './members.js'

/** One column of an exported table. */
export interface ExportColumn {
  readonly name: string
  /** Identities are text: several of one kind are joined by a space. */
  readonly type: AttributeEntry['type']
  /** undefined = missing. */
  valueOf(member: Member): Member['attributes'][string] | undefined
}

/** Identities first (`id.phone`, as definitions name them), then attributes. The profile's number is not among them. */
export function exportColumns(catalog: Catalog, subject: string): ExportColumn[] {
  const kinds = [...catalog.identityKinds.values()].filter((kind) => kind.subject === subject)
  const identities = kinds.map(({ key }): ExportColumn => {
    return { name: `id.${key}`, type: 'text', valueOf: (member) => identitiesOf(member, key) }
  })
  const attributes = [...(catalog.attributes.get(subject)?.values() ?? [])]
  const taken = new Set(['profile_id', ...identities.map(({ name }) => name)])
  return [
    ...identities,
    ...attributes.map(({ key, type }): ExportColumn => {
      const name = taken.has(key) ? `attribute.${key}` : key
      taken.add(name)
      return {
        name,
        type,
        valueOf: (member) => (Object.hasOwn(member.attributes, key) ? member.attributes[key] : undefined),
      }
    }),
  ]
}

function identitiesOf(member: Member, kind: string): string | undefined {
  const values = member.identities.filter((identity) => identity.kind === kind).map((identity) => identity.value)
  return values.length === 0 ? undefined : values.join(' ')
}
