import type { RecipeModule } from '../frame/recipe-module.js'
import { abandoned } from './abandoned.js'
import { ahp } from './ahp.js'
import { channel } from './channel.js'
import { combine } from './combine.js'
import { frequency } from './frequency.js'
import { learnedTree } from './learned-tree.js'
import { lifecycle } from './lifecycle.js'
import { notAgain } from './not-again.js'
import { occasion } from './occasion.js'
import { preference } from './preference.js'
import { rfmGrid } from './rfm-grid.js'
import { rfmTier } from './rfm-tier.js'
import { rfm8 } from './rfm8.js'
import { rfm11 } from './rfm11.js'
import { scene } from './scene.js'
import { spendingPower } from './spending-power.js'
import { surveyScale } from './survey-scale.js'
import { timePreference } from './time-preference.js'
import { touch } from './touch.js'

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
  frequency: frequency as RecipeModule<never>,
  spending_power: spendingPower as RecipeModule<never>,
  preference: preference as RecipeModule<never>,
  scene: scene as RecipeModule<never>,
  time_preference: timePreference as RecipeModule<never>,
  channel: channel as RecipeModule<never>,
  occasion: occasion as RecipeModule<never>,
  survey_scale: surveyScale as RecipeModule<never>,
  learned_tree: learnedTree as RecipeModule<never>,
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
