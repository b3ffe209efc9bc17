// The agent's Standard_Stream and InteractiveCommands plugins: a terminal, its output loop and its end.
//
// The program starts at once and is typed to at once; its output is read a second later. When it ends, what it printed
// goes out first. Signals and special keys are bytes like others. Source: specification §7.1, §7.2.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PayloadType } from '../../ssm/codec/message'
import { parseSize } from '../../ssm/codec/payloads'
import type { Handled, Plugin, PluginSession } from '../agent/plugin'
import { openPowerShell } from './powershell'
import { Sandbox } from './processes'
import { isShellLine, loadPty, type OpenTerminal, type Terminal } from './pty'
import { Pump } from '../agent/pump'
import { openScripted } from './scripted'

// A shell that marks its prompts for pasting hides what it prints from programs that read it as text.
const INPUTRC = '$include /etc/inputrc\nset enable-bracketed-paste off\n'

/** Runs a shell (`command` undefined) or one command in a terminal until it ends or is disposed. */
export class TerminalPlugin implements Plugin {
  readonly #session: PluginSession
  readonly #command: string | undefined
  readonly #pump: Pump
  readonly #ready: Promise<void>
  #terminal: Terminal | undefined
  #sandbox: Sandbox | undefined
  #delayTimer: NodeJS.Timeout | undefined
  #isDisposed = false

  constructor(session: PluginSession, command: string | undefined) {
    this.#session = session
    this.#command = command
    this.#pump = new Pump(session, {
      payloadType: PayloadType.output,
      isPaced: session.settings.isPaced,
      isText: true,
      onRoom: () => this.#terminal?.resume(),
    })
    this.#ready = this.#start().catch((error: unknown) => {
      session.finish({ status: 'Failed', output: error instanceof Error ? error.message : String(error) })
    })
    this.#delayTimer = setTimeout(() => this.#pump.start(), session.settings.shellDelayMs)
  }

  receive(payloadType: number, payload: Buffer): Handled {
    const terminal = this.#terminal
    if (terminal === undefined) return 'not-ready'
    switch (payloadType) {
      case PayloadType.output:
        return terminal.write(payload) ?? 'handled'
      case PayloadType.size:
        terminal.resize(parseSize(payload))
        return 'handled'
      default:
        // Flags included: an agent's shell takes no orders by flag (§7.1).
        return 'handled'
    }
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true
    clearTimeout(this.#delayTimer)
    this.#pump.dispose()
    await this.#ready
    await this.#terminal?.dispose()
    await this.#sandbox?.dispose()
  }

  async #start(): Promise<void> {
    const listener = {
      onOutput: (bytes: Buffer) => {
        if (!this.#pump.write(bytes)) this.#terminal?.pause()
      },
      onExit: () => void this.#exited(),
    }
    const container = await this.#session.computer.container?.()
    if (container !== undefined) {
      const line = this.#command ?? 'sh'
      if (this.#isDisposed) return
      if (isShellLine(line) && this.#session.settings.hasBanner) this.#pump.write(this.#banner())
      this.#terminal = await container.open(line, listener)
      return
    }
    const sandbox = await Sandbox.create(this.#session.settings.folder)
    this.#sandbox = sandbox
    if (this.#command === undefined) await writeFile(join(sandbox.folder, '.inputrc'), INPUTRC)
    const open = await this.#way()
    if (this.#isDisposed) return
    if (this.#command === undefined && this.#session.settings.hasBanner) this.#pump.write(this.#banner())
    this.#terminal = open(this.#command, sandbox, listener)
  }

  /** A computer lends its own shell to a Linux instance; a Windows instance gets one that pretends. */
  async #way(): Promise<OpenTerminal> {
    const { computer, settings } = this.#session
    const { name, windows } = computer
    if (windows !== undefined) {
      return (command, _sandbox, listener) => openPowerShell({ name, ...windows }, command, listener)
    }
    return (settings.hasPty ? await loadPty() : undefined) ?? openScripted
  }

  // The output loop ends with what was printed; a session that ends before its first output still says it.
  async #exited(): Promise<void> {
    await this.#pump.flushed()
    this.#session.finish({ status: 'Success', output: '' })
  }

  #banner(): Buffer {
    const { name, windows } = this.#session.computer
    return Buffer.from(
      windows === undefined
        ? `Culvert demo: this shell runs on this computer, in place of ${name}. Nothing here is remote.\r\n`
        : `Culvert demo: a make-believe PowerShell in place of ${name}. It runs nothing. Type help.\r\n`,
    )
  }
}
