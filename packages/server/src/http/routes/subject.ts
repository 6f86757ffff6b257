import type { Catalog } from '@tagtree/core/catalog/catalog'
import { sayFactReason } from '@tagtree/core/collect/fact-reasons'
import * as contract from '@tagtree/core/contract/subject'
import type pg from 'pg'
import { z } from 'zod'
import { readEvidence } from '../../identify/evidence.js'
import type { Vault } from '../../identify/identity-vault.js'
import { findByIdentity, readSubject, type SubjectScope } from '../../identify/subject.js'
import { readAttributes } from '../../identify/subject-attributes.js'
import { readTimeline } from '../../identify/timeline.js'
import type { ClickHouse } from '../../store/clickhouse.js'
import type { ScanState } from '../../store/scan-state.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'

export interface SubjectRouteDeps {
  readonly pool: pg.Pool
  readonly clickhouse: ClickHouse
  readonly vault: Vault
  readonly loadCatalog: (workspaceId: number) => Promise<Catalog>
  readonly readScanState: (workspaceId: number) => Promise<ScanState>
}

const MOST_EVIDENCE = 1_000
const Position = z.strictObject({ at: z.number(), seq: z.string().regex(/^\d{1,20}$/) })

/** Reading one profile. */
export function subjectRoutes(deps: SubjectRouteDeps): readonly Bound[] {
  const scopeOf = async ({ workspace }: WorkspaceContext): Promise<SubjectScope> => ({
    workspaceId: workspace.id,
    pool: deps.pool,
    clickhouse: deps.clickhouse.workspace(workspace.database),
    vault: deps.vault,
    catalog: await deps.loadCatalog(workspace.id),
    scan: await deps.readScanState(workspace.id),
  })
  const isMasked = (context: WorkspaceContext, asked: boolean): boolean => asked || !context.scopes.includes('export')
  return [
    bind(contract.findSubjects, async ({ body }, context) => ({
      items: [...(await findByIdentity(await scopeOf(context), body.value, body.kind))],
    })),
    bind(contract.getSubject, async ({ params, query }, context) => {
      const scope = await scopeOf(context)
      const subject = await readSubject(scope, params.id, isMasked(context, query.masked))
      return {
        ...subject,
        formerIds: [...subject.formerIds],
        firstSeen: instantOf(subject.firstSeen),
        identities: subject.identities.map((identity) => ({
          ...identity,
          tenureFrom: instantOf(identity.tenureFrom),
          firstSeen: instantOf(identity.firstSeen),
        })),
        attributes: (await readAttributes(scope, params.id)) as Record<string, z.core.util.JSONType>,
      }
    }),
    bind(contract.listTimeline, async ({ params, query }, context) => {
      const before = context.cursors.read(query.cursor, Position) ?? null
      const events = query.event === undefined ? null : [query.event].flat()
      const found = await readTimeline(await scopeOf(context), params.id, { limit: query.limit + 1, before, events })
      const items = found.slice(0, query.limit)
      const last = items.at(-1)
      return {
        items: items.map((entry) => ({
          ...entry,
          at: new Date(entry.at).toISOString(),
          properties: entry.properties as Record<string, z.core.util.JSONType>,
          items: entry.items as Record<string, z.core.util.JSONType>[],
        })),
        nextCursor: found.length > query.limit && last ? context.cursors.write({ at: last.at, seq: last.seq }) : null,
      }
    }),
    bind(contract.listEvidence, async ({ params, query }, context) => {
      const masked = isMasked(context, query.masked)
      const entries = await readEvidence(await scopeOf(context), params.id, masked, MOST_EVIDENCE)
      return {
        items: entries.map(({ refused, knownAt, ...entry }) => ({
          ...entry,
          knownAt: instantOf(knownAt),
          refused: refused === null ? null : { code: refused, message: sayFactReason(refused, context.language) },
        })),
      }
    }),
  ]
}

function instantOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
