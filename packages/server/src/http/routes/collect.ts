import type { Incoming } from '@tagtree/core/collect/incoming'
import * as contract from '@tagtree/core/contract/batch'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { z } from 'zod'
import type { Log } from '../../collect/log.js'
import {
  attributesFact,
  eventFact,
  findHostile,
  identitiesFact,
  itemFact,
  relationFact,
} from '../../collect/read-batch.js'
import { type Bound, bind } from '../bind.js'
import type { Language } from '../context.js'
import { validatePart } from '../validate.js'

export interface CollectRouteDeps {
  readonly log: Log
  /** ms since 1970. */
  readonly now: () => number
}

const LISTED_ERRORS = 1_000

/** Facts over HTTP, in Tagtree's own form. */
export function collectRoutes({ log, now }: CollectRouteDeps): readonly Bound[] {
  return [
    bind(contract.collectBatch, async ({ body }, { workspace, language }) => {
      const count = Object.values(body).reduce((sum, items) => sum + (items?.length ?? 0), 0)
      if (count > contract.MAX_BATCH_ITEMS) throw tooMany(count)
      const arrival = now()
      const judge = new Judge(arrival)
      judge.take('identities', body.identities, contract.IdentitiesItem, identitiesFact)
      judge.take('attributes', body.attributes, contract.AttributesItem, attributesFact)
      judge.take('relations', body.relations, contract.RelationItem, relationFact)
      judge.take('items', body.items, contract.CatalogueItem, itemFact)
      judge.take('events', body.events, contract.EventItem, eventFact)
      const { facts, rejected, issues } = judge
      if (facts.length === 0 && rejected > 0) {
        throw new AppError('REQUEST_INVALID', { pointer: issues[0]!.pointer, issues: issues.slice(0, 100) })
      }
      await log.append(workspace.id, { source: 'api', importId: 0, records: facts })
      return { accepted: facts.length, rejected, errors: issues.map((issue) => showIssue(issue, language)) }
    }),
  ]
}

/** Turns items into facts one by one; a wrong one is an issue and nothing else. */
class Judge {
  readonly facts: Incoming[] = []
  readonly issues: Issue[] = []
  rejected = 0

  constructor(private readonly arrival: number) {}

  take<Schema extends z.ZodType>(
    name: string,
    items: readonly unknown[] | undefined,
    schema: Schema,
    read: (item: z.output<Schema>, arrival: number) => Incoming | Issue,
  ): void {
    for (const [index, item] of (items ?? []).entries()) {
      const at = `/${name}/${index}`
      const issues = this.judge(item, schema, read)
      if (issues.length === 0) continue
      this.rejected += 1
      for (const issue of issues) {
        if (this.issues.length < LISTED_ERRORS) this.issues.push({ ...issue, pointer: `${at}${issue.pointer}` })
      }
    }
  }

  private judge<Schema extends z.ZodType>(
    item: unknown,
    schema: Schema,
    read: (item: z.output<Schema>, arrival: number) => Incoming | Issue,
  ): readonly Issue[] {
    const hostile = findHostile(item)
    if (hostile !== undefined) return [hostile]
    try {
      const fact = read(validatePart(schema, item, 'body'), this.arrival)
      if ('pointer' in fact) return [fact]
      this.facts.push(fact)
      return []
    } catch (error) {
      if (error instanceof AppError && error.code === 'REQUEST_INVALID') return error.issues
      throw error
    }
  }
}

function tooMany(count: number): AppError {
  const message = `${count} items; at most ${contract.MAX_BATCH_ITEMS} in one request`
  const messageZh = `共 ${count} 条，一次最多 ${contract.MAX_BATCH_ITEMS} 条`
  return new AppError('REQUEST_INVALID', { pointer: '', issues: [{ pointer: '', message, messageZh }] })
}

function showIssue(issue: Issue, language: Language): { pointer: string; message: string } {
  return { pointer: issue.pointer, message: language === 'zh' ? (issue.messageZh ?? issue.message) : issue.message }
}
