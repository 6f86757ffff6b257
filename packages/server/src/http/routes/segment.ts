import * as contract from '@tagtree/core/contract/segment'
import { z } from 'zod'
import { publishedAudience } from '../../segment/audience.js'
import { countSaved, countSegment } from '../../segment/count.js'
import { exportMembers } from '../../segment/export-members.js'
import { type MemberReader, readMembers } from '../../segment/members.js'
import type { SegmentScope } from '../../segment/segment-scope.js'
import { snapshotSegment } from '../../segment/snapshot.js'
import { asKnown } from '../../tag/moment-context.js'
import { asOfMoment } from '../as-of.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import { draftedSegment } from './drafted-segment.js'
import type { TagRouteDeps } from './in-catalogue.js'
import { readSegmentScope } from './segment-scope.js'

/** Counting, listing, exporting and freezing audiences. */
export function segmentRoutes(deps: TagRouteDeps & { readonly members: MemberReader }): readonly Bound[] {
  const scopeOf = ({ workspace }: WorkspaceContext): Promise<SegmentScope> => readSegmentScope(deps, workspace)
  return [
    bind(contract.countAudience, async ({ body }, context) => {
      const begun = performance.now()
      const scope = await scopeOf(context)
      const now = deps.now()
      const asOf = asOfMoment(body.asOf, now)
      const knownAt = asOfMoment(body.knownAt, now, 'knownAt')
      const place = { pool: deps.pool, workspaceId: context.workspace.id }
      const count = await asKnown(place, scope, { asOf: asOf ?? now, knownAt }, (known) =>
        'id' in body
          ? countSaved(known, body.id, asOf, now, context.signal)
          : countSegment(known, draftedSegment(known.catalog, body.document), asOf, now, context.signal),
      )
      return { ...count, asOf: new Date(count.asOf).toISOString(), ms: performance.now() - begun }
    }),
    bind(contract.listAudienceMembers, async ({ params, query }, context) => {
      const scope = await scopeOf(context)
      const published = publishedAudience(scope, { ...params, value: query.value ?? null })
      const after = context.cursors.read(query.cursor, z.number().int()) ?? 0
      const found = await readMembers(deps.members, scope, context.workspace.id, published, after, query.limit + 1)
      const items = found.slice(0, query.limit)
      return {
        items,
        nextCursor: found.length > query.limit ? context.cursors.write(items.at(-1)!.profileId) : null,
      }
    }),
    bind(contract.exportMembers, async ({ params, query }, context) => {
      const scope = await scopeOf(context)
      return exportMembers(deps.members, scope, {
        workspaceId: context.workspace.id,
        published: publishedAudience(scope, { ...params, value: query.value ?? null }),
        format: query.format,
        name: query.value === undefined ? params.id : `${params.id}-${query.value}`,
        signal: context.signal,
      })
    }),
    bind(contract.snapshotSegment, async ({ params, body }, context) => {
      const { workspace, principal } = context
      const snapshot = await snapshotSegment(deps.pool, await scopeOf(context), {
        workspaceId: workspace.id,
        actorId: principal.kind === 'person' ? principal.userId : null,
        segmentId: params.id,
        list: body,
      })
      return { ...snapshot, asOf: new Date(snapshot.asOf).toISOString() }
    }),
  ]
}
