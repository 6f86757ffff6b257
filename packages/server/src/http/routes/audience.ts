import { Readable } from 'node:stream'
import * as contract from '@tagtree/core/contract/audience'
import { AppError } from '@tagtree/core/kernel/app-error'
import { type AudienceReference, publishedAudience } from '../../segment/audience.js'
import { combinedSegment } from '../../segment/combine.js'
import { liveCount } from '../../segment/live-count.js'
import { type MeasureRequest, measure } from '../../segment/measure.js'
import type { EventGroup } from '../../segment/measure-groups.js'
import { memberCondition } from '../../segment/member-condition.js'
import { type MemberReader, readMembersOf } from '../../segment/members.js'
import { overlapAudiences } from '../../segment/overlap.js'
import { samplePeople } from '../../segment/sample.js'
import { saveSample } from '../../segment/save-sample.js'
import { drawDrafted } from '../../segment/some-people.js'
import { saveDefinition } from '../../tag/catalogue/save-definition.js'
import { asKnown } from '../../tag/moment-context.js'
import { asOfMoment } from '../as-of.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import { draftedSegment } from './drafted-segment.js'
import { inCatalogue, type TagRouteDeps } from './in-catalogue.js'
import { readSegmentScope } from './segment-scope.js'

/** What is asked of audiences beside their people: overlap, samples, live counts, figures. */
export function audienceRoutes(deps: TagRouteDeps & { readonly members: MemberReader }): readonly Bound[] {
  const scopeOf = ({ workspace }: WorkspaceContext) => readSegmentScope(deps, workspace)
  const editors = new Map<string, AbortController>()

  return [
    bind(contract.overlapAudiences, async ({ body }, context) => {
      const begun = performance.now()
      const references = body.audiences.map(referenceOf)
      const { audiences, combinations, pairs, ...overlap } = await overlapAudiences(
        await scopeOf(context),
        references,
        context.signal,
      )
      return {
        ...overlap,
        audiences: audiences.map(({ asOf, ...figures }, index) => ({
          ...body.audiences[index]!,
          ...figures,
          asOf: new Date(asOf).toISOString(),
        })),
        combinations: combinations.map(({ in: places, people }) => ({ in: [...places], people })),
        pairs: [...pairs],
        ms: performance.now() - begun,
      }
    }),
    bind(contract.combineAudiences, async ({ body }, context) => {
      const catalog = await deps.loadCatalog(context.workspace.id)
      const { how, audiences, categoryId, ...name } = body
      if (catalog.definitions.has(body.id) || catalog.lists.has(body.id)) {
        throw new AppError('NAME_TAKEN', {
          pointer: '/id',
          words: { what: { en: 'definition', zh: '定义' }, name: body.id },
        })
      }
      const document = combinedSegment(catalog, how, audiences.map(referenceOf), name)
      const place = categoryId === undefined ? {} : { categoryId }
      const saved = await inCatalogue(deps, context, (scope) =>
        saveDefinition(scope, document, { catalog, publish: true, ...place }),
      )
      await deps.onDefinitionsChanged(context.workspace.id)
      return { id: saved.id, version: saved.version, changeNo: saved.changeNo, document: { ...document } }
    }),
    bind(contract.sampleAudience, async ({ body }, context) => {
      const scope = await scopeOf(context)
      const { workspace, principal } = context
      const published = publishedAudience(scope, referenceOf(body.audience))
      const request = { seed: body.seed, size: body.size, per: body.per ?? null }
      const now = deps.now()
      const sample = await samplePeople(scope, published, request, now, context.signal)
      const actorId = principal.kind === 'person' ? principal.userId : null
      const place = { ...scope, pool: deps.pool, workspaceId: workspace.id, actorId, now }
      const list = body.saveAs === undefined ? null : await saveSample(place, body.saveAs, published.subject, sample)
      if (list !== null) await deps.onDefinitionsChanged(workspace.id)
      return {
        people: sample.people,
        drawn: sample.profileIds.length,
        strata: [...sample.strata],
        profileIds: sample.profileIds.slice(0, 1000),
        list,
      }
    }),
    bind(contract.countLive, async ({ body }, context) => {
      const scope = await scopeOf(context)
      const { workspace, principal } = context
      const segment = draftedSegment(scope.catalog, body.document)
      const ending = new AbortController()
      const who = principal.kind === 'person' ? `person ${principal.userId}` : `key ${principal.keyId}`
      const key = body.editor === undefined ? null : `${workspace.id} ${who} ${body.editor}`
      if (key !== null) {
        editors.get(key)?.abort(SUPERSEDED)
        editors.set(key, ending)
      }
      const signal = AbortSignal.any([context.signal, ending.signal])
      const place = { ...scope, pool: deps.pool, workspaceId: workspace.id }
      const counts = liveCount(place, segment, deps.now(), signal)
      const lines = countLines(counts, ending.signal, () => {
        if (key !== null && editors.get(key) === ending) editors.delete(key)
      })
      return { contentType: 'application/x-ndjson', body: Readable.from(lines) }
    }),
    bind(contract.showSomePeople, async ({ body }, context) => {
      const scope = await scopeOf(context)
      const segment = draftedSegment(scope.catalog, body.document)
      const ids = await drawDrafted(scope, segment, body, deps.now(), context.signal)
      return { items: await readMembersOf(deps.members, context.workspace.id, ids) }
    }),
    bind(contract.measurePopulation, async ({ body }, context) => {
      const begun = performance.now()
      const scope = await scopeOf(context)
      const now = deps.now()
      const asOf = asOfMoment(body.asOf, now)
      const knownAt = asOfMoment(body.knownAt, now, 'knownAt')
      const place = { pool: deps.pool, workspaceId: context.workspace.id }
      const { groups, isCut } = await asKnown(place, scope, { asOf: asOf ?? now, knownAt }, (known) =>
        measure(known, measureRequest(scope, body), asOf, now, context.signal),
      )
      return {
        asOf: new Date(asOf ?? now).toISOString(),
        groups: groups.map((group) => ({ ...group, values: [...group.values] })),
        isCut,
        ms: performance.now() - begun,
      }
    }),
  ]
}

