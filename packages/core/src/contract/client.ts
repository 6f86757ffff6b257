import type { z } from 'zod'
import type { CallInput, EndpointSpec, ResponseOf } from './endpoint.js'
import { ErrorShape } from './error-shape.js'

/** The part of `fetch` that a client needs. */
export type FetchLike = (
  url: string,
  init: {
    method: string
    headers: Record<string, string>
    body?: BodyLike
    duplex?: 'half'
    signal?: AbortSignal
  },
) => Promise<ResponseLike>
/** What may be sent as a body: text, bytes or an async sequence of bytes. */
export type BodyLike = string | Uint8Array | AsyncIterable<Uint8Array>
interface ResponseLike {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
  text(): Promise<string>
}

export interface ClientOptions {
  /** Such as http://127.0.0.1:7411; a path before /api is kept. */
  readonly address: string
  readonly token?: string | undefined
  /** Slug; not needed with an API key or a single workspace. */
  readonly workspace?: string | undefined
  readonly language: 'zh' | 'en'
  readonly fetch: FetchLike
  readonly signal?: AbortSignal | undefined
}

/** Per call, beside the parts the endpoint declares. */
export interface CallOptions {
  readonly idempotencyKey?: string
  /** Body of an endpoint that takes a stream. */
  readonly bodyStream?: { readonly contentType: string; readonly body: BodyLike; readonly contentLength?: number }
  readonly signal?: AbortSignal
}

/** A refusal as the server said it. */
export class ApiError extends Error {
  readonly code: string
  readonly action: string
  readonly status: number
  readonly issues: readonly {
    readonly pointer: string
    readonly message: string
    readonly didYouMean?: string | undefined
  }[]
  readonly requestId: string
  readonly retryable: boolean
  readonly retryAfterSeconds: number | null

  constructor(status: number, { error }: ErrorShape, retryAfterSeconds: number | null) {
    super(error.message)
    this.name = 'ApiError'
    this.code = error.code
    this.action = error.action
    this.status = status
    this.issues = error.issues ?? []
    this.requestId = error.requestId
    this.retryable = error.retryable
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Calls endpoints of the contract; every type comes from their schemas. */
export interface Client {
  /** @throws ApiError as the server answered */
  call<Spec extends EndpointSpec>(
    endpoint: Spec,
    ...input: Record<never, never> extends CallInput<Spec>
      ? [input?: CallInput<Spec> & CallOptions]
      : [input: CallInput<Spec> & CallOptions]
  ): Promise<ResponseOf<Spec>>
  /** The same for an endpoint that answers with a stream. */
  stream<Spec extends EndpointSpec>(
    endpoint: Spec,
    input: CallInput<Spec> & CallOptions,
  ): Promise<{
    readonly contentType: string
    readonly fileName: string | null
    readonly body: AsyncIterable<Uint8Array>
  }>
  /** Any request below the address, for what the contract does not type. */
  raw(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }>
}

/** A client of one server; pure but for the given `fetch`. */
export function makeClient(options: ClientOptions): Client {
  const base = options.address.replace(/\/+$/, '')
  const request = async (method: string, path: string, input: AnyCall) => {
    const headers: Record<string, string> = { accept: '*/*', 'accept-language': options.language }
    if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
    if (options.workspace !== undefined) headers['tagtree-workspace'] = options.workspace
    if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey
    if (input.body !== undefined) headers['content-type'] = 'application/json'
    if (input.bodyStream) headers['content-type'] = input.bodyStream.contentType
    if (input.bodyStream?.contentLength !== undefined)
      headers['content-length'] = String(input.bodyStream.contentLength)
    const body = input.bodyStream?.body ?? (input.body === undefined ? undefined : JSON.stringify(input.body))
    const signal = input.signal ?? options.signal
    return options.fetch(`${base}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(input.bodyStream ? { duplex: 'half' as const } : {}),
      ...(signal === undefined ? {} : { signal }),
    })
  }
  const send = async (endpoint: EndpointSpec, input: AnyCall) => {
    const response = await request(endpoint.method, pathOf(endpoint, input), input)
    if (response.status >= 400) throw await refusal(response)
    return response
  }
  return {
    async call(endpoint, ...[input]) {
      const response = await send(endpoint, (input ?? {}) as AnyCall)
      const text = await response.text()
      // The server has checked the answer against the same schema.
      return (endpoint.response === undefined ? undefined : JSON.parse(text)) as never
    },
    async stream(endpoint, input) {
      const response = await send(endpoint, input as AnyCall)
      return {
        contentType: response.headers.get('content-type') ?? 'application/octet-stream',
        fileName: fileNameOf(response.headers.get('content-disposition')),
        body: response.body ?? nothing(),
      }
    },
    async raw(method, path, body) {
      const response = await request(method, path.startsWith('/') ? path : `/api/v1/${path}`, { body })
      return { status: response.status, text: await response.text() }
    },
  }
}

type AnyCall = CallOptions & {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

function pathOf(endpoint: EndpointSpec, { params = {}, query = {} }: AnyCall): string {
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_hole, name: string) => encodeURIComponent(String(params[name])))
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((item) => item !== undefined)
      .map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(String(item))}`),
  )
  return `/api/v1${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`
}

async function refusal(response: ResponseLike): Promise<ApiError> {
  const text = await response.text()
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(seconds) ? seconds : null
  const shape: z.ZodSafeParseResult<ErrorShape> = ErrorShape.safeParse(parsed(text))
  if (shape.success) return new ApiError(response.status, shape.data, retryAfter)
  // Something between us and the server answered.
  const foreign: ErrorShape = {
    error: {
      code: 'FOREIGN_ANSWER',
      message: `HTTP ${response.status}: ${text.slice(0, 200)}`,
      action: 'Check the address and what stands between.',
      requestId: '',
      retryable: response.status >= 500,
    },
  }
  return new ApiError(response.status, foreign, retryAfter)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fileNameOf(header: string | null): string | null {
  const match = /filename\*=UTF-8''([^;]+)/i.exec(header ?? '')
  return match ? decodeURIComponent(match[1]!) : null
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
