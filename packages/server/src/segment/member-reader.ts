import type { AttributeEntry, Catalog } from '@tagtree/core/catalog/catalog'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { zoneOf } from '@tagtree/core/kernel/zone'
import type pg from 'pg'
import type { Vault } from '../identify/identity-vault.js'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import { inWorkspace } from '../store/postgres.js'
import type { MemberIdentity, MemberReader } from './members.js'
import { attributeText, shownAttribute } from './shown-attribute.js'

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
      const zone = zoneOf(catalog.timeZone)
      const entries = [...catalog.attributes.values()].flatMap((ofSubject) => [...ofSubject.values()])
      const typed = entries.filter((entry) => entry.column !== null)
      const columns = typed.map((entry) => `${attributeText(entry)} AS ${nameOf(entry)}`)
      const rows = await clickhouse.query<Record<string, string | null> & { profile_id: number }>(
        `SELECT profile_id, toJSONString(extra) AS loose${columns.map((column) => `, ${column}`).join('')}
         FROM attributes FINAL WHERE profile_id IN {profiles:Array(UInt32)}`,
        { params: { profiles: [...profileIds] } },
      )
      return new Map(
        rows.map((row) => {
          const values: Record<string, RawValue> = JSON.parse(row.loose ?? '{}') as Record<string, RawValue>
          for (const entry of typed) {
            const value = shownAttribute(entry.type, row[nameOf(entry)] ?? null, zone)
            if (value !== null) values[entry.key] = value
          }
          return [row.profile_id, values]
        }),
      )
    },
  }
}

function nameOf(entry: AttributeEntry): string {
  return `v_${entry.id}`
}
