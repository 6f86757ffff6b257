import type { AttributeEntry, Catalog } from '@tagtree/core/catalog/catalog'
import type { RawValue } from '@tagtree/core/collect/incoming'
import type pg from 'pg'
import type { Vault } from '../identify/identity-vault.js'
import { quoteIdentifier, type WorkspaceClickHouse } from '../store/clickhouse.js'
import { inWorkspace } from '../store/postgres.js'
import type { MemberIdentity, MemberReader } from './members.js'

export interface MemberReaderDeps {
  readonly pool: pg.Pool
  readonly vault: Vault
  readonly loadCatalog: (workspaceId: number) => Promise<Catalog>
  readonly clickhouseOf: (workspaceId: number) => Promise<WorkspaceClickHouse>
}

/** Reads identities from the vault and current attributes, many profiles at once. */
export function makeMemberReader(deps: MemberReaderDeps): MemberReader {
  return {
    async identitiesOf(workspaceId, profileIds) {
      const { rows } = await inWorkspace(deps.pool, workspaceId, (tx) =>
        tx.query<{ node_id: number; profile_id: number; kind: string; value_enc: Buffer }>(
          `select node_id, profile_id, kind, value_enc from identity_node
           where workspace_id = $1 and profile_id = any($2) order by profile_id, strong desc, kind, node_id`,
          [workspaceId, [...profileIds]],
        ),
      )
      const found = new Map<number, MemberIdentity[]>()
      for (const row of rows) {
        const value = deps.vault.decryptIdentity(workspaceId, row.kind, row.node_id, row.value_enc)
        const identities = found.get(row.profile_id) ?? []
        // A shared device has one node per tenure; within one profile it is still one identity.
        if (!identities.some((known) => known.kind === row.kind && known.value === value)) {
          identities.push({ kind: row.kind, value })
        }
        found.set(row.profile_id, identities)
      }
      return found
    },

    async attributesOf(workspaceId, profileIds) {
      const catalog = await deps.loadCatalog(workspaceId)
      const clickhouse = await deps.clickhouseOf(workspaceId)
      const entries = [...catalog.attributes.values()].flatMap((ofSubject) => [...ofSubject.values()])
      const typed = entries.filter((entry) => entry.column !== null)
      const columns = typed.map((entry) => `${columnText(entry)} AS ${quoteIdentifier(`v_${entry.id}`)}`)
      const rows = await clickhouse.query<Record<string, RawValue> & { profile_id: number; extra: object }>(
        `SELECT profile_id, extra${columns.map((column) => `, ${column}`).join('')} FROM attributes FINAL
         WHERE profile_id IN {profiles:Array(UInt32)}`,
        { params: { profiles: [...profileIds] } },
      )
      return new Map(
        rows.map((row) => {
          const values: Record<string, RawValue> = { ...(row.extra as Record<string, RawValue>) }
          for (const entry of typed) {
            const value = row[`v_${entry.id}`]
            if (value !== null && value !== undefined) values[entry.key] = value
          }
          return [row.profile_id, values]
        }),
      )
    },
  }
}

/** Missing stays null: a list column is empty when it is missing, so its companion decides. */
function columnText(entry: AttributeEntry): string {
  const column = quoteIdentifier(entry.column!)
  switch (entry.type) {
    case 'list':
      return `if(${quoteIdentifier(`${entry.column}__known`)} = 1, ${column}, [])`
    case 'bool':
      return `if(isNull(${column}), NULL, ${column} = 1)`
    default:
      return column
  }
}
