// The events that the core sends to a window, and the checks of their outer shapes.

import type { JournalEntry } from '../model/journal'
import type { DoctorView } from '../model/doctor'
import type { SnapshotChange } from '../model/change'
import type { Snapshot, WindowSnapshot } from '../model/snapshot'
import type { EnvironmentView } from '../model/environment'
import type { ContainerList } from '../model/container'
import type { InstanceList } from '../model/instance'
import type { Settings } from '../settings'
import { isList, isRecord, recordOf, type Guard } from './shape'

/** Output bytes of a terminal, in order. */
export interface TerminalOutput {
  readonly terminalId: string
  /** The number of bytes before these since the terminal began. */
  readonly offset: number
  readonly bytes: Uint8Array
}

/** The messages that the core sends without a request. */
export interface Events {
  /**
   * The whole state: the first event of every subscription. A page receives only the first instances with it; the others
   * follow in patches, see electron/page/feed.ts.
   */
  snapshot: WindowSnapshot
  /** The changes of the state since the previous event. */
  'snapshot.patch': SnapshotChange
  'terminal.output': TerminalOutput
  /** A new entry of the journal. */
  'journal.entry': JournalEntry
}

/** The name of an event. */
export type EventName = keyof Events

type Check = (value: unknown) => boolean

/** The parts of a snapshot that are sent whole and that views require, with the type of each. */
const parts: readonly (readonly [name: keyof Snapshot, check: Check])[] = [
  ['environment', recordOf<Pick<EnvironmentView, 'name' | 'region'>>({ name: 'text', region: 'text' })],
  ['profiles', isList],
  [
    'settings',
    recordOf<Pick<Settings, 'theme' | 'density' | 'groupTag'>>({ theme: 'text', density: 'text', groupTag: 'text' }),
  ],
  ['targets', isList],
  ['drains', isList],
  ['notices', isList],
  ['questions', isList],
]

/** A part that a snapshot may have. */
const isDoctor: Check = recordOf<DoctorView>({ runId: 'text', state: 'record', lines: 'list' })

/** The lists of a snapshot, of which only changes are sent. */
const lists: readonly (readonly [name: keyof Snapshot, whole: Check, change: Check])[] = [
  [
    'instances',
    recordOf<Pick<InstanceList, 'state' | 'items'>>({ state: 'record', items: 'list' }),
    (value) => isRecord(value) && isRecord(value['state']) && isListChange(value['items']),
  ],
  [
    'containers',
    recordOf<Pick<ContainerList, 'state' | 'services' | 'items'>>({ state: 'record', services: 'list', items: 'list' }),
    (value) => isRecord(value) && isRecord(value['state']) && isList(value['services']) && isListChange(value['items']),
  ],
  ['forwards', isList, isListChange],
  ['terminals', isList, isListChange],
]

function isListChange(value: unknown): boolean {
  const isFit = (part: unknown): boolean => part === undefined || Array.isArray(part)
  return isRecord(value) && isFit(value['set']) && isFit(value['gone']) && isFit(value['order'])
}

/** Checks whether a value is the event of that name. */
export const eventChecks: { readonly [N in EventName]: Guard<Events[N]> } = {
  snapshot: (value): value is WindowSnapshot =>
    isRecord(value) &&
    typeof value['windowId'] === 'string' &&
    parts.every(([name, check]) => check(value[name])) &&
    (value['doctor'] === undefined || isDoctor(value['doctor'])) &&
    lists.every(([name, check]) => check(value[name])),
  'snapshot.patch': (value): value is SnapshotChange =>
    isRecord(value) &&
    parts.every(([name, check]) => value[name] === undefined || check(value[name])) &&
    (value['doctor'] === undefined || isDoctor(value['doctor'])) &&
    lists.every(([name, , check]) => value[name] === undefined || check(value[name])),
  'terminal.output': recordOf<TerminalOutput>({ terminalId: 'text', offset: 'number', bytes: 'bytes' }),
  'journal.entry': recordOf<JournalEntry>({
    id: 'number',
    at: 'number',
    tone: 'text',
    subject: 'record',
    text: 'text',
  }),
}

/** Whether there is an event of this name. */
export function isEventName(name: unknown): name is EventName {
  return typeof name === 'string' && Object.hasOwn(eventChecks, name)
}
