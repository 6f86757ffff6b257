/** What happens to names nobody planned. */
export type UnplannedPolicy = 'accept' | 'quarantine' | 'drop'

/** Rules of collection of one workspace; part of its settings under `collect`. */
export interface CollectPolicy {
  readonly unplannedEvents: UnplannedPolicy
  readonly unplannedProperties: UnplannedPolicy
  readonly unplannedAttributes: UnplannedPolicy
  /** Streamed facts older than this are set aside; imports may be of any age. */
  readonly lateDays: number
  /** Further identity values that name nobody, in lower case. */
  readonly blockedIdentities: ReadonlySet<string>
}

const POLICIES: readonly string[] = ['accept', 'quarantine', 'drop']

/** Reads the policy from the settings of a workspace; whatever is missing or wrong is the default. */
export function readPolicy(settings: unknown): CollectPolicy {
  const collect = isObject(settings) && isObject(settings.collect) ? settings.collect : {}
  const policy = (value: unknown): UnplannedPolicy =>
    typeof value === 'string' && POLICIES.includes(value) ? (value as UnplannedPolicy) : 'accept'
  const lateDays = collect.lateDays
  const blocked = Array.isArray(collect.blockedIdentities) ? collect.blockedIdentities : []
  return {
    unplannedEvents: policy(collect.unplannedEvents),
    unplannedProperties: policy(collect.unplannedProperties),
    unplannedAttributes: policy(collect.unplannedAttributes),
    lateDays: typeof lateDays === 'number' && lateDays > 0 ? lateDays : 400,
    blockedIdentities: new Set(
      blocked.filter((value) => typeof value === 'string').map((value) => value.toLowerCase()),
    ),
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
