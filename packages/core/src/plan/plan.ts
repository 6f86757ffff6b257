import type { Code, Definition, Id, InstantText, Literal, Span, Text } from '../language/document.js'

/** A workspace's catalogue as a file: what a plan file says once it is read, and what it is written from. */
export interface Plan {
  /** Parents before their children, siblings in their order. */
  readonly categories: readonly PlanCategory[]
  /** By section, each in the order of the file. */
  readonly definitions: readonly PlannedDefinition[]
  readonly tests: readonly PlanTest[]
}

/** A node of the tag catalogue. */
export interface PlanCategory {
  readonly id: Id
  /** null = first level. */
  readonly parentId: Id | null
  readonly name: Text
  readonly theme: string | null
  readonly note: Text | null
}

/** A definition and its place in the catalogue. */
export interface PlannedDefinition {
  /** With the body its recipe makes. */
  readonly document: Definition
  /** null = in no category; undefined = it stays where it is. */
  readonly category: Id | null | undefined
}

/** "Given these events, expect gold": one subject, and what definitions say of it. */
export interface PlanTest {
  readonly name: string
  readonly asOf: InstantText
  /** Default person. */
  readonly subject?: Id | undefined
  /** Persons are customers unless it says visitor. */
  readonly who?: 'customer' | 'visitor' | undefined
  /** How long before asOf the subject was first seen; default: with the first fact that is given. */
  readonly since?: Span | undefined
  readonly given?: TestGiven | undefined
  /** Cuts and group numbers of definitions; those of the workspace are used where none are stated. */
  readonly fits?: Readonly<Record<Id, StatedFits>> | undefined
  /** Definition -> value; null = no value (of a segment: cannot be said). */
  readonly expect: Readonly<Record<Id, TestValue | null>>
}

export type TestValue = Literal | readonly Literal[]

export interface TestGiven {
  /** Known from the first moment on. */
  readonly attributes?: Readonly<Record<string, TestValue>> | undefined
  readonly identities?: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly lists?: readonly Id[] | undefined
  /** Values that staff or a file gave. */
  readonly tags?: Readonly<Record<Id, Code | readonly Code[]>> | undefined
  readonly events?: readonly TestEvent[] | undefined
  /** Attributes that changed later. */
  readonly changes?: readonly TestChange[] | undefined
}

/** When something happened: so long before asOf, or at a moment. */
export interface TestMoment {
  readonly ago?: Span | undefined
  readonly at?: InstantText | undefined
}

export interface TestEvent extends TestMoment {
  readonly event: string
  /** Properties; `items` is a list of order lines. */
  readonly with?: Readonly<Record<string, unknown>> | undefined
}

export interface TestChange extends TestMoment {
  readonly attr: string
  /** null = taken away. */
  readonly to: TestValue | null
}

/** Ascending cuts, or one number; by the label of the group where there are groups. */
export type StatedFit = number | readonly number[] | Readonly<Record<string, number | readonly number[]>>
/** The fit of a definition that has one, or fits by their JSON pointer in its body. */
export type StatedFits = StatedFit | Readonly<Record<`/${string}`, StatedFit>>

/** One file of a plan, or all of it. */
export interface PlanFile {
  readonly name: string
  readonly text: string
}

/** Sections of definitions, in the order in which they are written. */
export const PLAN_SECTIONS = {
  metrics: 'metric',
  tags: 'tag',
  segments: 'segment',
  trees: 'tree',
} as const satisfies Record<string, Definition['kind']>
export type PlanSection = keyof typeof PLAN_SECTIONS
