// Which tasks this computer has started for ephemeral sessions, and which process of it holds each.
//
//   ephemeral-sessions/OPERATION.PROCESS.json     written before RunTask, deleted once the task was told to stop
//
// A file of a dead process is a task that was left behind: the next start of the app ends it. Does not own the ending of tasks.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { codeOf } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { environmentRef } from '../../../shared/schemas'
import { installationInMark } from '../../../shared/sessionmark'
import { isRunning, ownProcess, parseProcessName, type Door, type LedgerProcess } from '../ledger/processname'
import { installationOn, readInstallation } from '../store/installation'
import { readRegular } from '../store/regularfile'

/** Far more than one computer holds; the rest is left to the watchers. */
const MAX_FILES = 1_000
const FILE = /^([0-9a-f]{32})\.(.+)\.json$/

const schema = z.strictObject({
  environment: environmentRef,
  cluster: z.string().min(1).max(255),
  /** A definition of Culvert's own, to be deregistered. */
  definitionArn: z.string().max(2_048).exactOptional(),
})

/** What is written down of a task. */
export type Holding = z.infer<typeof schema> & { readonly environment: EnvironmentRef }

/** A task that a process holds, or has left. */
export interface Held extends Holding {
  readonly operationId: string
  readonly isAlive: boolean
}

/** The files of one data directory. */
export class Holdings {
  readonly #directory: string
  readonly #process: LedgerProcess

  constructor(dataDirectory: string, door: Door) {
    this.#directory = join(dataDirectory, 'ephemeral-sessions')
    this.#process = ownProcess(door)
  }

  /** Writes down a task before it is started, or what has become known of it since. Rejects where the disk takes nothing. */
  async hold(operationId: string, holding: Holding): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    await writeFile(this.#path(operationId, this.#process.name), JSON.stringify(holding), { mode: 0o600 })
  }

  /** Forgets a task of this process. Never rejects: a file that is left is looked at by the next start. */
  async release(operationId: string): Promise<void> {
    await rm(this.#path(operationId, this.#process.name), { force: true }).catch(() => undefined)
  }

  /** Everything that is written down, of all processes. A file that cannot be read is left out. */
  async all(): Promise<readonly Held[]> {
    const names = await readdir(this.#directory).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    })
    const held = await Promise.all(names.slice(0, MAX_FILES).map((name) => this.#read(name)))
    return held.filter((each) => each !== undefined)
  }

  /** Forgets a task that a dead process has left, once it is ended. */
  async forget(operationId: string): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const [, operation, process = ''] = FILE.exec(name) ?? []
      if (operation === operationId && !isAlive(process)) await rm(join(this.#directory, name), { force: true })
    }
  }

  async #read(name: string): Promise<Held | undefined> {
    const [, operationId, process = ''] = FILE.exec(name) ?? []
    if (operationId === undefined) return undefined
    try {
      const bytes = await readRegular(join(this.#directory, name))
      const holding = schema.parse(JSON.parse(bytes?.toString('utf8') ?? ''))
      return { ...holding, operationId, isAlive: isAlive(process) }
    } catch {
      return undefined
    }
  }

  #path(operationId: string, processName: string): string {
    return join(this.#directory, `${operationId}.${processName}.json`)
  }
}

/** This installation on this computer, as tags of tasks have it. Rejects with `data-directory`. */
export async function computerOf(dataDirectory: string, door: Door): Promise<string> {
  return installationInMark(installationOn(await readInstallation(dataDirectory), ownProcess(door).machine))
}

function isAlive(processName: string): boolean {
  const process = parseProcessName(processName)
  return process !== undefined && isRunning(process)
}
