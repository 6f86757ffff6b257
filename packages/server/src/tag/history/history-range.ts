import type { Tx } from '../../store/postgres.js'

/** How far back the published history of something reaches. */
export interface HistoryRange {
  readonly id: string
  /** The first moment something was published for, ms; null = nothing yet. */
  readonly since: number | null
  /** Published moments. */
  readonly moments: number
}

/** The ranges of definitions or lists, in their order. */
export async function readHistoryRanges(tx: Tx, workspaceId: number, ids: readonly string[]): Promise<HistoryRange[]> {
  const { rows } = await tx.query<{ id: string; since: Date | null; moments: number }>(
    `select wanted.id, min(r.as_of) as since, count(distinct r.as_of)::int as moments
     from unnest($2::text[]) with ordinality as wanted(id, place)
     left join tag_run r on r.workspace_id = $1 and r.definition_id = wanted.id and r.state = 'published'
     group by wanted.id, wanted.place order by wanted.place`,
    [workspaceId, ids],
  )
  return rows.map(({ id, since, moments }) => ({ id, since: since?.getTime() ?? null, moments }))
}

/**
 * Tags and segments whose published history a document reads (`changes`): what happened before it begins does not exist
 * for the document, so the history is worth computing first.
 */
export function readsHistoryOf(document: unknown): string[] {
  const found = new Set<string>()
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) visit(one)
    else if (typeof part === 'object' && part !== null) {
      for (const [key, value] of Object.entries(part)) {
        if (key === 'changes') note(value)
        visit(value)
      }
    }
  }
  const note = (source: unknown): void => {
    if (typeof source !== 'object' || source === null) return
    for (const [kind, id] of Object.entries(source)) {
      if ((kind === 'tag' || kind === 'segment') && typeof id === 'string') found.add(id)
    }
  }
  visit(document)
  return [...found]
}
