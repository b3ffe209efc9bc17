// The diagnostic log under a core: opened before it, closed after it. Does not own the log (store/diagnosticlog.ts).

import type { Diagnose } from '../../shared/diagnostics'
import { toWireError, type WireError } from '../../shared/errors'
import { openDiagnosticLog } from './store/diagnosticlog'

/** The part of a core that is used here. */
interface Noting extends AsyncDisposable {
  note(trouble: { readonly text: string; readonly error: WireError }): void
}

/** The part of a core's options that is used here. */
interface Options {
  readonly dataDirectory: string
  readonly door: string
  readonly env: NodeJS.ProcessEnv
  readonly diagnose?: Diagnose
}

/**
 * Opens a core with `open`, which gets the options with a way into the log where CULVERT_LOG is set. A log that cannot be
 * opened is told in the journal and changes nothing else. Rejects as `open` does.
 */
export async function openDiagnosed<O extends Options, C extends Noting>(
  options: O,
  open: (options: O) => Promise<C>,
): Promise<C> {
  const { dataDirectory: directory, env, door } = options
  let log
  try {
    log = await openDiagnosticLog({ directory, env, door })
  } catch (error) {
    const core = await open(options)
    core.note({ text: 'The diagnostic log cannot be written. Culvert runs without it.', error: toWireError(error) })
    return core
  }
  if (log === undefined) return open(options)
  const { diagnose } = log
  try {
    const core = await open({ ...options, diagnose })
    return {
      ...core,
      [Symbol.asyncDispose]: async () => {
        await core[Symbol.asyncDispose]()
        await log[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await log[Symbol.asyncDispose]()
    throw error
  }
}
