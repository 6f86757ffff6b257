/** Numbers put together: the sum of none is 0, of everything else there is none; an average is cut at 8 decimals. */
export function combineNumbers(get: 'sum' | 'avg' | 'min' | 'max', numbers: readonly bigint[]): bigint | null {
  const [first] = numbers
  if (first === undefined) return get === 'sum' ? 0n : null
  // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint
  if (get === 'min') return numbers.reduce((a, b) => (b < a ? b : a))
  // biome-ignore lint/complexity/useMathMinMax: Math.max takes no bigint
  if (get === 'max') return numbers.reduce((a, b) => (b > a ? b : a))
  const sum = numbers.reduce((a, b) => a + b)
  return get === 'sum' ? sum : sum / BigInt(numbers.length)
}
