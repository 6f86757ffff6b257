import { parseDecimal } from '../../../kernel/decimal.js'
import { xxHash64 } from '../../../kernel/xx-hash64.js'

/** The whole numbers below this are in a sample of the share: 2^64 × share, cut. Bound to SQL as it stands. */
export function sampleLimit(share: number): bigint {
  return ((1n << 64n) * parseDecimal(share)!) / 100_000_000n
}

/** Whether a profile is drawn: always the same people for the same seed. */
export function isInSample({ share, seed }: { share: number; seed: string }, profile: number): boolean {
  return xxHash64(`${seed}:${profile}`) < sampleLimit(share)
}
