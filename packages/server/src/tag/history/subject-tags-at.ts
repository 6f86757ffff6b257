import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { Tx } from '../../store/postgres.js'
import type { SubjectTag } from '../subject-tags.js'
import { hiddenRuns } from './published-moment.js'
import { readSubjectHistory } from './subject-history.js'

/**
 * Tags that a profile had at a moment (ms) as they were published, in the order of their numbers; `knownAt`: by then.
 * Nothing is computed again.
 */
export async function readSubjectTagsAt(
  scope: {
    readonly tx: Tx
    readonly workspaceId: number
    readonly clickhouse: WorkspaceClickHouse
    readonly catalog: Catalog
  },
  profileId: number,
  asOf: number,
  knownAt: number | null,
): Promise<SubjectTag[]> {
  const { tx, workspaceId, clickhouse, catalog } = scope
  const tags = [...catalog.definitions.values()]
    .filter((entry) => entry.kind === 'tag' && !entry.archived)
    .sort((a, b) => a.number - b.number)
  const history = await readSubjectHistory(clickhouse, tx, workspaceId, {
    profileId,
    numbers: tags.map((entry) => entry.number),
    until: asOf,
    hidden: await hiddenRuns(tx, workspaceId, knownAt),
  })
  return tags.flatMap((entry): SubjectTag[] => {
    const changes = history.get(entry.number) ?? []
    const latest = changes.at(-1)
    if (latest === undefined || (latest.text === null && latest.codes.length === 0)) return []
    const labels = new Map([...entry.codes].map(([label, code]) => [code, label]))
    const values =
      latest.text === null
        ? latest.codes.map((code) => ({
            code: labels.get(code) ?? String(code),
            since: changes.findLast((change, at) => isGained(change.codes, changes[at - 1]?.codes, code))!.at,
          }))
        : [{ code: latest.text, since: latest.at }]
    return [{ id: entry.id, name: entry.body.name, values, asOf }]
  })
}

function isGained(codes: readonly number[], before: readonly number[] | undefined, code: number): boolean {
  return codes.includes(code) && before?.includes(code) !== true
}
