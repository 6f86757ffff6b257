import { z } from 'zod'
import { ERRORS, type ErrorCode } from '../kernel/errors.js'
import { COMMON_ERRORS, type EndpointSpec, STAGES } from './endpoint.js'
import { ErrorShape } from './error-shape.js'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { [key: string]: Json }

/** An OpenAPI 3.1 document; plain JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: JsonObject
  readonly servers: readonly JsonObject[]
  readonly tags: readonly JsonObject[]
  readonly security: readonly JsonObject[]
  readonly paths: Readonly<Record<string, JsonObject>>
  readonly components: { readonly schemas: JsonObject; readonly [section: string]: JsonObject }
}

/** Prints endpoints as an OpenAPI 3.1 document; paths are below /api/v1. */
export function printOpenApi(endpoints: readonly EndpointSpec[], version: string): OpenApiDocument {
  const schemas = new Components()
  const paths: Record<string, JsonObject> = {}
  for (const spec of endpoints) {
    const path = paths[spec.path] ?? {}
    path[spec.method.toLowerCase()] = operation(spec, schemas)
    paths[spec.path] = path
  }
  const used = new Set<string>(endpoints.map((spec) => spec.stage))
  const errorSchema = schemas.reference(ErrorShape, 'output', 'error')
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tagtree',
      version,
      description:
        'Everything the product does. Sign in with POST /login or send an API key as a bearer token. ' +
        'Every refusal has the shape Error; docs/errors.md lists the codes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    tags: STAGES.filter((stage) => used.has(stage)).map((name) => ({ name })),
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      schemas: schemas.all(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a session token' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'tagtree_session' },
      },
      parameters: {
        Workspace: {
          name: 'Tagtree-Workspace',
          in: 'header',
          required: false,
          schema: { type: 'string' },
          description: 'Slug of the workspace; not needed with an API key or when there is only one.',
        },
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          schema: { type: 'string', minLength: 1, maxLength: 200 },
          description: 'A repeated request with the same key is answered from the first one, for 24 hours.',
        },
      },
      responses: {
        Error: {
          description: 'The request was refused or failed',
          content: { 'application/json': { schema: errorSchema } },
        },
      },
    },
  }
}

function operation(spec: EndpointSpec, schemas: Components): JsonObject {
  const inWorkspace = !['public', 'anyone', 'instance'].includes(spec.access)
  const codes = errorCodes(spec)
  const result: JsonObject = {
    operationId: spec.id,
    tags: [spec.stage],
    summary: `${spec.summary.en} · ${spec.summary.zh}`,
    description: `Access: ${spec.access}. Errors: ${codes.join(', ')}.`,
    parameters: [
      ...(inWorkspace ? [{ $ref: '#/components/parameters/Workspace' }] : []),
      ...(spec.idempotent ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
      ...parameters(spec, 'path', schemas),
      ...parameters(spec, 'query', schemas),
    ],
    responses: responses(spec, codes, schemas),
  }
  if (spec.access === 'public') result.security = []
  if (spec.body) {
    result.requestBody = {
      required: true,
      content: { 'application/json': { schema: schemas.reference(spec.body, 'input', `${spec.id}_body`) } },
    }
  }
  if (spec.bodyStream) {
    const schema: JsonObject = { type: 'string', format: 'binary' }
    result.requestBody = {
      required: true,
      description: `${spec.bodyStream.about.en} · ${spec.bodyStream.about.zh}`,
      content: Object.fromEntries(spec.bodyStream.mediaTypes.map((type) => [type, { schema }])),
    }
  }
  return result
}

function responses(spec: EndpointSpec, codes: readonly ErrorCode[], schemas: Components): JsonObject {
  const status = String(successStatus(spec))
  const success: JsonObject = { description: 'Done' }
  if (spec.response) {
    success.content = {
      'application/json': { schema: schemas.reference(spec.response, 'output', `${spec.id}_response`) },
    }
  }
  if (spec.responseStream) {
    const schema: JsonObject = { type: 'string', format: 'binary' }
    success.content = Object.fromEntries(spec.responseStream.mediaTypes.map((type) => [type, { schema }]))
  }
  const failures = [...new Set(codes.map((code) => String(ERRORS[code].status)))].sort()
  return {
    [status]: success,
    ...Object.fromEntries(failures.map((code) => [code, { $ref: '#/components/responses/Error' }])),
  }
}

/** HTTP status of a successful answer. */
export function successStatus(spec: EndpointSpec): number {
  return spec.status ?? (spec.response || spec.responseStream ? 200 : 204)
}

function errorCodes(spec: EndpointSpec): readonly ErrorCode[] {
  const idempotency: readonly ErrorCode[] = spec.idempotent
    ? ['IDEMPOTENCY_KEY_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'REQUEST_IN_PROGRESS']
    : []
  return [...new Set([...spec.errors, ...idempotency, ...COMMON_ERRORS])]
}

function parameters(spec: EndpointSpec, place: 'path' | 'query', schemas: Components): JsonObject[] {
  const shape = place === 'path' ? spec.params : spec.query
  if (!shape) return []
  const schema = schemas.inline(shape, 'input', `${spec.id}_${place}`)
  const required = new Set(schema.required as readonly string[] | undefined)
  return Object.entries((schema.properties ?? {}) as JsonObject).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.has(name),
    schema: property,
  }))
}

