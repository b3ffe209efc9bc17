// Every event that the core tells a window, and the check of its outer shape.

import type { JournalEntry } from '../model/journal'
import type { Snapshot, WindowSnapshot } from '../model/snapshot'
import type { EnvironmentView } from '../model/environment'
import type { InstanceList } from '../model/instance'
import type { Settings } from '../settings'
import { isList, isRecord, recordOf, type Guard } from './shape'

/** Output bytes of a terminal, in order. */
export interface TerminalOutput {
  readonly terminalId: string
  /** Counts the bytes before them since the terminal began. */
  readonly offset: number
  readonly base64: string
}

/** What the core tells without being asked. */
export interface Events {
  /** The whole state: the first event of every subscription. */
  snapshot: WindowSnapshot
  /** Those parts of the state that have changed since, each whole. */
  'snapshot.patch': Partial<Snapshot>
  'terminal.output': TerminalOutput
  /** A new line of the journal. */
  'journal.entry': JournalEntry
}

/** The name of an event. */
export type EventName = keyof Events

/** The parts of a snapshot that views cannot do without, and what each is outside. */
const parts: readonly (readonly [name: keyof Snapshot, check: (value: unknown) => boolean])[] = [
  ['environment', recordOf<Pick<EnvironmentView, 'name' | 'region'>>({ name: 'text', region: 'text' })],
  ['profiles', isList],
  ['instances', recordOf<Pick<InstanceList, 'state' | 'items'>>({ state: 'record', items: 'list' })],
  ['forwards', isList],
  ['terminals', isList],
  [
    'settings',
    recordOf<Pick<Settings, 'theme' | 'density' | 'groupTag'>>({ theme: 'text', density: 'text', groupTag: 'text' }),
  ],
  ['notices', isList],
  ['questions', isList],
]

/** Whether a value is the event of that name. */
export const eventChecks: { readonly [N in EventName]: Guard<Events[N]> } = {
  snapshot: (value): value is WindowSnapshot =>
    isRecord(value) && typeof value['windowId'] === 'string' && parts.every(([name, check]) => check(value[name])),
  'snapshot.patch': (value): value is Partial<Snapshot> =>
    isRecord(value) && parts.every(([name, check]) => value[name] === undefined || check(value[name])),
  'terminal.output': recordOf<TerminalOutput>({ terminalId: 'text', offset: 'number', base64: 'text' }),
  'journal.entry': recordOf<JournalEntry>({
    id: 'number',
    at: 'number',
    tone: 'text',
    subject: 'record',
    text: 'text',
  }),
}
