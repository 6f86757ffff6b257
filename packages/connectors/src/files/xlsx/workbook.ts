import type { FileHandle } from 'node:fs/promises'
import { AppError } from '@tagtree/core/kernel/app-error'
import { attributeOf, cutElements, openingTags, stringItemText } from './xml-text.js'
import { unpackEntry, type ZipEntry } from './zip-directory.js'

/** A sheet of a workbook and the part that holds its cells. */
export interface Sheet {
  readonly name: string
  readonly hidden: boolean
  readonly part: ZipEntry
}

/** What the cells of a workbook share. */
export interface Workbook {
  readonly sheets: readonly Sheet[]
  /** Days are counted from 1904 instead of 1900. */
  readonly from1904: boolean
  readonly parts: ReadonlyMap<string, ZipEntry>
  readonly stringsPart: ZipEntry | null
  readonly stylesPart: ZipEntry | null
}

/** How a styled number is to be read. */
export type NumberStyle = 'number' | 'date' | 'dateTime' | 'time'

const MAX_PART_BYTES = 16 * 1024 * 1024
const MAX_STRINGS_BYTES = 160 * 1024 * 1024
const MAX_STRING_ITEM = 4 * 1024 * 1024

/**
 * Reads the list of sheets.
 * @throws AppError FILE_FORMAT_UNSUPPORTED when the archive is no workbook
 */
export async function readWorkbook(file: FileHandle, parts: ReadonlyMap<string, ZipEntry>): Promise<Workbook> {
  const rootRelations = await relationsOf(file, parts, '_rels/.rels', '')
  const main = rootRelations.find((relation) => relation.type.endsWith('/officeDocument'))?.target ?? 'xl/workbook.xml'
  const workbookPart = parts.get(main)
  if (workbookPart === undefined) {
    throw new AppError('FILE_FORMAT_UNSUPPORTED', { words: { found: 'a zip archive without a workbook' } })
  }
  const folder = main.includes('/') ? main.slice(0, main.lastIndexOf('/') + 1) : ''
  const relations = await relationsOf(file, parts, `${folder}_rels/${main.slice(folder.length)}.rels`, folder)
  const xml = await textOf(file, workbookPart)
  const properties = openingTags(xml, 'workbookPr')[0] ?? ''
  const sheets: Sheet[] = []
  for (const tag of openingTags(xml, 'sheet')) {
    const id = /\s\w+:id=["']([^"']+)["']/.exec(tag)?.[1]
    const target = relations.find((relation) => relation.id === id && relation.type.endsWith('/worksheet'))?.target
    const part = target === undefined ? undefined : parts.get(target)
    if (part !== undefined) {
      const state = attributeOf(tag, 'state')
      sheets.push({ name: attributeOf(tag, 'name') ?? '', hidden: state !== null && state !== 'visible', part })
    }
  }
  const partOf = (kind: string): ZipEntry | null => {
    const target = relations.find((relation) => relation.type.endsWith(kind))?.target
    return (target === undefined ? undefined : parts.get(target)) ?? null
  }
  return {
    sheets,
    from1904: /^(1|true)$/.test(attributeOf(properties, 'date1904') ?? ''),
    parts,
    stringsPart: partOf('/sharedStrings'),
    stylesPart: partOf('/styles'),
  }
}

/**
 * The shared strings in their order. They are the one part that must be held in memory, so they are bounded.
 * @throws AppError FILE_UNPACKS_TOO_LARGE
 */
export async function readSharedStrings(file: FileHandle, part: ZipEntry | null): Promise<readonly string[]> {
  if (part === null) return []
  if (part.unpackedBytes > MAX_STRINGS_BYTES) {
    const words = { format: 'xlsx', size: Math.ceil(part.unpackedBytes / 1048576), limit: MAX_STRINGS_BYTES / 1048576 }
    throw new AppError('FILE_UNPACKS_TOO_LARGE', { words })
  }
  const strings: string[] = []
  for await (const items of cutElements(unpackEntry(file, part), 'si', MAX_STRING_ITEM)) {
    for (const item of items) strings.push(item === null ? '' : stringItemText(item))
  }
  return strings
}

