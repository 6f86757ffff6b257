import type { RecipeModule } from '../frame/recipe-module.js'
import { abandoned, ahp, combine, notAgain, openTag, rfmTier, touch } from './later.js'
import { lifecycle } from './lifecycle.js'
import { rfmGrid } from './rfm-grid.js'
import { rfm8 } from './rfm8.js'
import { rfm11 } from './rfm11.js'

/** Every recipe by the name documents use. */
export const RECIPES = {
  rfm8: rfm8 as RecipeModule<never>,
  rfm_grid: rfmGrid as RecipeModule<never>,
  rfm11: rfm11 as RecipeModule<never>,
  lifecycle: lifecycle as RecipeModule<never>,
  rfm_tier: rfmTier as RecipeModule<never>,
  touch: touch as RecipeModule<never>,
  combine: combine as RecipeModule<never>,
  abandoned: abandoned as RecipeModule<never>,
  not_again: notAgain as RecipeModule<never>,
  ahp: ahp as RecipeModule<never>,
  frequency: openTag as RecipeModule<never>,
  spending_power: openTag as RecipeModule<never>,
  preference: openTag as RecipeModule<never>,
  scene: openTag as RecipeModule<never>,
  time_preference: openTag as RecipeModule<never>,
  channel: openTag as RecipeModule<never>,
  occasion: openTag as RecipeModule<never>,
  survey_scale: openTag as RecipeModule<never>,
} as const satisfies Record<string, RecipeModule<never>>

export type RecipeName = keyof typeof RECIPES

/** Whether a recipe of this name exists. */
export function isRecipe(name: string): name is RecipeName {
  return Object.hasOwn(RECIPES, name)
}

/** The recipe of a name, its parameters untyped: they were read by its own schema. */
export function recipeOf(name: RecipeName): RecipeModule<unknown> {
  return RECIPES[name] as unknown as RecipeModule<unknown>
}
