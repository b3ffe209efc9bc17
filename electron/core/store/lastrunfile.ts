// The forwards and terminals of the last run, which the next start brings back: lastrun.json, version 1.
//
// Holds names, ids and times only: no output of a shell, no bytes of a connection, and no title that a far end has set.

import { join } from 'node:path'
import * as z from 'zod'
import { environmentRef, forwardFields } from '../../../shared/schemas'
import type { ForwardTarget } from '../../../shared/model/forward'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { TerminalView } from '../../../shared/model/terminal'
import { openJsonFile, type JsonFile } from './jsonfile'

/** The longest name that is kept. Those of AWS have 256 characters. */
export const MAX_KEPT_NAME = 300

/** A saved forward as it was left. */
export interface KeptForward {
  readonly id: string
  readonly isOn: boolean
  /** Epoch ms of when a person turned it on. Its time limit counts from then. */
  readonly onSinceAt: number
  /** See `ForwardView`. */
  readonly lastUpAt?: number
  /** Whether a person has read that web pages can reach its port. */
  readonly isNoted: boolean
}

/** A terminal that a person has not closed. */
interface KeptTerminal {
  readonly instance: TerminalView['instance']
  /** The set that its host is chosen from. */
  readonly target?: ForwardTarget
  readonly environment: EnvironmentRef
  readonly environmentName: string
}

/** The content of lastrun.json. */
export interface LastRunData {
  readonly forwards: readonly KeptForward[]
  /** In the order of their tabs. */
  readonly terminals: readonly KeptTerminal[]
}

const id = z.string().min(1).max(200)
const name = z.string().max(MAX_KEPT_NAME)
const moment = z.number().nonnegative()

const lastRun = z.strictObject({
  forwards: z.array(
    z.strictObject({
      id,
      isOn: z.boolean(),
      onSinceAt: moment,
      lastUpAt: moment.exactOptional(),
      isNoted: z.boolean(),
    }),
  ),
  terminals: z.array(
    z.strictObject({
      instance: z.strictObject({ id, name }),
      target: forwardFields.target.exactOptional(),
      environment: environmentRef,
      environmentName: name,
    }),
  ),
})

/** Opens the file of a data directory. Throws `data-directory`. */
export function openLastRunFile(directory: string): Promise<JsonFile<LastRunData>> {
  return openJsonFile<LastRunData>({
    path: join(directory, 'lastrun.json'),
    version: 1,
    schema: lastRun,
    empty: { forwards: [], terminals: [] },
    migrations: {},
  })
}
