// The budgets that all forwards and terminals of one process share: memory for bytes that slow programs do not read
// (ssm/port/budget.ts), and descriptors for local connections.
//
// A local connection costs one descriptor of this process. Without a free descriptor no session can be resumed, no file written and
// no connection accepted. So 64 descriptors stay reserved, and a connection beyond the rest is refused with the reason.

import type { Socket } from 'node:net'
import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { ReceiveBudget } from '../../ssm/port/budget'

// For listeners, sessions, windows, files and calls to AWS.
const RESERVED_FILES = 64

// Even under a very low limit a forward carries this many connections.
const MIN_CONNECTIONS = 8

// The limit on systems that report none, such as Windows.
const MAX_WITHOUT_LIMIT = 10_000

/** The budgets of one process. Its composition root makes them once and hands them to every environment. */
export interface Budgets {
  readonly receive: ReceiveBudget
  readonly connections: ConnectionBudget
}

/** Makes the budgets of this process. Reads the limit of open files, once. */
export function processBudgets(): Budgets {
  return { receive: new ReceiveBudget(), connections: new ConnectionBudget(openFilesLimit()) }
}

/** Limits the local connections that all forwards of one process carry and hold at a time. */
export class ConnectionBudget {
  /** The limit. */
  readonly max: number
  readonly #openFiles: number | undefined
  #taken = 0

  /** `openFiles` is the system's limit of open files for this process; undefined if it reports none. */
  constructor(openFiles: number | undefined) {
    this.#openFiles = openFiles
    this.max = openFiles === undefined ? MAX_WITHOUT_LIMIT : Math.max(MIN_CONNECTIONS, openFiles - RESERVED_FILES)
  }

  /** Counts `socket` until it closes and returns true. Returns false, and does not count it, if the limit is reached. */
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

/** The soft limit of open files of this process. Undefined without a limit, and on Windows, whose reports contain no limits. */
function openFilesLimit(): number | undefined {
  const { report: reporter } = process
  if (reporter === undefined) return undefined
  const excludeNetwork: unknown = Reflect.get(reporter, 'excludeNetwork')
  try {
    // Otherwise Node resolves the names of all peers for the report and blocks until it has them. Older versions ignore this.
    Object.assign(reporter, { excludeNetwork: true })
    const soft = report.safeParse(reporter.getReport()).data?.userLimits.open_files.soft
    return soft === 'unlimited' ? undefined : soft
  } catch {
    return undefined
  } finally {
    Object.assign(reporter, { excludeNetwork })
  }
}
