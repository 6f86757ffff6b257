import type { RelationEntry } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import { checkRoom } from './check-room.js'
import type { Names } from './names.js'
import type { Tx } from './postgres.js'

/** A relation to add; one that is read from the other end of `inverseOf` takes its ends from there. */
export interface WantedRelation {
  readonly key: string
  readonly from?: string
  readonly to?: string
  readonly many: boolean
  readonly labels: Text
  readonly noun: Text
  readonly inverseOf: string | null
}

const MOST_RELATIONS = 200

/**
 * Adds relations in the caller's transaction, those with rows of their own first. Existing ones stay; when `planned`, one
 * that joins other ends is an error.
 * @throws AppError RELATION_FIXED | RELATION_INVALID | CATALOG_FULL
 */
export async function addRelations(
  tx: Tx,
  workspaceId: number,
  names: Names,
  wanted: readonly WantedRelation[],
  planned: boolean,
): Promise<void> {
  const known = new Map(names.relations)
  const added: RelationEntry[] = []
  for (const one of [...wanted].sort((a, b) => Number(a.inverseOf !== null) - Number(b.inverseOf !== null))) {
    const entry = completeRelation(one, known)
    const stored = known.get(one.key)
    if (stored === undefined) {
      known.set(entry.key, entry)
      added.push(entry)
    } else if (planned && !joinsTheSame(stored, entry)) {
      throw relationFixed(stored, entry)
    }
  }
  checkRoom('relations', '关系', known.size, MOST_RELATIONS)
  for (const entry of added) await writeRelation(tx, workspaceId, entry)
}

/**
 * Adds a relation, or gives an existing one other words. What it joins may change while it has no rows.
 * @throws AppError RELATION_FIXED | RELATION_INVALID | CATALOG_FULL
 */
export async function saveRelation(
  tx: Tx,
  workspaceId: number,
  names: Names,
  wanted: WantedRelation,
  hasRows: () => Promise<boolean>,
): Promise<RelationEntry> {
  const stored = names.relations.get(wanted.key)
  const entry = completeRelation(
    stored === undefined || wanted.inverseOf !== null ? wanted : { from: stored.from, to: stored.to, ...wanted },
    names.relations,
  )
  if (stored === undefined) checkRoom('relations', '关系', names.relations.size + 1, MOST_RELATIONS)
  else if (!joinsTheSame(stored, entry)) {
    const isRead = [...names.relations.values()].some((one) => one.inverseOf === stored.key)
    if (isRead || (await hasRows())) throw relationFixed(stored, entry)
  }
  await writeRelation(tx, workspaceId, entry)
  return entry
}

/** Fills in the ends. The other relation must exist, have rows of its own and join the same kinds the other way round. */
function completeRelation(wanted: WantedRelation, known: ReadonlyMap<string, RelationEntry>): RelationEntry {
  const { key, from, to, inverseOf } = wanted
  if (inverseOf === null) {
    if (from !== undefined && to !== undefined) return { ...wanted, from, to, inverseOf: null }
    throw invalid(key, 'it needs from and to, or inverseOf', '需要 from 与 to，或 inverseOf')
  }
  const other = known.get(inverseOf)
  if (other === undefined) throw invalid(key, `there is no relation "${inverseOf}"`, `没有关系“${inverseOf}”`)
  if (other.inverseOf !== null || inverseOf === key) {
    throw invalid(
      key,
      `"${inverseOf}" has no rows of its own: it is read from "${other.inverseOf ?? key}"`,
      `“${inverseOf}”没有自己的数据，它是“${other.inverseOf ?? key}”的反向`,
    )
  }
  if ((from ?? other.to) !== other.to || (to ?? other.from) !== other.from) {
    throw invalid(
      key,
      `"${inverseOf}" joins ${other.from} with ${other.to}, so its inverse begins at ${other.to}`,
      `“${inverseOf}”从 ${other.from} 到 ${other.to}，其反向应从 ${other.to} 出发`,
    )
  }
  return { ...wanted, from: other.to, to: other.from, inverseOf }
}

function joinsTheSame(a: RelationEntry, b: RelationEntry): boolean {
  return a.from === b.from && a.to === b.to && a.inverseOf === b.inverseOf
}

function relationFixed(stored: RelationEntry, wanted: RelationEntry): AppError {
  const show = ({ from, to, inverseOf }: RelationEntry): string =>
    inverseOf === null ? `${from} → ${to}` : `${from} → ${to} (inverse of ${inverseOf})`
  return new AppError('RELATION_FIXED', { words: { name: stored.key, known: show(stored), wanted: show(wanted) } })
}

function invalid(name: string, en: string, zh: string): AppError {
  return new AppError('RELATION_INVALID', { words: { name, reason: { en, zh } } })
}

async function writeRelation(tx: Tx, workspaceId: number, entry: RelationEntry): Promise<void> {
  await tx.query(
    `insert into relation_kind (workspace_id, key, from_subject, to_subject, many, labels, noun, inverse_of)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, key) do update
     set from_subject = excluded.from_subject, to_subject = excluded.to_subject, many = excluded.many,
         labels = excluded.labels, noun = excluded.noun, inverse_of = excluded.inverse_of`,
    [
      workspaceId,
      entry.key,
      entry.from,
      entry.to,
      entry.many,
      JSON.stringify(entry.labels),
      JSON.stringify(entry.noun),
      entry.inverseOf,
    ],
  )
}