const SUPERSEDED = 'superseded'

/** One line per count; a superseded one says so and ends, whatever was on its way. */
async function* countLines(
  counts: ReturnType<typeof liveCount>,
  ending: AbortSignal,
  onEnd: () => void,
): AsyncGenerator<string> {
  try {
    for await (const { kind, count } of counts) {
      const asOf = 'asOf' in count ? { asOf: new Date(count.asOf).toISOString() } : {}
      yield `${JSON.stringify({ kind, ...count, ...asOf })}\n`
    }
  } catch (error) {
    if (!ending.aborted) throw error
    yield `${JSON.stringify({ kind: SUPERSEDED })}\n`
  } finally {
    onEnd()
  }
}

function referenceOf({ kind, id, value }: { kind: AudienceReference['kind']; id: string; value?: string | undefined }) {
  return { kind, id, value: value ?? null }
}

type MeasureBody = (typeof contract.measurePopulation)['body']['_output']

function measureRequest(
  scope: { readonly catalog: Parameters<typeof memberCondition>[0] },
  body: MeasureBody,
): MeasureRequest {
  const { audience, where, by, subject, ...rest } = body
  const stored = audience === undefined ? null : memberCondition(scope.catalog, referenceOf(audience))
  const conditions = [...(stored === null ? [] : [stored.condition]), ...(where === undefined ? [] : [where])]
  return {
    ...rest,
    subject: stored?.subject ?? subject,
    // Who is in an audience is told by the audience.
    who: stored === null ? rest.who : 'everyone',
    where: conditions.length === 0 ? null : conditions.length === 1 ? conditions[0] : { all: conditions },
    by: by === undefined ? null : 'event' in by ? { event: by.event as EventGroup } : by,
  }
}
