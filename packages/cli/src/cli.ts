import type { Client } from '@tagtree/core/contract/client'
import type { ClientConfig } from '@tagtree/server/config'
import { Command } from 'commander'
import { connect, findTarget, type Target } from './connection.js'
import type { Terminal } from './terminal.js'

/** What every command is given. */
export interface Cli {
  readonly terminal: Terminal
  readonly config: ClientConfig
  /** A text in the terminal's language. */
  text(zh: string, en: string): string
  /** Options before or after the command: --json, --workspace, --server. */
  options(): { readonly json: boolean; readonly workspace?: string; readonly server?: string }
  target(): Target
  /** Client of the server the options, the environment or the data directory name. */
  client(): Client
}

/** Adds one stage's commands to the program. */
export type AddCommands = (program: Command, cli: Cli) => void

/** The program without commands; every text is in the terminal's language. */
export function makeProgram(terminal: Terminal, config: ClientConfig, version: string): { program: Command; cli: Cli } {
  const text = (zh: string, en: string) => (terminal.language === 'zh' ? zh : en)
  const program = new Command('tagtree')
    .description(
      text('标签树命令行：与运行中的服务器对话', 'Tagtree from the command line: talks to the running server'),
    )
    .version(version, '-v, --version', text('打印版本', 'print the version'))
    .option('--json', text('以 JSON 输出', 'print JSON'), false)
    .option('-w, --workspace <slug>', text('使用此工作区', 'use this workspace'))
    .option('--server <address>', text('服务器地址', 'address of the server'))
    .helpOption('-h, --help', text('显示帮助', 'show help'))
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (written) => terminal.out(written.trimEnd()),
      // Errors are printed once, by the caller, in one shape.
      writeErr: () => {},
    })
    .configureHelp({ styleTitle: (title) => text(titles[title] ?? title, title), showGlobalOptions: false })
  const options = () => program.opts<ReturnType<Cli['options']>>()
  const cli: Cli = {
    terminal,
    config,
    text,
    options,
    target: () => findTarget(config, options()),
    client: () => connect(findTarget(config, options()), terminal.language),
  }
  return { program, cli }
}

const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Options:': '选项：',
  'Commands:': '命令：',
  'Arguments:': '参数：',
}
