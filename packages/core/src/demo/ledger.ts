import type { Person } from './people.js'

/** Bits of the identities a person may show: strong ones, then her own devices in their order. */
export const MEMBER = 1
export const PHONE = 2
export const OTHER_PHONE = 4
export const EMAIL = 8
export const UNIONID = 16
const FIRST_DEVICE = 32
/** All strong identities. */
export const STRONG = MEMBER | PHONE | OTHER_PHONE | EMAIL | UNIONID

/** The bit of one of her own devices. */
export function deviceBit(position: number): number {
  return FIRST_DEVICE << position
}

/** What has happened to each person so far, by index. */
export class Ledger {
  /** When she registered, ms; 0 = not (yet). */
  readonly registeredAt: Float64Array
  readonly spentFen: Float64Array
  readonly orders: Uint32Array
  /** Her household's device: 1 = she was seen on it, 2 = she logged in on it. */
  readonly sharedDevice: Uint8Array
  /** Sets of identities that files show together, per person: members of one set belong to one profile. */
  private readonly groups: (number[] | undefined)[]

  constructor(people: number) {
    this.registeredAt = new Float64Array(people)
    this.spentFen = new Float64Array(people)
    this.orders = new Uint32Array(people)
    this.sharedDevice = new Uint8Array(people)
    this.groups = new Array<number[] | undefined>(people)
  }

  /**
   * Notes that one valid row shows these identities (an OR of the bits above) together. As in the rules of identity, a
   * device joins whom it was first seen with and never glues two profiles that are known by other identities.
   */
  saw(person: Person, identities: number): void {
    if (identities === 0) return
    const groups = this.groups[person.index] ?? []
    if (groups.some((group) => (group & identities) === identities)) return
    const strong = identities & STRONG
    // Devices of another known profile stay with it.
    const claimed = groups.reduce(
      (all, group) => ((group & STRONG) !== 0 && (group & strong) === 0 ? all | group : all),
      0,
    )
    const shown = strong === 0 ? identities : strong | (identities & ~claimed)
    const joined = groups.reduce((all, group) => ((group & shown) === 0 ? all : all | group), shown)
    this.groups[person.index] = [...groups.filter((group) => (group & shown) === 0), joined]
  }

  /** Notes a row of the household's device; it joins nothing, because others use it too. */
  sawSharedDevice(person: Person, loggedIn: boolean): void {
    this.sharedDevice[person.index] = Math.max(this.sharedDevice[person.index] as number, loggedIn ? 2 : 1)
  }

  /** The profiles her identities make: disjoint sets of bits, none when no file shows any. */
  profilesOf(index: number): readonly number[] {
    return this.groups[index] ?? []
  }
}
