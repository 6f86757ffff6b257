import type { Text } from '../language/document.js'

/** A value of a tag with its people. */
export interface OutlineValue {
  readonly code: string
  readonly label: Text
  readonly people: number
}
/** A tag in the outline; `people` is null while it has never been published. */
export interface OutlineTag {
  readonly id: string
  readonly name: Text
  readonly subject: string
  readonly people: number | null
  readonly population: number | null
  readonly values: OutlineValue[]
}
/** A category; `people` counts everybody who has any value below it, each once, by subject kind. */
export interface OutlineCategory {
  readonly id: string
  readonly name: Text
  readonly theme: string | null
  readonly people: Record<string, number>
  readonly categories: OutlineCategory[]
  readonly tags: OutlineTag[]
}
/** The tag catalogue 标签目录 of a workspace. */
export interface Outline {
  readonly name: string
  readonly asOf: string | null
  /** Subject kind -> live subjects; of persons the customers. */
  readonly population: Record<string, number>
  /** Persons without a strong identity: devices that nobody has signed in from. */
  readonly visitors: number
  readonly categories: OutlineCategory[]
  /** Tags in no category. */
  readonly tags: OutlineTag[]
}

const valuesShown = 12

/** The outline as a tree of text lines for a terminal; long value lists are cut with a line that says how many more. */
export function treeText(outline: Outline, language: 'zh' | 'en'): string {
  const lines: string[] = []
  const counts = Object.entries(outline.population).map(([subject, people]) => peopleText(people, subject, language))
  if (outline.visitors > 0) {
    const figure = outline.visitors.toLocaleString('en-US')
    counts.push(language === 'zh' ? `另有 ${figure} 名匿名访客` : `${figure} anonymous visitors besides`)
  }
  lines.push(`${language === 'zh' ? '标签目录' : 'Tag catalogue'} · ${outline.name}  ${counts.join(' · ')}`)
  appendLevel(lines, '', outline, language)
  return lines.join('\n')
}

function appendLevel(
  lines: string[],
  indent: string,
  level: { readonly categories: OutlineCategory[]; readonly tags: OutlineTag[] },
  language: 'zh' | 'en',
): void {
  const children = [...level.categories, ...level.tags]
  for (const [index, child] of children.entries()) {
    const last = index === children.length - 1
    const head = `${indent}${last ? '└ ' : '├ '}`
    const deeper = `${indent}${last ? '  ' : '│ '}`
    if ('categories' in child) {
      const people = Object.entries(child.people).map(([subject, count]) => peopleText(count, subject, language))
      lines.push(
        [`${head}${say(child.name, language)}`, ...(people.length === 0 ? [] : [people.join(' · ')])].join('  '),
      )
      appendLevel(lines, deeper, child, language)
    } else {
      appendTag(lines, head, deeper, child, language)
    }
  }
}

function appendTag(lines: string[], head: string, indent: string, tag: OutlineTag, language: 'zh' | 'en'): void {
  const count =
    tag.people === null
      ? language === 'zh'
        ? '尚未计算'
        : 'not computed yet'
      : `${peopleText(tag.people, tag.subject, language)}${share(tag.people, tag.population)}`
  lines.push(`${head}${say(tag.name, language)}  ${count}`)
  const shown = tag.values.slice(0, valuesShown)
  const rest = tag.values.length - shown.length
  for (const [index, value] of shown.entries()) {
    const last = index === shown.length - 1 && rest === 0
    lines.push(
      `${indent}${last ? '└ ' : '├ '}${say(value.label, language)}  ${peopleText(value.people, tag.subject, language)}${share(value.people, tag.people)}`,
    )
  }
  if (rest > 0) lines.push(`${indent}└ ${language === 'zh' ? `另有 ${rest} 个值` : `${rest} more values`}`)
}

function peopleText(count: number, subject: string, language: 'zh' | 'en'): string {
  const figure = count.toLocaleString('en-US')
  const many = count === 1 ? '' : 's'
  if (subject === 'person') return language === 'zh' ? `${figure} 人` : `${figure} ${count === 1 ? 'person' : 'people'}`
  if (subject === 'organisation') return language === 'zh' ? `${figure} 家企业` : `${figure} organisation${many}`
  return `${figure} ${subject}`
}

function share(part: number, whole: number | null): string {
  return whole === null || whole === 0 ? '' : `  ${((part / whole) * 100).toFixed(1)}%`
}

function say(text: Text, language: 'zh' | 'en'): string {
  if (typeof text === 'string') return text
  return language === 'zh' ? text.zh : (text.en ?? text.zh)
}
