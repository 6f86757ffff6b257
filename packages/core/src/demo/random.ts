/** Chances as a table: `pick` draws row i with probability weight i / sum of weights. */
export interface Weighted<T> {
  readonly values: readonly T[]
  /** Running totals of the weights, same length as `values`. */
  readonly totals: readonly number[]
}

/** Makes a table of chances from pairs of value and weight. */
export function weighted<T>(pairs: readonly (readonly [T, number])[]): Weighted<T> {
  let total = 0
  const totals = pairs.map(([, weight]) => {
    total += weight
    return total
  })
  return { values: pairs.map(([value]) => value), totals }
}

/**
 * A seeded stream of random numbers (sfc32): the same seed and stream name give the same numbers everywhere.
 * Every person of the demo has her own stream, so that adding one person moves nobody else.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private d = 1

  /** `stream` and `index` name one independent stream of the seed. */
  constructor(seed: number, stream: number, index: number) {
    this.a = scramble(seed ^ 0x9e3779b9)
    this.b = scramble(index ^ Math.imul(stream + 1, 0x85ebca6b))
    this.c = scramble(this.a ^ Math.imul(stream + 7, 0xc2b2ae35) ^ index)
    for (let i = 0; i < 12; i++) this.bits()
  }

  /** 32 random bits, 0 ≤ x < 2³². */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    this.c |= 0
    return sum >>> 0
  }

  /** Uniform in (0, 1), never 0. */
  unit(): number {
    return (this.bits() + 0.5) / 4294967296
  }

  /** A whole number 0 … bound − 1. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound)
  }

  /** A whole number from … to, both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1)
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }

  pick<T>(table: Weighted<T>): T {
    const last = table.totals.length - 1
    const target = this.unit() * (table.totals[last] ?? 0)
    let low = 0
    let high = last
    while (low < high) {
      const middle = (low + high) >> 1
      if ((table.totals[middle] as number) > target) high = middle
      else low = middle + 1
    }
    return table.values[low] as T
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(this.unit())
  }

  /** Standard normal (Box–Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.unit())) * Math.cos(2 * Math.PI * this.unit())
  }

  /** Gamma with the given shape and scale 1. @see Marsaglia & Tsang (2000), "A simple method for generating gamma variables" */
  gamma(shape: number): number {
    if (shape < 1) {
      const power = Math.exp(Math.log(this.unit()) / shape)
      return this.gamma(shape + 1) * power
    }
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v <= 0) continue
      if (Math.log(this.unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }

  beta(a: number, b: number): number {
    const x = this.gamma(a)
    return x / (x + this.gamma(b))
  }

  /** Poisson by multiplication; for small means only. */
  poisson(mean: number): number {
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.unit(); product > limit; product *= this.unit()) count++
    return count
  }

  /** `length` characters of an alphabet. */
  word(length: number, alphabet: string): string {
    let word = ''
    for (let i = 0; i < length; i++) word += alphabet[this.below(alphabet.length)]
    return word
  }
}

function scramble(bits: number): number {
  let h = bits | 0
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) | 0
}
