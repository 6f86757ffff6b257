import { createHash } from 'node:crypto'
import type { Catalog } from '@tagtree/core/catalog/catalog'
import { sqlNameOf } from '@tagtree/engines/clickhouse/sql-users'
import { quoteIdentifier, type WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { TagHead } from '../run/heads.js'
import { type PublishedTags, type SqlView, sqlViews } from './sql-views.js'

/** Heads by number, as far as the views need them. */
export type PublishedHeads = ReadonlyMap<number, Pick<TagHead, 'valueType'>>

/**
 * Brings the views of a workspace up to date with its catalogue: what is new is made, what changed is replaced, what is
 * gone is dropped. Asked before every check and run; when nothing changed it is one short look.
 */
export function syncViews(
  clickhouse: WorkspaceClickHouse,
  catalog: Catalog,
  heads: PublishedHeads,
): Promise<readonly SqlView[]> {
  const before = syncing.get(clickhouse) ?? Promise.resolve()
  const turn = before.then(() => sync(clickhouse, catalog, heads))
  syncing.set(
    clickhouse,
    turn.catch(() => undefined),
  )
  return turn
}

/** Those of one workspace follow each other: two that replace one view at once would hinder each other. */
const syncing = new WeakMap<WorkspaceClickHouse, Promise<unknown>>()

async function sync(
  clickhouse: WorkspaceClickHouse,
  catalog: Catalog,
  heads: PublishedHeads,
): Promise<readonly SqlView[]> {
  const database = sqlNameOf(clickhouse.database)
  const labels = labelsOf(catalog)
  const views = sqlViews(clickhouse.database, catalog, publishedTags(catalog, heads))
  const labelsHash = hashOf(JSON.stringify(labels))
  const wanted = new Map(
    views.map((view) => [view.name, { view, hash: hashOf(view.select + (view.name === 'tags' ? labelsHash : '')) }]),
  )
  const present = new Map((await presentViews(clickhouse, database)).map((row) => [row.name, row.comment]))
  if (present.size === 0) await clickhouse.command(`CREATE DATABASE IF NOT EXISTS ${database}`)
  for (const name of present.keys()) {
    if (!wanted.has(name)) await clickhouse.command(`DROP VIEW IF EXISTS ${database}.${quoteIdentifier(name)}`)
  }
  for (const [name, { view, hash }] of wanted) {
    if (present.get(name) === hash) continue
    if (name === 'tags') await writeLabels(clickhouse, labels, labelsHash)
    await clickhouse.command(
      `CREATE OR REPLACE VIEW ${database}.${quoteIdentifier(name)} DEFINER = CURRENT_USER SQL SECURITY DEFINER
       AS ${view.select} COMMENT '${hash}'`,
    )
  }
  return views
}

function presentViews(clickhouse: WorkspaceClickHouse, database: string) {
  return clickhouse.query<{ name: string; comment: string }>(
    'SELECT name, comment FROM system.tables WHERE database = {database:String}',
    { params: { database } },
  )
}

interface Label {
  readonly tag_id: number
  readonly code: number
  readonly label: string
}

function labelsOf(catalog: Catalog): Label[] {
  return [...catalog.definitions.values()].flatMap((entry) =>
    entry.kind === 'tag' ? [...entry.codes].map(([label, code]) => ({ tag_id: entry.number, code, label })) : [],
  )
}

function publishedTags(catalog: Catalog, heads: PublishedHeads): PublishedTags {
  const tags = [...catalog.definitions.values()].flatMap((entry) => {
    const type = heads.get(entry.number)?.valueType
    return entry.body.kind === 'tag' && !entry.archived && type !== undefined
      ? [{ entry, type, multi: entry.body.family === 'multi' }]
      : []
  })
  const numbers = (wanted: (tag: (typeof tags)[number]) => boolean): number[] =>
    tags.filter(wanted).map(({ entry }) => entry.number)
  return {
    codes: numbers(({ type, multi }) => type === 'codes' && !multi),
    multi: numbers(({ type, multi }) => type === 'codes' && multi),
    numbers: numbers(({ type }) => type !== 'codes'),
    ids: new Map(tags.map(({ entry }) => [entry.number, entry.id])),
  }
}

async function writeLabels(clickhouse: WorkspaceClickHouse, labels: readonly Label[], hash: string): Promise<void> {
  if (labels.length === 0) return
  await clickhouse.insert('tag_labels', Buffer.from(labels.map((label) => JSON.stringify(label)).join('\n')), {
    token: `labels:${hash}`,
    columns: ['tag_id', 'code', 'label'],
    gzip: false,
  })
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
