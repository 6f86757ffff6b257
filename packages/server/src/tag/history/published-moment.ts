import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Tx } from '../../store/postgres.js'
import { KIND_WORDS } from '../catalogue/kind-words.js'
import { type RunKind, unpublishedRuns, type ValueCounts, type ValueType } from '../run/run-records.js'
import { readCodes } from '../run/value-codes.js'
import { memberCodes } from '../run/write-column.js'
import { laterRuns } from './knowledge.js'

/** A tag, segment or list whose published history is read. */
export interface HistorySubject {
  readonly id: string
  readonly kind: 'tag' | 'segment' | 'list'
  readonly number: number
  /** Key of the subject kind. */
  readonly subject: string
}

/** The run that speaks of a moment: the newest published one that is not after it. */
export interface PublishedMoment {
  readonly runId: string
  readonly kind: RunKind
  readonly version: number
  /** ms */
  readonly asOf: number
  /** ms */
  readonly publishedAt: number
  readonly valueType: ValueType
  readonly multi: boolean
  readonly counts: ValueCounts
}

/** @throws AppError NOT_FOUND */
export function historySubject(catalog: Catalog, id: string): HistorySubject {
  const entry = catalog.definitions.get(id)
  if (entry && (entry.kind === 'tag' || entry.kind === 'segment')) {
    return { id, kind: entry.kind, number: entry.number, subject: entry.body.subject ?? 'person' }
  }
  const list = catalog.lists.get(id)
  if (list) return { id, kind: 'list', number: list.number, subject: list.subject }
  throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.tag, name: id } })
}

interface MomentRow {
  readonly at: number
  readonly run_id: string | null
  readonly kind: RunKind
  readonly version: number
  readonly as_of: Date
  readonly finished_at: Date
  readonly value_type: ValueType
  readonly multi: boolean
  readonly counts: ValueCounts
}

/**
 * The runs that speak of moments (ms), in their order; null where nothing was published yet. Rows of the history know
 * whole seconds, so a run speaks of its whole second. `knownAt`: only runs published by then.
 */
export async function readMoments(
  tx: Tx,
  workspaceId: number,
  number: number,
  moments: readonly number[],
  knownAt: number | null,
): Promise<(PublishedMoment | null)[]> {
  const { rows } = await tx.query<MomentRow>(
    `select p.at, r.run_id, r.kind, r.version, r.as_of, r.finished_at, r.counts,
       coalesce(r.value_type, (select value_type from tag_head where workspace_id = $1 and number = $2), 'codes') as value_type,
       coalesce(r.multi, (select v.body->>'family' = 'multi' from definition_version v
         where v.workspace_id = $1 and v.id = r.definition_id and v.version = r.version), false) as multi
     from unnest($3::double precision[]) with ordinality as p(at, place)
     left join lateral (
       select * from tag_run where workspace_id = $1 and number = $2 and state = 'published'
         and as_of < to_timestamp(floor(p.at / 1000) + 1)
         and ($4::double precision is null or finished_at <= to_timestamp($4::double precision / 1000))
       order by date_trunc('second', as_of) desc, run_id desc limit 1) r on true
     order by p.place`,
    [workspaceId, number, moments, knownAt],
  )
  return rows.map((row) =>
    row.run_id === null
      ? null
      : {
          runId: row.run_id,
          kind: row.kind,
          version: row.version,
          asOf: row.as_of.getTime(),
          publishedAt: row.finished_at.getTime(),
          valueType: row.value_type,
          multi: row.multi,
          counts: row.counts,
        },
  )
}

/** The run that speaks of one moment. @throws AppError NOT_PUBLISHED */
export async function readMoment(
  tx: Tx,
  workspaceId: number,
  subject: HistorySubject,
  moment: number,
  knownAt: number | null,
): Promise<PublishedMoment> {
  const [found] = await readMoments(tx, workspaceId, subject.number, [moment], knownAt)
  if (found) return found
  throw new AppError('NOT_PUBLISHED', { words: { name: subject.id } })
}

/** Runs whose rows the history must not be read with: unpublished ones, and those published after `knownAt` (ms). */
export async function hiddenRuns(tx: Tx, workspaceId: number, knownAt: number | null): Promise<string[]> {
  const unpublished = await unpublishedRuns(tx, workspaceId)
  return knownAt === null ? unpublished : [...unpublished, ...(await laterRuns(tx, workspaceId, knownAt))]
}

/** Codes of ClickHouse and what people call them. */
export interface ValueLabels {
  labelOf(code: number): string
  /** undefined = no value is called so. */
  codeOf(label: string): number | undefined
}

/** Of a segment or list: `member` and `unknown`; of numbers and dates every value is `known`. */
export async function readLabels(
  tx: Tx,
  workspaceId: number,
  { kind, number }: HistorySubject,
  valueType: ValueType,
): Promise<ValueLabels> {
  const codes = await labelCodes(tx, workspaceId, kind, number, valueType)
  const labels = new Map([...codes].map(([label, code]) => [code, label]))
  return { labelOf: (code) => labels.get(code) ?? String(code), codeOf: (label) => codes.get(label) }
}

async function labelCodes(
  tx: Tx,
  workspaceId: number,
  kind: HistorySubject['kind'],
  number: number,
  valueType: ValueType,
): Promise<ReadonlyMap<string, number>> {
  if (kind !== 'tag') {
    return new Map([
      ['member', memberCodes.member],
      ['unknown', memberCodes.undecided],
    ])
  }
  return valueType === 'codes' ? readCodes(tx, workspaceId, number) : new Map([['known', 1]])
}
