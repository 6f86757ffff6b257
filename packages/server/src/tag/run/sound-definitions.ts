import type { DefinitionEntry } from '@tagtree/core/catalog/catalog'
import type { CompileContext, Compiled } from '@tagtree/core/compile/compile'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { compileTaken } from '../take.js'

/** What a pass can compute, and what it cannot because the catalogue changed under it. */
export interface SoundPass {
  readonly entries: readonly DefinitionEntry[]
  /** Row i of its columns belongs to entry i; null when nothing can be computed. */
  readonly compiled: Compiled | null
  readonly broken: readonly { readonly entry: DefinitionEntry; readonly error: AppError }[]
}

/** Compiles definitions together; those that no longer resolve or compile are left out, so that they stop no others. */
export function compileSound(wanted: readonly DefinitionEntry[], context: CompileContext): SoundPass {
  const broken: { entry: DefinitionEntry; error: AppError }[] = []
  const sound: { entry: DefinitionEntry; definition: Definition }[] = []
  for (const entry of wanted) {
    const resolved = resolveDefinition(entry.body, context.catalog)
    if (resolved.ok) sound.push({ entry, definition: resolved.definition })
    else broken.push({ entry, error: brokenError(entry, resolved.issues) })
  }
  const together = compileAll(sound, context)
  if (!('error' in together)) return { ...together, broken }
  // Somebody is to blame: each is compiled alone, then the good ones together.
  const good = sound.filter((one) => {
    const alone = compileAll([one], context)
    if ('error' in alone) broken.push({ entry: one.entry, error: brokenError(one.entry, alone.error.issues) })
    return !('error' in alone)
  })
  const rest = compileAll(good, context)
  if ('error' in rest) throw rest.error
  return { ...rest, broken }
}

function compileAll(
  sound: readonly { readonly entry: DefinitionEntry; readonly definition: Definition }[],
  context: CompileContext,
): Pick<SoundPass, 'entries' | 'compiled'> | { error: AppError } {
  const entries = sound.map(({ entry }) => entry)
  if (entries.length === 0) return { entries, compiled: null }
  const definitions = sound.map(({ definition }) => definition)
  try {
    return { entries, compiled: compileTaken(definitions, context) }
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEFINITION_INVALID') return { error }
    throw error
  }
}

/** The error of a stored definition that can no longer be computed. */
export function brokenError(entry: DefinitionEntry, issues: readonly Issue[]): AppError {
  const first = issues[0]
  const place = first === undefined || first.pointer === '' ? '' : `${first.pointer}: `
  const en = first === undefined ? 'it does not fit the catalogue' : `${place}${first.message}`
  const zh = first === undefined ? '与目录不符' : `${place}${first.messageZh ?? first.message}`
  return new AppError('DEFINITION_BROKEN', { words: { name: entry.id, reason: { zh, en } }, issues })
}
