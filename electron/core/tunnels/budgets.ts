// What every forward and terminal of one process shares: memory for bytes that slow programs do not read (ssm/port/budget.ts), and
// descriptors for local connections.
//
// A local connection costs one descriptor of this process. Without one left, sessions cannot be resumed, files not be written
// and connections not be accepted: so some stay reserved, and a connection that is one too many is refused with its reason.

import type { Socket } from 'node:net'
import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { ReceiveBudget } from '../../ssm/port/budget'

// For listeners, sessions, windows, files and calls to AWS.
const RESERVED_FILES = 64

// Below so low a limit a forward still carries something.
const MIN_CONNECTIONS = 8

// Where the system names no limit, as on Windows.
const MAX_WITHOUT_LIMIT = 10_000

/** The budgets of one process: made once, by its composition root, and handed to every environment. */
export interface Budgets {
  readonly receive: ReceiveBudget
  readonly connections: ConnectionBudget
}

/** Makes the budgets of this process. Reads the limit of open files, once. */
export function processBudgets(): Budgets {
  return { receive: new ReceiveBudget(), connections: new ConnectionBudget(openFilesLimit()) }
}

/** How many local connections one process carries and holds at a time, all forwards together. */
export class ConnectionBudget {
  /** How many there may be. */
  readonly max: number
  readonly #openFiles: number | undefined
  #taken = 0

  /** `openFiles` is the system's limit for this process; undefined where it names none. */
  constructor(openFiles: number | undefined) {
    this.#openFiles = openFiles
    this.max = openFiles === undefined ? MAX_WITHOUT_LIMIT : Math.max(MIN_CONNECTIONS, openFiles - RESERVED_FILES)
  }

  /** Counts `socket` until it is closed. False when there are as many as there may be: then it is not counted. */
  admit(socket: Socket): boolean {
    if (this.#taken >= this.max) return false
    this.#taken += 1
    socket.once('close', () => {
      this.#taken -= 1
    })
    return true
  }

  /** The error of a connection that was not admitted: `connection-limit`. */
  refusal(): AppError {
    const limit =
      this.#openFiles === undefined
        ? `Culvert takes ${this.max} local connections at a time: one more was refused. Close some and try again.`
        : `Culvert takes ${this.max} local connections at a time, because this system allows it ${this.#openFiles} open files: one more was refused. Close some, or raise that limit (ulimit -n) and start Culvert again.`
    return new AppError('connection-limit', limit)
  }
}

const report = z.object({
  userLimits: z.object({ open_files: z.object({ soft: z.union([z.number(), z.literal('unlimited')]) }) }),
})

/** The soft limit of open files of this process. Undefined without one, and on Windows, whose reports have no limits. */
function openFilesLimit(): number | undefined {
  const { report: reporter } = process
  if (reporter === undefined) return undefined
  const excludeNetwork: unknown = Reflect.get(reporter, 'excludeNetwork')
  try {
    // Otherwise Node asks the resolver for the names of all peers, and waits for it. Older versions ignore it.
    Object.assign(reporter, { excludeNetwork: true })
    const soft = report.safeParse(reporter.getReport()).data?.userLimits.open_files.soft
    return soft === 'unlimited' ? undefined : soft
  } catch {
    return undefined
  } finally {
    Object.assign(reporter, { excludeNetwork })
  }
}
