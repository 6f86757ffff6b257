import * as contract from '@tagtree/core/contract/explain'
import { inMemory } from '@tagtree/core/evaluate/change-rows'
import type { Explanation, PathNode, Said, Step } from '@tagtree/core/explain/explanation'
import { AppError } from '@tagtree/core/kernel/app-error'
import { formatDecimal } from '@tagtree/core/kernel/decimal'
import type { Definition } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { sentence } from '@tagtree/core/language/sentence'
import type { z } from 'zod'
import { explainSubject } from '../../explain/explain-subject.js'
import { makeBlindIdentity } from '../../identify/blind-identity.js'
import { requireProfile } from '../../identify/subject.js'
import { KIND_WORDS } from '../../tag/catalogue/kind-words.js'
import { checkDefinition } from '../../tag/catalogue/save-definition.js'
import { asKnown } from '../../tag/moment-context.js'
import { unpublishedRuns } from '../../tag/run/run-records.js'
import { asOfMoment } from '../as-of.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import { inCatalogue, type TagRouteDeps } from './in-catalogue.js'

type Answer = z.input<(typeof contract.explainSubject)['response']>

/** Why a profile has a value, and what would change it. */
export function explainRoutes(deps: TagRouteDeps): readonly Bound[] {
  const answer = async (
    context: WorkspaceContext,
    id: number,
    definition: Definition,
    moment: { asOf?: string | undefined; knownAt?: string | undefined },
  ): Promise<Answer> => {
    const place = { pool: deps.pool, workspaceId: context.workspace.id }
    const profileId = await requireProfile(place, id)
    const catalog = await deps.loadCatalog(place.workspaceId)
    const scope = {
      clickhouse: deps.clickhouse.workspace(context.workspace.database),
      catalog,
      scan: await deps.readScanState(place.workspaceId),
      hidden: await inCatalogue(deps, context, ({ tx, workspaceId }) => unpublishedRuns(tx, workspaceId)),
      blind: makeBlindIdentity(deps.vault, place.workspaceId, catalog),
    }
    const now = deps.now()
    const asOf = asOfMoment(moment.asOf, now)
    const knownAt = asOfMoment(moment.knownAt, now, 'knownAt')
    const { signal, language } = context
    const explanation = await asKnown(place, scope, { asOf: asOf ?? now, knownAt }, (known) =>
      explainSubject(place, known, definition, profileId, { asOf, now, signal }),
    )
    const { name } = definition
    return {
      profileId,
      name: typeof name === 'string' ? name : (name[language] ?? name.zh),
      sentence: sentence(definition, catalog, language),
      ...shown(explanation, language),
    }
  }
  return [
    bind(contract.explainSubject, async ({ params, query }, context) => {
      const entry = (await deps.loadCatalog(context.workspace.id)).definitions.get(query.definition)
      if (!entry || entry.archived) {
        throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.definition, name: query.definition } })
      }
      return answer(context, params.id, entry.body, query)
    }),
    bind(contract.tryDefinition, async ({ params, body }, context) => {
      const { definition } = checkDefinition(body.document, await deps.loadCatalog(context.workspace.id))
      return answer(context, params.id, definition, body)
    }),
  ]
}

function shown(explanation: Explanation, language: 'zh' | 'en'): Omit<Answer, 'profileId' | 'name' | 'sentence'> {
  const say = (said: Said): string => said[language]
  const { deciding, since } = explanation
  const event = (one: Explanation['deciding']['events'][number]) => ({
    event: one.event,
    text: say(one.name),
    at: instantOf(one.at),
    seq: String(one.seq),
  })
  return {
    definition: explanation.definition,
    asOf: instantOf(explanation.asOf),
    value: shownValue(explanation.value),
    valueText: say(explanation.said),
    path: shownPart(explanation.path, language),
    deciding: {
      events: deciding.events.map(event),
      groups: deciding.groups.map((group) => ({
        text: say(group.said),
        count: group.count,
        events: group.events.map(event),
        enoughCount: group.enough.length,
        enough: group.enough.slice(0, 1000).map(String),
      })),
      attributes: deciding.attributes.map(({ kind, key, name, said, at }) => ({
        ...{ kind, key, name: say(name), valueText: say(said) },
        at: at === null ? null : instantOf(at),
      })),
    },
    since: { from: instantOf(since.from), kind: since.kind },
    counterfacts: explanation.counterfacts.map((fact) => ({
      target: shownValue(fact.target),
      targetText: say(fact.targetSaid),
      steps: fact.steps.map(shownStep),
      deadline: fact.deadline === null ? null : instantOf(fact.deadline),
      text: say(fact.said),
    })),
    usesFits: explanation.usesFits,
    unfinished: [...explanation.unfinished],
  }
}

function shownPart(node: PathNode, language: 'zh' | 'en'): contract.ExplainedPart {
  return {
    kind: node.kind,
    definition: node.definition,
    pointer: node.pointer,
    text: node.said[language],
    ...(node.truth === undefined ? {} : { truth: node.truth }),
    ...(node.value === undefined ? {} : { value: shownValue(node.value) }),
    ...(node.valueSaid === undefined ? {} : { valueText: node.valueSaid[language] }),
    ...(node.against === undefined ? {} : { against: node.against.map(formatDecimal) }),
    ...(node.againstSaid === undefined ? {} : { againstText: node.againstSaid[language] }),
    ...(node.missing === undefined ? {} : { missing: node.missing[language] }),
    decided: node.decided,
    parts: node.parts.map((part) => shownPart(part, language)),
  }
}

function shownStep(step: Step): Answer['counterfacts'][number]['steps'][number] {
  if (step.kind === 'list') return step
  if (step.kind === 'attribute') return { ...step, value: shownValue(inMemory(step.value)) }
  const values = (record: Readonly<Record<string, EventScopeValue>>) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, shownValue(value)]))
  return {
    kind: 'event',
    event: step.event,
    times: step.times,
    properties: values(step.properties),
    items: step.items.map(values),
    fresh: [...step.fresh],
    atLeast: Object.fromEntries(
      Object.entries(step.atLeast).map(([name, upTo]) => [name, upTo === null ? null : formatDecimal(upTo)]),
    ),
  }
}

function shownValue(value: EventScopeValue): string | boolean | string[] | null {
  if (typeof value === 'bigint') return formatDecimal(value)
  if (typeof value === 'number') return instantOf(value)
  if (typeof value === 'object' && value !== null) return value.map(String)
  return value
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString()
}
