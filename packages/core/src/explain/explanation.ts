import type { StoredValue } from '../catalog/coerce.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'

/** One text in both languages. */
export interface Said {
  readonly zh: string
  readonly en: string
}

/** Why a definition has the value it has for one subject, and what would change it. Plain data. */
export interface Explanation {
  /** Id of the definition. */
  readonly definition: string
  /** ms; the moment it was evaluated for. */
  readonly asOf: number
  /** As `evaluate` gives it; null = blank, missing or unknown. */
  readonly value: EventScopeValue
  readonly said: Said
  readonly path: PathNode
  readonly deciding: Deciding
  readonly since: SinceWhen
  readonly counterfacts: readonly Counterfact[]
  /** The value rests on cuts or group numbers of a full run, which are taken as they are now. */
  readonly usesFits: boolean
  /** Parts whose search ended before everything was tried. */
  readonly unfinished: readonly ('events' | 'since' | 'counterfacts')[]
}

/** One part of a definition with what it came to. */
export interface PathNode {
  readonly kind: 'definition' | 'rule' | 'condition' | 'value'
  /** Id of the definition the part stands in. */
  readonly definition: string
  /** Its place in that document. */
  readonly pointer: string
  readonly said: Said
  /** Of rules and conditions; null = unknown. */
  readonly truth?: boolean | null
  /** Of values and definitions. */
  readonly value?: EventScopeValue
  readonly valueSaid?: Said
  /** Cuts or the group number it was compared with, times 10^8. */
  readonly against?: readonly bigint[]
  readonly againstSaid?: Said
  /** What is not there, when that makes it missing. */
  readonly missing?: Said
  /** Whether the value of the whole came about by this branch. */
  readonly decided: boolean
  readonly parts: readonly PathNode[]
}

export interface DecidingEvent {
  readonly event: string
  readonly name: Said
  /** ms */
  readonly at: number
  /** Row number: finds the event in the timeline. */
  readonly seq: bigint
}

/** Events none of which matters alone but many together. */
export interface DecidingGroup {
  /** Which events: the stream and its test in words. */
  readonly said: Said
  /** How many count. */
  readonly count: number
  /** The newest of them. */
  readonly events: readonly DecidingEvent[]
  /** A smallest set of them without which the value is another; none of it can be spared. */
  readonly enough: readonly bigint[]
}

export interface DecidingAttribute {
  readonly kind: 'attribute' | 'list' | 'identity'
  readonly key: string
  readonly name: Said
  readonly said: Said
  /** ms of its last change; null = not kept. */
  readonly at: number | null
}

export interface Deciding {
  /** Events without which the value is another, each alone; newest first. */
  readonly events: readonly DecidingEvent[]
  readonly groups: readonly DecidingGroup[]
  readonly attributes: readonly DecidingAttribute[]
}

/** The earliest moment from which the value has been the same without interruption. */
export interface SinceWhen {
  /** ms */
  readonly from: number
  /** `firstSeen`: since the subject is known; `atLeast`: the search ended here. */
  readonly kind: 'exact' | 'firstSeen' | 'atLeast'
}

/** One thing that could happen. */
export type Step =
  | {
      readonly kind: 'event'
      readonly event: string
      readonly times: number
      /** Only what matters; a real event has more. */
      readonly properties: Readonly<Record<string, EventScopeValue>>
      readonly items: readonly Readonly<Record<string, EventScopeValue>>[]
      /** Properties whose value stands for any that is not there yet. */
      readonly fresh: readonly string[]
      /** Numeric properties that may also be more, as far as `upTo` (null = without limit). */
      readonly atLeast: Readonly<Record<string, bigint | null>>
    }
  | { readonly kind: 'attribute'; readonly key: string; readonly value: StoredValue | null; readonly fresh: boolean }
  | { readonly kind: 'list'; readonly id: string; readonly isOn: boolean }

/** A smallest change that gives another value; the evaluator has confirmed it. */
export interface Counterfact {
  /** What the value becomes. */
  readonly target: EventScopeValue
  readonly targetSaid: Said
  /** Empty: time alone does it. */
  readonly steps: readonly Step[]
  /** ms. With steps: they work before this moment (null = no end was found). Without: the value has changed by then. */
  readonly deadline: number | null
  readonly said: Said
}
