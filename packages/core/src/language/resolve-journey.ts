import type { Catalog } from '../catalog/catalog.js'
import type { Issue } from '../kernel/app-error.js'
import type { JourneyDocument } from './document.js'
import { issueAdder } from './frame/issues.js'
import { EN_KIND, ZH_KIND } from './frame/kind-words.js'
import { say } from './frame/message.js'
import type { Resolving } from './frame/resolving.js'
import type { Scope } from './frame/scope.js'
import type { Uses } from './frame/uses.js'
import { resolveEach } from './heads/did/resolve.js'
import { resolveHeader } from './resolve.js'
import { makeResolver } from './resolver.js'

export interface ResolvedJourney {
  /** Empty when every name and type fits. */
  readonly issues: readonly Issue[]
  readonly warnings: readonly Issue[]
  readonly uses: Uses
}

/** Second pass over a journey: when it starts, what it waits for, what ends it. Its steps are no part of the language. */
export function resolveJourney(journey: JourneyDocument, catalog: Catalog): ResolvedJourney {
  const issues: Issue[] = []
  const warnings: Issue[] = []
  const resolving = makeResolver({
    catalog,
    definition: journey.id,
    report: issueAdder(issues),
    warn: issueAdder(warnings),
  })
  const scope: Scope = { catalog, subject: journey.subject ?? 'person', stream: null }
  resolveHeader(journey, catalog, resolving)
  const inside = resolveTrigger(journey, scope, resolving)
  if (journey.trigger.if !== undefined) resolving.condition(journey.trigger.if, '/trigger/if', inside)
  if (journey.waitFor !== undefined) resolveEvent(journey.waitFor, '/waitFor', inside, resolving)
  if (journey.exit !== undefined) resolving.condition(journey.exit, '/exit', inside)
  return { issues, warnings, uses: resolving.uses.uses }
}

/** The scope of everything behind the trigger: an event that started the journey is known there. */
function resolveTrigger({ trigger }: JourneyDocument, scope: Scope, resolving: Resolving): Scope {
  if ('event' in trigger) return { ...scope, trigger: resolveEvent(trigger, '/trigger', scope, resolving) }
  if ('date' in trigger) {
    const type = resolving.value(trigger.date, '/trigger/date', scope)
    if (type !== null && type.kind !== 'date') {
      resolving.report(
        '/trigger/date',
        say(`a date is needed here, this is ${EN_KIND[type.kind]}`, `此处需要日期，而这是${ZH_KIND[type.kind]}`),
      )
    }
  }
  return scope
}

function resolveEvent(
  { event, each, where }: Pick<NonNullable<JourneyDocument['waitFor']>, 'event' | 'each' | 'where'>,
  at: string,
  scope: Scope,
  resolving: Resolving,
): NonNullable<Scope['stream']> {
  const stream = resolving.stream(event, each, `${at}/event`, scope)
  resolveEach(each, stream, at, resolving)
  if (where !== undefined) resolving.test(where, `${at}/where`, { ...scope, stream })
  return stream
}
