/**
 * Sets of profiles as an expression over stored bitmaps. `leaf` names one bitmap of the pass by its index;
 * andNot is left minus right.
 */
export type BitmapExpression =
  | { readonly kind: 'leaf'; readonly index: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly BitmapExpression[] }
  | { readonly kind: 'andNot'; readonly left: BitmapExpression; readonly right: BitmapExpression }

export const emptySet: BitmapExpression = { kind: 'empty' }

/** Intersection; an empty part makes it empty, no part at all is not a set and not allowed. */
export function intersect(parts: readonly BitmapExpression[]): BitmapExpression {
  if (parts.some((part) => part.kind === 'empty')) return emptySet
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts }
}

/** Union; of no parts it is empty. */
export function unite(parts: readonly BitmapExpression[]): BitmapExpression {
  const filled = parts.filter((part) => part.kind !== 'empty')
  if (filled.length === 0) return emptySet
  return filled.length === 1 ? filled[0]! : { kind: 'or', parts: filled }
}

/** left minus right. */
export function subtract(left: BitmapExpression, right: BitmapExpression): BitmapExpression {
  if (left.kind === 'empty' || right.kind === 'empty') return left
  return { kind: 'andNot', left, right }
}

/** Leaves an expression is made of. */
export function leavesOf(expression: BitmapExpression): ReadonlySet<number> {
  switch (expression.kind) {
    case 'leaf':
      return new Set([expression.index])
    case 'empty':
      return new Set()
    case 'and':
    case 'or':
      return new Set(expression.parts.flatMap((part) => [...leavesOf(part)]))
    case 'andNot':
      return new Set([...leavesOf(expression.left), ...leavesOf(expression.right)])
  }
}

/** The expression as ClickHouse text; leaf i is the column b<i>. */
export function printBitmapExpression(expression: BitmapExpression): string {
  switch (expression.kind) {
    case 'leaf':
      return `b${expression.index}`
    case 'empty':
      return 'bitmapBuild(CAST([] AS Array(UInt32)))'
    case 'and':
      return fold('bitmapAnd', expression.parts)
    case 'or':
      return fold('bitmapOr', expression.parts)
    case 'andNot':
      return `bitmapAndnot(${printBitmapExpression(expression.left)}, ${printBitmapExpression(expression.right)})`
  }
}

function fold(name: string, parts: readonly BitmapExpression[]): string {
  return parts.map(printBitmapExpression).reduce((left, right) => `${name}(${left}, ${right})`)
}