/** For each cell style whether its numbers are dates. */
export async function readNumberStyles(file: FileHandle, part: ZipEntry | null): Promise<readonly NumberStyle[]> {
  if (part === null) return []
  const xml = await textOf(file, part)
  const formats = new Map<number, string>()
  for (const tag of openingTags(xml, 'numFmt')) {
    formats.set(Number(attributeOf(tag, 'numFmtId')), attributeOf(tag, 'formatCode') ?? '')
  }
  const cellStyles = /<(?:\w+:)?cellXfs[\s>][\s\S]*?<\/(?:\w+:)?cellXfs>/.exec(xml)?.[0] ?? ''
  return openingTags(cellStyles, 'xf').map((tag) => {
    const id = Number(attributeOf(tag, 'numFmtId') ?? 0)
    return styleOfFormat(formats.get(id) ?? BUILT_IN_FORMATS[id] ?? 'General')
  })
}

/** Built-in formats that are dates, including those whose form depends on the locale (27 to 36, 50 to 58: East Asia). */
const BUILT_IN_FORMATS: Readonly<Record<number, string>> = {
  14: 'y/m/d',
  15: 'd-m-y',
  16: 'd-m',
  17: 'm-y',
  18: 'h:m',
  19: 'h:m:s',
  20: 'h:m',
  21: 'h:m:s',
  22: 'y/m/d h:m',
  45: 'm:s',
  46: 'h:m:s',
  47: 'm:s',
  ...Object.fromEntries([27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, 'y/m/d'])),
  ...Object.fromEntries([32, 33, 34, 35, 55, 56].map((id) => [id, 'h:m:s'])),
}

/** What a number format code makes of a number; its quoted text, colours and conditions do not count. */
export function styleOfFormat(code: string): NumberStyle {
  const bare = code
    .split(';')[0]!
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h|m|s)[^\]]*\]/gi, '')
  if (/general|@|[0#?]/i.test(bare) && !/[yd]/i.test(bare) && !/[hs]/i.test(bare)) return 'number'
  const hasTime = /[hs]/i.test(bare) || /AM\/PM/i.test(bare)
  const hasDate = /[yde]/i.test(bare) || (/m/i.test(bare) && !hasTime)
  return hasDate ? (hasTime ? 'dateTime' : 'date') : hasTime ? 'time' : 'number'
}

interface Relation {
  readonly id: string
  readonly type: string
  readonly target: string
}

async function relationsOf(
  file: FileHandle,
  parts: ReadonlyMap<string, ZipEntry>,
  name: string,
  folder: string,
): Promise<Relation[]> {
  const part = parts.get(name)
  if (part === undefined) return []
  return openingTags(await textOf(file, part), 'Relationship').map((tag) => ({
    id: attributeOf(tag, 'Id') ?? '',
    type: attributeOf(tag, 'Type') ?? '',
    target: resolvePart(folder, attributeOf(tag, 'Target') ?? ''),
  }))
}

function resolvePart(folder: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1)
  const path: string[] = []
  for (const step of `${folder}${target}`.split('/')) {
    if (step === '..') path.pop()
    else if (step !== '.' && step !== '') path.push(step)
  }
  return path.join('/')
}

async function textOf(file: FileHandle, part: ZipEntry): Promise<string> {
  if (part.unpackedBytes > MAX_PART_BYTES) {
    const words = { format: 'xlsx', size: Math.ceil(part.unpackedBytes / 1048576), limit: MAX_PART_BYTES / 1048576 }
    throw new AppError('FILE_UNPACKS_TOO_LARGE', { words })
  }
  const chunks: Buffer[] = []
  for await (const chunk of unpackEntry(file, part)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
