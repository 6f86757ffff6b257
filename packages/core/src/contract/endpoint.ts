import type { z } from 'zod'
import type { ErrorCode } from '../kernel/errors.js'

/** What a key or a person may do inside one workspace. A role is a set of scopes (see `ROLE_SCOPES`). */
export const SCOPES = ['read', 'write', 'import', 'export', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Roles of people in a workspace, weakest first. */
export const ROLES = ['viewer', 'editor', 'admin'] as const
export type Role = (typeof ROLES)[number]
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['read'],
  editor: ['read', 'write', 'import', 'export'],
  admin: SCOPES,
}

/**
 * Who may call: `public` everybody; `anyone` who is signed in, no workspace involved; `instance` an administrator of the
 * whole installation; else a scope, inside exactly one workspace.
 */
export type Access = 'public' | 'anyone' | 'instance' | Scope

/** The eight stages, and `govern` and `jobs` across them: tags of the OpenAPI document. */
export const STAGES = [
  'collect',
  'identify',
  'store',
  'tag',
  'segment',
  'understand',
  'reach',
  'measure',
  'govern',
  'jobs',
] as const
export type Stage = (typeof STAGES)[number]

/** One endpoint as plain data: the server binds it to a handler, clients call it, `openapi.ts` prints it. */
export interface EndpointSpec {
  /** Operation id, camelCase verb + noun; unique. */
  readonly id: string
  readonly stage: Stage
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api/v1, parameters in braces: `/jobs/{id}`. */
  readonly path: `/${string}`
  readonly summary: { readonly zh: string; readonly en: string }
  readonly access: Access
  /** Strings of the path; coerce numbers. */
  readonly params?: z.ZodObject
  /** Strings of the query; a repeated name arrives as an array; coerce numbers. */
  readonly query?: z.ZodObject
  /** JSON body; use strictObject, so that a misspelt field is refused. */
  readonly body?: z.ZodType
  /** The body is bytes handed to the handler as a stream, of these media types. Excludes `body`. */
  readonly bodyStream?: {
    readonly mediaTypes: readonly string[]
    readonly about: { readonly zh: string; readonly en: string }
  }
  /** Largest accepted body in bytes, after decompression; default 10 MiB for JSON, none for streams. */
  readonly bodyLimit?: number
  /**
   * The body holds many items that the handler judges one by one: hostile keys and deep nesting inside of one are its
   * own fault and do not refuse the others.
   */
  readonly itemised?: boolean
  /** JSON answer; absent: no content, or `responseStream`. */
  readonly response?: z.ZodType
  /** The answer is a stream of one of these media types. Excludes `response`. */
  readonly responseStream?: { readonly mediaTypes: readonly string[] }
  readonly status?: 200 | 201 | 202 | 204
  /** Codes beyond those every endpoint may answer with (`COMMON_ERRORS`). */
  readonly errors: readonly ErrorCode[]
  /** A POST that creates or starts something: honours the header Idempotency-Key. */
  readonly idempotent?: boolean
}

/** Codes every endpoint may answer with. */
export const COMMON_ERRORS = [
  'REQUEST_INVALID',
  'ENGINE_UNAVAILABLE',
  'SHUTTING_DOWN',
  'INTERNAL',
] as const satisfies readonly ErrorCode[]

/** Declares an endpoint; keeps the exact types of its schemas. */
export function endpoint<const Spec extends EndpointSpec>(spec: Spec): Spec {
  return spec
}

type Part<Spec, Name extends string> = Spec extends { readonly [key in Name]: infer Schema } ? Schema : undefined
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** What a handler gets: the validated parts; a part the endpoint does not declare is undefined. */
export interface HandlerInput<Spec> {
  readonly params: Output<Part<Spec, 'params'>>
  readonly query: Output<Part<Spec, 'query'>>
  readonly body: Output<Part<Spec, 'body'>>
}
/** What a handler returns and a client receives; undefined when the endpoint answers nothing or a stream. */
export type ResponseOf<Spec> = Output<Part<Spec, 'response'>>

type CallPart<Spec, Name extends string> = Spec extends { readonly [key in Name]: infer Schema extends z.ZodType }
  ? Record<never, never> extends z.input<Schema>
    ? { readonly [key in Name]?: z.input<Schema> }
    : { readonly [key in Name]: z.input<Schema> }
  : unknown
/** What a client passes: the declared parts, before defaults and coercion. */
export type CallInput<Spec> = CallPart<Spec, 'params'> & CallPart<Spec, 'query'> & CallPart<Spec, 'body'>
