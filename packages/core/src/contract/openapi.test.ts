import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint } from './endpoint.js'
import { ENDPOINTS } from './endpoints.js'
import { printOpenApi } from './openapi.js'

describe('the OpenAPI document', () => {
  const document = printOpenApi(ENDPOINTS, '0.0.0')

  it('lists every endpoint of the contract once, each with its own operation id', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(operations.sort()).toEqual(ENDPOINTS.map((spec) => `${spec.method} ${spec.path}`).sort())
    expect(new Set(ENDPOINTS.map((spec) => spec.id)).size).toBe(ENDPOINTS.length)
  })

  it('has no reference that leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1]!)
    expect(references.length).toBeGreaterThan(20)
    for (const reference of references) {
      let at: unknown = document
      for (const step of reference.split('/')) at = (at as Record<string, unknown> | undefined)?.[step]
      expect(at, reference).toBeTypeOf('object')
    }
    expect(JSON.stringify(document)).not.toContain('$defs')
  })

  it('declares every parameter of a path, and only those', () => {
    for (const spec of ENDPOINTS) {
      const inPath = [...spec.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
      expect(Object.keys(spec.params?.shape ?? {}).sort(), spec.id).toEqual(inPath.sort())
      expect(Boolean(spec.body) && Boolean(spec.bodyStream), spec.id).toBe(false)
      expect(Boolean(spec.response) && Boolean(spec.responseStream), spec.id).toBe(false)
    }
  })

  it('keeps recursive and input-only shapes apart by name', () => {
    interface Node {
      kids: Node[]
    }
    const Tree: z.ZodType<Node> = z.lazy(() => z.object({ kids: z.array(Tree) }))
    const Filled = z.object({ size: z.number().default(1) }).register(z.globalRegistry, { id: 'FilledOnlyHere' })
    const printed = printOpenApi(
      [
        endpoint({
          id: 'try',
          stage: 'tag',
          method: 'POST',
          path: '/try',
          summary: { zh: '试', en: 'Try' },
          access: 'read',
          body: z.strictObject({ tree: Tree, filled: Filled }),
          response: z.object({ tree: Tree, filled: Filled }),
          errors: [],
        }),
      ],
      '0',
    )
    const names = Object.keys(printed.components.schemas)
    expect(names).toContain('FilledOnlyHere')
    expect(names.filter((name) => name.startsWith('FilledOnlyHere'))).toHaveLength(2)
    expect(names.some((name) => name.startsWith('try_body__'))).toBe(true)
  })
})
