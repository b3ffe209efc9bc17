// The agent's NonInteractiveCommands plugin: a program without a shell, a terminal or input.
//
// The stock document collects stdout and stderr in one file and sends it after the end, with no exit code. A document
// with separateOutputStream=true streams stdout as Output and stderr as StdErr, then `EXIT_CODE: n`.
// Source: specification §7.2; transcripts non-interactive-command-exit-code and separate-output-command.

import { spawn, type ChildProcess } from 'node:child_process'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { asError } from '../../../shared/errors'
import { PayloadType } from '../../ssm/codec/message'
import type { Handled, Plugin, PluginSession, SessionPlan } from '../agent/plugin'
import { Sandbox, signalGroup, type Place } from './processes'
import { Pump } from '../agent/pump'
import { splitWords } from '../api/words'

const CONTROL_C = 0x03
const CONTROL_BACKSLASH = 0x1c
/** How Go reports a program that a signal ended. */
const KILLED_BY_SIGNAL = -1

type CommandPlan = Extract<SessionPlan, { readonly kind: 'command' }>

function outcomeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? KILLED_BY_SIGNAL))
  })
}

/** Runs one command until it ends or is disposed. */
export class CommandPlugin implements Plugin {
  readonly #session: PluginSession
  readonly #plan: CommandPlan
  readonly #pumps: Pump[] = []
  readonly #streams: Readable[] = []
  readonly #running: Promise<void>
  #child: ChildProcess | undefined
  #sandbox: Place | undefined
  #isDisposed = false
  /** Where a container keeps a program; this computer finds its own. */
  #find: (word: string) => string = (word) => word

  constructor(session: PluginSession, plan: CommandPlan) {
    this.#session = session
    this.#plan = plan
    this.#running = this.#run()
  }

  // Of its input only these two bytes have an effect; sizes and other payloads are ignored.
  receive(payloadType: number, payload: Buffer): Handled {
    const pid = this.#child?.pid
    if (payloadType !== PayloadType.output || pid === undefined) return 'handled'
    if (payload.includes(CONTROL_C)) signalGroup(pid, 'SIGINT')
    else if (payload.includes(CONTROL_BACKSLASH)) signalGroup(pid, 'SIGQUIT')
    return 'handled'
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true
    for (const pump of this.#pumps) pump.dispose()
    for (const stream of this.#streams) stream.destroy()
    await this.#sandbox?.dispose()
    await this.#running
    await this.#sandbox?.dispose()
  }

  async #run(): Promise<void> {
    try {
      const container = await this.#session.computer.container?.()
      this.#find = (word) => (container === undefined ? word : (container.find(word) ?? word))
      this.#sandbox = container?.enter() ?? (await Sandbox.create(this.#session.settings.folder))
      if (this.#isDisposed) return
      await (this.#plan.hasSeparateOutput ? this.#runSeparate(this.#sandbox) : this.#runMerged(this.#sandbox))
      this.#finish({ status: 'Success', output: '' })
    } catch (error) {
      const message = this.#wordsFor(asError(error))
      if (this.#plan.hasSeparateOutput) this.#session.send(PayloadType.exitCode, Buffer.from('EXIT_CODE: 1'))
      this.#session.send(PayloadType.stdErr, Buffer.from(message))
      this.#finish({ status: 'Failed', output: message })
    }
  }

  // The words of Go's os/exec.
  #wordsFor(error: Error): string {
    const isMissing = 'code' in error && error.code === 'ENOENT'
    const [file = ''] = splitWords(this.#plan.command) ?? []
    return isMissing ? `exec: "${file}": executable file not found in $PATH` : error.message
  }

  // Not from within `dispose`, which waits for `#run`.
  #finish(end: { readonly status: 'Success' | 'Failed'; readonly output: string }): void {
    if (!this.#isDisposed) setImmediate(() => this.#session.finish(end))
  }

  async #runMerged(sandbox: Place): Promise<void> {
    // One open file for both, so that the kernel keeps their order; without a name, so that the command does not meet it.
    const path = join(sandbox.folder, '.output')
    await using file = await open(path, 'w+')
    await unlink(path)
    // Disposed meanwhile: a command that starts now would never be killed.
    if (this.#isDisposed) return
    await outcomeOf(this.#start(sandbox, file.fd))
    if (!this.#isDisposed) await this.#send(file.createReadStream({ start: 0 }), PayloadType.output)
  }

  async #runSeparate(sandbox: Place): Promise<void> {
    const child = this.#start(sandbox, 'pipe')
    const outcome = outcomeOf(child)
    // Both are awaited together: a program that cannot start never ends its streams.
    const streams = [
      child.stdout === null ? undefined : this.#send(child.stdout, PayloadType.output),
      child.stderr === null ? undefined : this.#send(child.stderr, PayloadType.stdErr),
    ]
    const [exitCode] = await Promise.all([outcome, ...streams])
    this.#session.send(PayloadType.exitCode, Buffer.from(`EXIT_CODE: ${exitCode}`))
  }

  #start(sandbox: Place, output: number | 'pipe'): ChildProcess {
    const [file, ...words] = splitWords(this.#plan.command) ?? []
    if (file === undefined) throw new Error(`"${this.#plan.command}" is not a command line.`)
    const child = spawn(this.#find(file), words, {
      cwd: sandbox.folder,
      env: { ...sandbox.environment },
      stdio: ['ignore', output, output],
      // Its own process group, so that a signal reaches what it started.
      detached: true,
    })
    const { pid } = child
    if (pid !== undefined) {
      sandbox.add(pid)
      child.once('exit', () => sandbox.forget(pid))
    }
    this.#child = child
    return child
  }

  // Sends a stream to its end; resolves also when the plugin is disposed.
  async #send(stream: Readable, payloadType: number): Promise<void> {
    const pump = new Pump(this.#session, {
      payloadType,
      isPaced: this.#session.settings.isPaced,
      onRoom: () => stream.resume(),
    })
    this.#pumps.push(pump)
    this.#streams.push(stream)
    pump.start()
    await new Promise<void>((resolve) => {
      stream.on('data', (chunk: Buffer) => {
        if (!pump.write(chunk)) stream.pause()
      })
      stream.once('error', () => resolve())
      stream.once('close', () => resolve())
    })
    await pump.flushed()
  }
}
