import type { Readable } from 'node:stream'
import type { HandlerInput, ResponseOf, Scope } from '@tagtree/core/contract/endpoint'
import type { z } from 'zod'
import type { Principal, WorkspaceRecord } from '../govern/principal.js'

export type Language = 'zh' | 'en'

/** Opaque, signed positions in one list; see cursor.ts. */
export interface Cursors {
  /** The position a cursor stands for, undefined without one. @throws AppError CURSOR_INVALID */
  read<Position extends z.ZodType>(text: string | undefined, position: Position): z.output<Position> | undefined
  write(position: unknown): string
}

/** What a handler knows about its request beside the validated input. */
export interface BaseContext {
  readonly requestId: string
  readonly language: Language
  /** The remote address as the socket has it; for throttling only. */
  readonly remoteAddress: string
  /** Aborted when the client goes away or the server stops. */
  readonly signal: AbortSignal
  readonly cursors: Cursors
  /** As sent, null without one; use it as the unique key of what the request starts. */
  readonly idempotencyKey: string | null
  /** Sets the session cookie of a browser, or removes it with null. */
  setSession(session: { readonly token: string; readonly expiresAt: Date } | null): void
}
export interface SignedInContext extends BaseContext {
  readonly principal: Principal
}
export interface WorkspaceContext extends SignedInContext {
  readonly workspace: WorkspaceRecord
  readonly scopes: readonly Scope[]
}

/** A streamed answer. */
export interface StreamReply {
  readonly contentType: string
  /** Offered as the name of the saved file. */
  readonly fileName?: string
  readonly body: Readable
}
/** A streamed request body; decompressed when it came with Content-Encoding. */
export interface BodyStream {
  /** Media type without parameters, lower case. */
  readonly contentType: string
  /** Bytes on the wire, when announced. */
  readonly contentLength: number | null
  readonly stream: Readable
}

/** The context an endpoint's access gives its handler. */
export type ContextOf<Spec> = (Spec extends { readonly access: 'public' }
  ? BaseContext
  : Spec extends { readonly access: 'anyone' | 'instance' }
    ? SignedInContext
    : WorkspaceContext) &
  (Spec extends { readonly bodyStream: object } ? { readonly bodyStream: BodyStream } : unknown)

/** What a handler answers: the input side of the response schema, a stream, or nothing. */
export type ReplyOf<Spec> = Spec extends { readonly responseStream: object }
  ? StreamReply
  : Spec extends { readonly response: infer Schema extends z.ZodType }
    ? z.input<Schema>
    : // biome-ignore lint/suspicious/noConfusingVoidType: a handler without an answer is an async function that returns nothing
      ResponseOf<Spec> | void

export type Handler<Spec> = (input: HandlerInput<Spec>, context: ContextOf<Spec>) => Promise<ReplyOf<Spec>>
