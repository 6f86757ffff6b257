import { METHODS } from '@tagtree/core/language/frame/cuts'
import {
  ASSIGN_WAYS,
  CONDITION_HEADS,
  EVENT_VALUE_HEADS,
  OPERATORS,
  TEST_HEADS,
  VALUE_HEADS,
  WINDOW_NAMES,
  type WindowName,
} from '@tagtree/core/language/frame/names'
import { CHANGED } from '@tagtree/core/language/frame/stream-schema'
import { AMONG_GETS } from '@tagtree/core/language/heads/among/schema'
import { CALCULATIONS } from '@tagtree/core/language/heads/calc/schema'
import { FIELDS } from '@tagtree/core/language/heads/clock/schema'
import { ALL_GETS } from '@tagtree/core/language/heads/did/schema'
import { MEMBER_OF } from '@tagtree/core/language/heads/member/schema'
import { BUCKETS, PER_GETS } from '@tagtree/core/language/heads/per/schema'
import { SINCE_UNITS } from '@tagtree/core/language/heads/since/schema'
import { VIA_GETS } from '@tagtree/core/language/heads/via/schema'
import { RECIPES } from '@tagtree/core/language/recipes/recipes'
import type { GoldenDocument } from './golden-files.js'

/** Parts of anchored windows, which names.ts counts as one word. */
const ANCHORED = ['from', 'after', 'to', 'skip', 'for']

/** Every word the corpus must have, as `uses` below tells them: the tables of the language with a prefix for the place. */
function wantedWords(): string[] {
  const all = (prefix: string, words: readonly string[]): string[] => words.map((word) => `${prefix} ${word}`)
  const windows = WINDOW_NAMES.filter((name): name is Exclude<WindowName, 'anchored'> => name !== 'anchored')
  return [
    ...all('head', [...VALUE_HEADS, ...CONDITION_HEADS]),
    ...all('head of a row', [...EVENT_VALUE_HEADS, ...TEST_HEADS]),
    ...all('operator', OPERATORS),
    ...all('window', [...windows, ...ANCHORED]),
    ...all('window ago', ['last', 'complete', 'this']),
    ...all('way', ASSIGN_WAYS),
    ...all('given', ['manual', 'import', 'sql', 'model']),
    ...all('cuts', METHODS),
    ...all('did get', ALL_GETS),
    ...all('gaps', ['avg', 'min', 'max', 'median', 'sd']),
    ...all('per', [...BUCKETS, 'prop', 'session']),
    ...all('per get', PER_GETS),
    ...all('via get', VIA_GETS),
    ...all('among get', [...AMONG_GETS, 'quantile']),
    ...all('since unit', SINCE_UNITS),
    ...all('calc', CALCULATIONS),
    ...all('clock', FIELDS),
    ...all('changes', CHANGED),
    ...all('member', MEMBER_OF),
    ...all('then', ['ago', 'at']),
    ...all('take', ['top', 'random', 'per']),
    ...all('top', ['weight sum', 'weight events', 'weight halfLife', 'n', 'atLeast', 'share']),
    ...all('recipe', Object.keys(RECIPES)),
    ...all('kind', ['tag', 'segment', 'metric', 'tree', 'journey']),
    ...all('tag', ['only', 'corrections', 'expires', 'multi', 'ordered', 'otherwise']),
    ...all('sequence', ['gap', 'total', 'without', 'key', 'notThen']),
  ]
}

/** The words of the language that no document of the corpus has. */
export function missingFrom(documents: readonly GoldenDocument[]): string[] {
  const found = new Set<string>()
  for (const document of documents) uses(document, 'document', false, found)
  return wantedWords().filter((word) => !found.has(word))
}

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const keysOf = (value: unknown): string[] => (isFields(value) ? Object.keys(value) : [])

/** Adds the words of one object, which stands under `place`; `row` = what is around it speaks of one event. */
function uses(value: unknown, place: string, row: boolean, found: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) uses(one, place, row, found)
  if (!isFields(value)) return
  for (const word of wordsOf(value, place, row)) found.add(word)
  for (const [key, part] of Object.entries(value)) {
    const isTest = key === 'where' && ('did' in value || 'event' in value || 'top' in value)
    uses(part, key, row || isTest || ROWS.includes(key), found)
  }
}

/** Under these everything is about one event. */
const ROWS = ['prop', 'distinct', 'values', 'scenes', 'top']
const WINDOWS = ['within', 'during', 'anniversary']

function* wordsOf(value: Fields, place: string, row: boolean): Generator<string> {
  const text = (key: string, otherwise: string): string => (typeof value[key] === 'string' ? value[key] : otherwise)
  if (WINDOWS.includes(place)) {
    for (const key of Object.keys(value)) yield `window ${key}`
    if ('ago' in value) yield `window ago ${Object.keys(value)[0]}`
    return
  }
  for (const key of Object.keys(value)) {
    if (place === 'assign') yield `way ${key}`
    else if (place !== 'document') yield `head ${key}`
    if (row) yield `head of a row ${key}`
    yield `operator ${key}`
  }
  for (const key of WINDOWS) if (value[key] === 'ever') yield 'window ever'
  if ('did' in value && place !== 'assign') {
    for (const key of typeof value.get === 'object' ? keysOf(value.get) : [text('get', 'count')]) yield `did get ${key}`
  }
  if ('gaps' in value) yield `gaps ${text('gaps', '')}`
  if ('per' in value && 'of' in value) {
    for (const key of [...keysOf(value.per), text('per', '')]) yield `per ${key}`
    yield `per get ${text('get', 'count')}`
  }
  if ('via' in value) yield `via get ${text('get', 'count')}`
  if ('among' in value) for (const key of [...keysOf(value.get), text('get', '')]) yield `among get ${key}`
  if ('since' in value) yield `since unit ${text('unit', 'days')}`
  if ('calc' in value) yield `calc ${text('calc', '')}`
  if ('clock' in value) yield `clock ${text('clock', '')}`
  if ('method' in value) yield `cuts ${text('method', '')}`
  for (const key of keysOf(value.changes)) yield `changes ${key}`
  for (const key of keysOf(value.member)) yield `member ${key}`
  if ('ago' in value) yield 'then ago'
  if ('at' in value && ('tag' in value || 'attr' in value || 'metric' in value || 'member' in value)) yield 'then at'
  if ('given' in value) for (const key of [...keysOf(value.given), text('given', '')]) yield `given ${key}`
  if ('use' in value) yield `recipe ${text('use', '')}`
  for (const key of keysOf(value.take)) yield `take ${key}`
  if (place === 'assign' && 'top' in value) {
    for (const key of Object.keys(value)) yield `top ${key}`
    for (const key of keysOf(value.weight)) yield `top weight ${key}`
  }
  if (place === 'assign') for (const key of Object.keys(value)) yield `tag ${key}`
  if (place === 'document') {
    yield `kind ${text('kind', '')}`
    for (const key of Object.keys(value)) yield `tag ${key}`
    if (value.family === 'multi') yield 'tag multi'
  }
  if ('sequence' in value || place === 'sequence') for (const key of Object.keys(value)) yield `sequence ${key}`
}
