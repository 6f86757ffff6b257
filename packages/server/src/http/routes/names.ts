import type { EventEntry, ItemCatalogueEntry, PropertyEntry, RelationEntry } from '@tagtree/core/catalog/catalog'
import type { TextShape } from '@tagtree/core/contract/catalogue'
import * as contract from '@tagtree/core/contract/names'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { z } from 'zod'
import { changeNames } from '../../store/change-names.js'
import { joinCatalogue } from '../../store/grow-catalog.js'
import { measureEvent } from '../../store/measure-event.js'
import type { Names, StoredEvent, StoredProperty } from '../../store/names.js'
import { saveRelation, type WantedRelation } from '../../store/relations.js'
import { type Bound, bind } from '../bind.js'
import { plainText } from '../plain-text.js'
import type { TagRouteDeps } from './in-catalogue.js'

/** Names that facts bring and people describe: relations, events, item catalogues. */
export function nameRoutes(deps: TagRouteDeps): readonly Bound[] {
  return [
    bind(contract.listRelations, async (_input, { workspace }) => {
      const { relations } = await deps.loadCatalog(workspace.id)
      return { items: [...relations.values()].map(showRelation) }
    }),
    bind(contract.saveRelation, async ({ params, body }, { workspace }) => {
      const { from, to, inverseOf, many, label, noun } = body
      const wanted: WantedRelation = {
        ...{ key: params.key, many, inverseOf },
        ...{ labels: plainText(label), noun: plainText(noun) },
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }
      const clickhouse = deps.clickhouse.workspace(workspace.database)
      return changeNames(deps.pool, workspace.id, async (tx, names) => {
        for (const end of [from, to]) if (end !== undefined) requireSubject(names, end)
        const hasRows = async () => {
          const rows = await clickhouse.query('SELECT 1 FROM relations WHERE kind = {kind:String} LIMIT 1', {
            params: { kind: params.key },
          })
          return rows.length > 0
        }
        return showRelation(await saveRelation(tx, workspace.id, names, wanted, hasRows))
      })
    }),
    bind(contract.listEvents, async (_input, { workspace }) => {
      const { events } = await deps.loadCatalog(workspace.id)
      return { items: [...events.values()].map(showEvent) }
    }),
    bind(contract.showEvent, async ({ params }, { workspace }) => {
      const { events } = await deps.loadCatalog(workspace.id)
      const event = found(events.get(params.event), EVENT, params.event)
      const clickhouse = deps.clickhouse.workspace(workspace.database)
      const measured = await measureEvent(clickhouse, event, await deps.readScanState(workspace.id))
      return { ...showEvent(event), ...measured }
    }),
    bind(contract.editEvent, async ({ params, body }, { workspace }) => {
      await changeNames(deps.pool, workspace.id, async (tx, names) => {
        requireEvent(names, params.event)
        await tx.query(
          `update catalog_event set labels = coalesce($3, labels), passive = coalesce($4, passive)
           where workspace_id = $1 and name = $2`,
          [workspace.id, params.event, labelOf(body.label), body.passive ?? null],
        )
      })
      const catalog = await deps.loadCatalog(workspace.id)
      if (body.passive !== undefined) await deps.onDefinitionsChanged(workspace.id)
      return showEvent(found(catalog.events.get(params.event), EVENT, params.event))
    }),
    bind(contract.editEventProperty, async ({ params, body }, { workspace }) => {
      const { event, property } = params
      await changeNames(deps.pool, workspace.id, async (tx, names) => {
        const known = requireProperty(requireEvent(names, event), property)
        if (body.catalogue !== undefined) {
          if (body.catalogue !== null) found(names.items.get(body.catalogue), CATALOGUE, body.catalogue)
          await joinCatalogue(tx, workspace.id, known, body.catalogue)
        }
        await tx.query(
          `update catalog_property set labels = coalesce($5, labels)
           where workspace_id = $1 and event = $2 and item = $3 and name = $4`,
          [workspace.id, event, known.item, known.name, labelOf(body.label)],
        )
      })
      const catalog = await deps.loadCatalog(workspace.id)
      if (body.catalogue !== undefined) await deps.onDefinitionsChanged(workspace.id)
      return showProperty(found(catalog.events.get(event)?.properties.get(property), PROPERTY, property))
    }),
    bind(contract.listItemCatalogues, async (_input, { workspace }) => {
      const { items } = await deps.loadCatalog(workspace.id)
      return { items: [...items.values()].map(showCatalogue) }
    }),
    bind(contract.editItemCatalogue, async ({ params, body }, { workspace }) => {
      const { catalogue } = params
      await changeNames(deps.pool, workspace.id, async (tx, names) => {
        const known = found(names.items.get(catalogue), CATALOGUE, catalogue)
        await tx.query('update item_catalogue set labels = coalesce($3, labels) where workspace_id = $1 and key = $2', [
          workspace.id,
          catalogue,
          labelOf(body.label),
        ])
        for (const [name, label] of Object.entries(body.properties ?? {})) {
          found(known.properties.get(name), PROPERTY, name)
          await tx.query(
            'update item_property set labels = $4 where workspace_id = $1 and catalogue = $2 and name = $3',
            [workspace.id, catalogue, name, labelOf(label)],
          )
        }
      })
      const catalog = await deps.loadCatalog(workspace.id)
      return showCatalogue(found(catalog.items.get(catalogue), CATALOGUE, catalogue))
    }),
  ]
}

const EVENT = { en: 'event', zh: '事件' }
const PROPERTY = { en: 'property', zh: '属性' }
const CATALOGUE = { en: 'item catalogue', zh: '商品目录' }

/** @throws AppError NOT_FOUND */
function found<T>(thing: T | undefined, what: { readonly en: string; readonly zh: string }, name: string): T {
  if (thing !== undefined) return thing
  throw new AppError('NOT_FOUND', { words: { what, name } })
}

function requireEvent(names: Names, event: string): StoredEvent {
  return found(names.events.get(event), EVENT, event)
}

/** A property by its path in definitions: those of lines begin with `items.`. */
function requireProperty({ plain, item }: StoredEvent, path: string): StoredProperty {
  const line = path.startsWith('items.') ? item.get(path.slice('items.'.length)) : undefined
  return found(plain.get(path) ?? line, PROPERTY, path)
}

function labelOf(label: z.output<typeof TextShape> | undefined): string | null {
  return label === undefined ? null : JSON.stringify(plainText(label))
}

function showEvent({ name, labels, passive, properties }: EventEntry) {
  return { name, label: labels, passive, properties: [...properties.values()].map(showProperty) }
}

function showProperty({ name, type, labels, catalogue }: PropertyEntry) {
  return { name, type, label: labels, catalogue: catalogue ?? null }
}

function showCatalogue({ key, labels, properties }: ItemCatalogueEntry) {
  const shown = [...properties.values()].map(({ name, type, labels: label }) => ({ name, type, label }))
  return { key, label: labels, properties: shown }
}

function requireSubject(names: Names, key: string): void {
  if (names.subjects.has(key)) return
  throw new AppError('NOT_FOUND', { words: { what: { en: 'kind of subject', zh: '主体类型' }, name: key } })
}

function showRelation({ labels, ...relation }: RelationEntry) {
  return { ...relation, label: labels }
}
