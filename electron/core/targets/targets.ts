// The saved targets of a data directory: sets of hosts with a name and what sessions to them begin with.
//
// Changes run one after the other. Each is checked and written to disk before it takes effect. Names are unique because
// `target:NAME` finds a target by its name. A target that a forward uses cannot be deleted.

import { randomUUID } from 'node:crypto'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { Forward } from '../../../shared/model/forward'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { closingError } from '../async/closing'
import { Queue } from '../async/queue'
import type { JsonFile } from '../store/jsonfile'

// Far more than a person can oversee.
const MAX_TARGETS = 1_000
const MAX_NAMED = 5

/** The fields of a saved target that a person sets. */
export type TargetFields = Omit<SavedTarget, 'id' | 'environment'>

/** What the saved targets need. */
export interface SavedTargetsOptions {
  readonly file: JsonFile<readonly SavedTarget[]>
  /** The saved forwards. */
  readonly forwards: () => readonly Forward[]
  /** Called after each change of the list. */
  readonly changed: () => void
}

/** The saved targets. Disposing waits for the change that is under way; later ones reject with `not-running`. */
export class SavedTargets implements AsyncDisposable {
  readonly #options: SavedTargetsOptions
  readonly #changes = new Queue()
  #isOver = false

  constructor(options: SavedTargetsOptions) {
    this.#options = options
  }

  /** All saved targets, in the order in which they were made. */
  get list(): readonly SavedTarget[] {
    return this.#options.file.value
  }

  /** Saves a new target and resolves with its id. Rejects with `name-taken`, `usage` (too many) and `data-directory`. */
  create(environment: EnvironmentRef, fields: TargetFields): Promise<string> {
    return this.#change(async () => {
      this.#checkName(fields.name, undefined)
      if (this.list.length >= MAX_TARGETS) {
        const count = MAX_TARGETS.toLocaleString('en')
        throw new AppError('usage', `There are ${count} saved targets, which is the most. Delete one first.`)
      }
      const target: SavedTarget = { ...fields, id: randomUUID(), environment }
      await this.#write([...this.list, target])
      return target.id
    })
  }

  /** Changes a saved target. Rejects as `create`, and with `unknown-target`. */
  update(targetId: string, fields: TargetFields): Promise<void> {
    return this.#change(async () => {
      const { id, environment } = this.get(targetId)
      this.#checkName(fields.name, id)
      const target: SavedTarget = { ...fields, id, environment }
      await this.#write(this.list.map((each) => (each.id === id ? target : each)))
    })
  }

  /** Deletes a saved target. Rejects with `usage` where forwards use it, with `unknown-target` and `data-directory`. */
  delete(targetId: string): Promise<void> {
    return this.#change(async () => {
      const { id, name } = this.get(targetId)
      const users = this.#options.forwards().filter(({ target }) => target.kind === 'saved' && target.targetId === id)
      if (users.length > 0) {
        const names = users.slice(0, MAX_NAMED).map((user) => `"${user.name}"`)
        const more = users.length > MAX_NAMED ? ` and ${users.length - MAX_NAMED} more` : ''
        const text = `The target "${name}" is used by ${names.join(', ')}${more}. Give these forwards another target first.`
        throw new AppError('usage', text)
      }
      await this.#write(this.list.filter((each) => each.id !== id))
    })
  }

  /** A saved target by its id. Throws `unknown-target`. */
  get(targetId: string): SavedTarget {
    const found = this.list.find(({ id }) => id === targetId)
    if (found !== undefined) return found
    throw new AppError('unknown-target', 'This saved target was deleted. Choose another one.')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#changes.idle()
  }

  #change<T>(make: () => Promise<T>): Promise<T> {
    if (this.#isOver) return Promise.reject(closingError())
    return this.#changes.run(make)
  }

  async #write(targets: readonly SavedTarget[]): Promise<void> {
    await this.#options.file.write(targets)
    this.#options.changed()
  }

  #checkName(name: string, ownId: string | undefined): void {
    const isTaken = this.list.some((target) => target.name === name && target.id !== ownId)
    if (isTaken) throw new AppError('name-taken', `Another saved target is named "${name}". Choose another name.`)
  }
}
