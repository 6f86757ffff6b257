/**
 * The known name a person most likely meant, or undefined when none is near. Counts changed, missing, added and swapped
 * letters (Damerau-Levenshtein, restricted); about one slip per three letters is near. Ties keep the order of `known`.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = [...name.toLowerCase()]
  if (wanted.length === 0 || wanted.length > 100) return undefined
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const letters = [...candidate.toLowerCase()]
    const longest = Math.max(wanted.length, letters.length)
    const limit = Math.min(bestDistance - 1, longest <= 2 ? 0 : Math.max(1, Math.floor(longest / 3)))
    if (Math.abs(wanted.length - letters.length) > limit) continue
    const distance = editDistance(wanted, letters)
    if (distance <= limit) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(change, last[j]! + 1, row[j - 1]! + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
