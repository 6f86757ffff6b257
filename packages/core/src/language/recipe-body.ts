import type { Definition, ParsedDefinition, Recipe } from './document.js'
import type { RecipeBody } from './frame/recipe-module.js'
import { isRecipe, recipeOf } from './recipes/recipes.js'

/** The body a recipe makes; null when there is no such recipe. Pure: parameters in, document out. */
export function expandRecipe(recipe: Recipe): RecipeBody | null {
  if (!isRecipe(recipe.use)) return null
  return recipeOf(recipe.use).expand(recipe.with ?? {})
}

/** The definition with its recipe's body beside the recipe; null for journeys. */
export function withBody(definition: ParsedDefinition): Definition | null {
  if (definition.kind === 'journey') return null
  if ('assign' in definition || 'where' in definition || 'value' in definition || 'root' in definition) {
    return definition as Definition
  }
  const body = definition.recipe === undefined ? null : expandRecipe(definition.recipe)
  return body === null ? null : ({ ...body, ...definition } as Definition)
}