/** The named schemas of a document. A name is the schema's registered id; where input and output differ, `…Input`. */
class Components {
  readonly #schemas = new Map<string, JsonObject>()

  all(): JsonObject {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The schema as JSON Schema; its named parts become references. `owner` names its anonymous recursive parts. */
  reference(schema: z.ZodType, io: 'input' | 'output', owner: string): JsonObject {
    // Inside a wrapper every named or recursive part, the root too, comes out under $defs.
    const whole = z.toJSONSchema(z.object({ root: schema }), { io, unrepresentable: 'any' })
    const wrapped = JSON.parse(JSON.stringify(whole)) as JsonObject
    const definitions = (wrapped.$defs ?? {}) as Record<string, JsonObject>
    const names = new Map<string, string>()
    for (const [key, definition] of Object.entries(definitions)) {
      names.set(key, this.#nameOf(key.startsWith('__') ? `${owner}${key}` : key, definition, io))
    }
    for (const [key, definition] of Object.entries(definitions)) {
      this.#schemas.set(names.get(key)!, rename(definition, names) as JsonObject)
    }
    return rename((wrapped.properties as JsonObject).root!, names) as JsonObject
  }

  /** The same without making the root a reference; for parameter lists. */
  inline(schema: z.ZodType, io: 'input' | 'output', owner: string): JsonObject {
    const root = this.reference(schema, io, owner)
    if (typeof root.$ref !== 'string') return root
    return this.#schemas.get(root.$ref.slice('#/components/schemas/'.length)) as JsonObject
  }

  #nameOf(key: string, definition: JsonObject, io: 'input' | 'output'): string {
    const known = this.#schemas.get(key)
    if (known === undefined) return key
    const same = JSON.stringify(known) === JSON.stringify(rename(definition, new Map()))
    return same ? key : `${key}${io === 'input' ? 'Input' : 'Output'}`
  }
}

/** Points `$defs` references at the components and drops the bookkeeping keys. */
function rename(node: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(node)) return node.map((item) => rename(item, names))
  if (typeof node !== 'object' || node === null) return node
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === '$defs' || key === '$schema' || (key === 'id' && typeof value === 'string' && 'type' in node)) continue
    if (key === '$ref' && typeof value === 'string') {
      const name = value.slice('#/$defs/'.length)
      result.$ref = `#/components/schemas/${names.get(name) ?? name}`
    } else {
      result[key] = rename(value, names)
    }
  }
  return result
}
