import { productVersion, readClientConfig, terminalLanguage } from '@tagtree/server/config'
import { type AddCommands, makeProgram } from './cli.js'
import { addApiCommand } from './commands/api.js'
import { addAudienceCommands } from './commands/audience.js'
import { addCalendarCommands } from './commands/calendar.js'
import { addCatalogueCommands } from './commands/catalogue.js'
import { addCustomerCommands } from './commands/customer.js'
import { addDemoCommands } from './commands/demo.js'
import { addGovernCommands } from './commands/govern.js'
import { addImportCommands } from './commands/import.js'
import { addJobCommands } from './commands/jobs.js'
import { addListCommands } from './commands/list.js'
import { addMappingCommands } from './commands/mapping.js'
import { addPlanCommands } from './commands/plan.js'
import { addRateCommands } from './commands/rate.js'
import { addSegmentCommands } from './commands/segment.js'
import { addSessionCommands } from './commands/session.js'
import { addTagCommands } from './commands/tag.js'
import { addTagHistoryCommands } from './commands/tag-history.js'
import { addWorkspaceCommands } from './commands/workspace.js'
import { printError } from './print-error.js'
import { processTerminal, type Terminal } from './terminal.js'

/** Every group of commands, in the order of the help; a new stage adds its file here. */
const commands: readonly AddCommands[] = [
  addSessionCommands,
  addWorkspaceCommands,
  addImportCommands,
  addMappingCommands,
  addCalendarCommands,
  addRateCommands,
  addCatalogueCommands,
  addPlanCommands,
  addTagCommands,
  addTagHistoryCommands,
  addSegmentCommands,
  addListCommands,
  addAudienceCommands,
  addCustomerCommands,
  addJobCommands,
  addGovernCommands,
  addDemoCommands,
  addApiCommand,
]

/** Runs one command; answers its exit code. */
export async function runCommandLine(
  words: readonly string[],
  environment?: Readonly<Record<string, string | undefined>>,
  given?: Terminal,
): Promise<number> {
  let terminal = given ?? processTerminal(terminalLanguage(environment))
  try {
    const config = readClientConfig(environment)
    terminal = given ?? processTerminal(config.language)
    const { program, cli } = makeProgram(terminal, config, productVersion())
    for (const add of commands) add(program, cli)
    if (words.length === 0) {
      program.outputHelp()
      return 0
    }
    await program.parseAsync([...words], { from: 'user' })
    return 0
  } catch (error) {
    return printError(terminal, error)
  }
}
