// What the tests of one terminal share: a simulator with real shells, the terminal over it, and its recordings in real files.

import { afterEach, beforeEach, expect } from 'vitest'
import { makeGround, Watched, type Ground } from '../../../e2e/kit/aws/forwards'
import type { RecordingRule } from '../../../shared/model/recording'
import type { TerminalView } from '../../../shared/model/terminal'
import { Ends } from '../async/closing'
import { Captures, type Draining } from '../capture/captures'
import { parseEvent } from '../recordings/cast'
import { makeRecordings } from '../recordings/recordings.kit'
import type { TerminalPlace, TerminalScreen } from './parts'
import { RunningTerminal } from './running'

export let ground: Ground
export let ends: Ends
const made: RunningTerminal[] = []
export const screen: TerminalScreen = { windowId: 'w', size: { cols: 80, rows: 24 } }

/** Makes the simulator for each test, and closes the terminals after it; call it at the top of a test file. */
export function stageTerminals(): void {
  beforeEach(async () => {
    ground = await makeGround()
    ends = new Ends()
  })
  afterEach(async () => {
    await Promise.all(made.splice(0).map((terminal) => terminal.close()))
    await ends.idle()
    expect(ground.stage.active()).toEqual([])
    await ground.close()
  })
}

/** What differs from a terminal on web-2 that a window holds. */
interface TerminalOptions {
  readonly first?: TerminalScreen | 'none'
  readonly place?: Partial<TerminalPlace>
  readonly captures?: Captures
}

/** Makes a terminal, which is not opened yet. */
export function makeTerminal({ first = screen, place = {}, captures }: TerminalOptions = {}) {
  const watched = new Watched()
  const views: TerminalView[] = []
  const output: { offset: number; text: string }[] = []
  let text = ''
  const terminal = new RunningTerminal(
    {
      place: {
        ref: { kind: 'demo' },
        environmentName: 'Demo',
        environment: () => Promise.resolve(ground.stage.environment),
        instance: { id: ground.idOf('web-2'), name: 'web-2' },
        ...place,
      },
      journal: ground.journal,
      now: Date.now,
      captures,
      ends,
      changed: () => {
        views.push(terminal.view)
        watched.tell()
      },
      output: (offset, bytes) => {
        output.push({ offset, text: bytes.toString() })
        text += bytes.toString()
        watched.tell()
      },
    },
    first === 'none' ? undefined : first,
  )
  made.push(terminal)
  const reach = (kind: TerminalView['state']['kind']): Promise<TerminalView> =>
    watched.until(() => terminal.view.state.kind === kind && terminal.view)
  const said = (): string => text
  const shown = (part: string): Promise<boolean> => watched.until(() => text.includes(part))
  return { terminal, views, output, watched, reach, said, shown }
}

/** Makes a terminal whose output is recorded as `rule` says, and drained. */
export async function makeCaptured(rule: RecordingRule, draining?: Draining) {
  const { recordings, clock, dataDirectory, settings } = await makeRecordings()
  const captures = new Captures({
    recorder: recordings,
    ruleOf: () => rule,
    settings: () => ({ userName: 'Jane', userEmail: 'jane@acme.example' }),
    ...(draining === undefined ? {} : { draining }),
  })
  const terminal = makeTerminal({ captures })
  /** The output in the newest recording. */
  const recorded = async (): Promise<string> => {
    const [newest] = (await recordings.list()).recordings
    const { bytes } = await recordings.read(newest?.id ?? '', 0)
    const events = Buffer.from(bytes).toString().split('\n').map(parseEvent)
    return events.map((event) => (event?.kind === 'output' ? event.text : '')).join('')
  }
  const close = async (): Promise<void> => {
    await terminal.terminal.close()
    await ends.idle()
  }
  return { ...terminal, recordings, recorded, clock, dataDirectory, settings, close }
}
