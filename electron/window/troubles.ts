// Journal lines for troubles around the window: a helper process of Chromium that is gone, a page that hangs, a missing sandbox. Pure.

import type { JournalEntry } from '../../shared/model/journal'

/** The part of a journal line that differs between them. */
export type Trouble = Pick<JournalEntry, 'text' | 'facts'>

/** A helper process that is gone, as Electron's `child-process-gone` describes it. */
export interface GoneProcess {
  readonly type: string
  readonly reason: string
  readonly exitCode: number
  readonly serviceName?: string
  readonly name?: string
}

/** Chromium's name for a utility process that runs Node. Our only one is the Demo. */
const NODE_SERVICE = 'node.mojom.NodeService'

const reasons: Readonly<Record<string, string>> = {
  crashed: 'has crashed',
  oom: 'ran out of memory',
  killed: 'was killed',
  'abnormal-exit': 'ended with an error',
  'launch-failed': 'could not be started',
  'integrity-failure': 'failed the check of its code',
  'memory-eviction': 'was ended to free memory',
}

/** A process that crashes over and over is written down once in this time. */
const REPEAT_MS = 60_000

/**
 * The journal line for a helper process that is gone; undefined where nothing is wrong. We end the Demo by killing it, so a killed Demo is
 * no trouble here. If something else has killed it, its environment reports that.
 */
export function goneTrouble({ type, reason, exitCode, serviceName, name }: GoneProcess): Trouble | undefined {
  const isDemo = serviceName === NODE_SERVICE
  if (reason === 'clean-exit' || (isDemo && reason === 'killed')) return undefined
  const what = isDemo ? 'Demo' : (name ?? type)
  return {
    text: `The ${what} process ${reasons[reason] ?? 'is gone'}. Tunnels of AWS environments go on.`,
    facts: { Process: type, Reason: reason, 'Exit code': String(exitCode) },
  }
}

/** The journal line for a page that hangs. */
export function hangTrouble(isDevelopment: boolean): Trouble {
  const next = isDevelopment ? '' : ' It is loaded again if that lasts.'
  return { text: `The window does not answer.${next} Tunnels and terminals go on.` }
}

/** The journal line for a packed app whose Chromium sandbox is off; undefined where it is on. */
export function sandboxTrouble(hasNoSandboxSwitch: boolean, isPackaged: boolean): Trouble | undefined {
  if (!hasNoSandboxSwitch || !isPackaged) return undefined
  return {
    text:
      'The window runs without its sandbox, because Culvert was started so. The AppImage does that where the ' +
      'system forbids unprivileged user namespaces: allow them, and start Culvert again.',
  }
}

/** Lets each text through once a minute. */
export class Repeats {
  readonly #toldAt = new Map<string, number>()

  /** Whether `text` was not let through in the minute before `nowMs`. */
  isNew(text: string, nowMs: number): boolean {
    if (nowMs - (this.#toldAt.get(text) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return false
    this.#toldAt.set(text, nowMs)
    return true
  }
}
