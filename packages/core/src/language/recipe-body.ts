import type { Definition, ParsedDefinition, Recipe } from './document.js'
import type { RecipeBody } from './frame/recipe-module.js'
import { isRecipe, recipeOf } from './recipes/recipes.js'

/** The body a recipe makes, or null when this version cannot make it. Pure: parameters in, document out. */
export function expandRecipe(recipe: Recipe): RecipeBody | null {
  if (!isRecipe(recipe.use)) return null
  const { expand } = recipeOf(recipe.use)
  return expand === null ? null : expand(recipe.with ?? {})
}

/** The definition with its recipe's body beside the recipe; null for journeys and recipes of later versions. */
export function withBody(definition: ParsedDefinition): Definition | null {
  if (definition.kind === 'journey') return null
  if ('assign' in definition || 'where' in definition || 'value' in definition || 'root' in definition) {
    return definition as Definition
  }
  const body = definition.recipe === undefined ? null : expandRecipe(definition.recipe)
  return body === null ? null : ({ ...body, ...definition } as Definition)
}
