import type { Language } from './context.js'

/** The language a client prefers by its Accept-Language header; `fallback` when it names neither zh nor en. */
export function preferredLanguage(header: string | undefined, fallback: Language): Language {
  if (header === undefined) return fallback
  const wishes = header
    .slice(0, 500)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.find((parameter) => parameter.trim().startsWith('q='))
      const weight = quality === undefined ? 1 : Number(quality.trim().slice(2))
      return { tag, weight: Number.isFinite(weight) ? weight : 0, order }
    })
    .filter((wish) => wish.weight > 0)
    .sort((a, b) => b.weight - a.weight || a.order - b.order)
  for (const { tag } of wishes) {
    if (/^zh(-|$)/.test(tag)) return 'zh'
    if (/^en(-|$)/.test(tag)) return 'en'
  }
  return fallback
}
