import * as contract from '@tagtree/core/contract/segment'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { SegmentDefinition } from '@tagtree/core/language/document'
import { z } from 'zod'
import { publishedAudience } from '../../segment/audience.js'
import { countSegment, type SegmentScope } from '../../segment/count.js'
import { exportMembers } from '../../segment/export-members.js'
import { type MemberReader, readMembers } from '../../segment/members.js'
import { snapshotSegment } from '../../segment/snapshot.js'
import { inWorkspace } from '../../store/postgres.js'
import { checkDefinition } from '../../tag/catalogue/definitions.js'
import { readHeads } from '../../tag/run/heads.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import type { TagRouteDeps } from './catalogue.js'

/** Counting, listing, exporting and freezing audiences. */
export function segmentRoutes(deps: TagRouteDeps & { readonly members: MemberReader }): readonly Bound[] {
  const scopeOf = async (context: WorkspaceContext): Promise<SegmentScope> => {
    const workspaceId = context.workspace.id
    return {
      clickhouse: deps.clickhouse.workspace(context.workspace.database),
      catalog: await deps.loadCatalog(workspaceId),
      heads: await inWorkspace(deps.pool, workspaceId, (tx) => readHeads(tx, workspaceId)),
      scan: await deps.readScanState(workspaceId),
    }
  }
  return [
    bind(contract.countAudience, async ({ body }, context) => {
      const begun = performance.now()
      const scope = await scopeOf(context)
      const asOf = body.asOf === undefined ? null : Date.parse(body.asOf)
      const definition = 'id' in body ? savedSegment(scope, body.id) : draftedSegment(scope, body.document)
      const count = await countSegment(scope, definition, asOf, deps.now())
      return { ...count, asOf: new Date(count.asOf).toISOString(), ms: performance.now() - begun }
    }),
    bind(contract.listMembers, async ({ params, query }, context) => {
      const scope = await scopeOf(context)
      const published = publishedAudience(scope, { ...params, value: query.value ?? null })
      const after = context.cursors.read(query.cursor, z.number().int()) ?? 0
      const items = await readMembers(deps.members, scope, context.workspace.id, published, after, query.limit)
      const last = items.at(-1)
      return {
        items,
        nextCursor: last !== undefined && items.length === query.limit ? context.cursors.write(last.profileId) : null,
      }
    }),
    bind(contract.exportMembers, async ({ params, query }, context) => {
      const scope = await scopeOf(context)
      const published = publishedAudience(scope, { ...params, value: query.value ?? null })
      const name = query.value === undefined ? params.id : `${params.id}-${query.value}`
      return exportMembers(deps.members, scope, context.workspace.id, published, query.format, name, context.signal)
    }),
    bind(contract.snapshotSegment, async ({ params, body }, context) => {
      const scope = await scopeOf(context)
      const snapshot = await snapshotSegment(deps.pool, scope, {
        workspaceId: context.workspace.id,
        actorId: context.principal.kind === 'person' ? context.principal.userId : null,
        segmentId: params.id,
        list: body,
      })
      await deps.onDefinitionsChanged(context.workspace.id)
      return { ...snapshot, asOf: new Date(snapshot.asOf).toISOString() }
    }),
  ]
}

function savedSegment(scope: SegmentScope, id: string): SegmentDefinition {
  const entry = scope.catalog.definitions.get(id)
  if (entry?.body.kind !== 'segment') throw new AppError('NOT_FOUND', { words: { what: 'segment', name: id } })
  return entry.body
}

function draftedSegment(scope: SegmentScope, document: unknown): SegmentDefinition {
  const { definition } = checkDefinition(document, scope.catalog)
  if (definition.kind === 'segment') return definition
  throw new AppError('DEFINITION_INVALID', {
    words: { count: 1 },
    issues: [{ pointer: '/kind', message: 'only a segment has members to count; for a tag use /definitions/preview' }],
  })
}
