/** The same text for the same data, however the keys of its objects are ordered; absent and undefined are one. */
export function stableText(part: unknown): string {
  return JSON.stringify(part ?? null, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  )
}
