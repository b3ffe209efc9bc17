// The composition root of the app: environments, forwards, terminals, journal and settings, under one snapshot.
//
// Beside openenvironment.ts the only file of core that imports aws. Owns what it opens; disposing ends sessions first, then
// the environments, and gives the data directory free last.

import { AppError, toWireError } from '../../shared/errors'
import type { EnvironmentRef, JournalEntry, Settings } from '../../shared/model'
import { hasAwsSetup, listProfiles } from '../aws/profiles'
import { Renewals, type CodeQuestion } from '../aws/renewal'
import { processBudgets } from './budgets'
import { answerControl } from './control'
import { Environments } from './environments'
import { Forwards } from './forwards'
import { endLeftovers } from './leftovers'
import { Notices } from './notices'
import { openEnvironment, type EnvironmentOptions } from './openenvironment'
import { Publisher, type EventListener } from './publisher'
import { Questions } from './questions'
import { answerRequests } from './routes'
import { recordSessions } from './sessionrecords'
import { ShownEnvironment } from './shownenvironment'
import { makeDataDirectory } from './store/datadirectory'
import { openForwardFile } from './store/forwardfile'
import { openJournal } from './store/journal'
import { openLedger } from './store/ledger'
import { lockDirectory, type DirectoryLock } from './store/lock'
import { checkSettings, openSettingsFile } from './store/settingsfile'
import { Terminals } from './terminals'
import { timingOf, type Timing } from './timing'

// `culvert up` hears by then how it went.
const CONTROL_WAIT_MS = 30_000

/** What the product behind a window is made of. */
export interface CoreOptions extends Omit<EnvironmentOptions, 'budgets'> {
  /** Created when it is missing; see `dataDirectoryPath`. */
  readonly dataDirectory: string
  /** What opens it, for whoever finds the directory locked: "window", "web page". */
  readonly door: string
}

/** The product behind a window. Disposing ends everything in order. */
export interface Core extends AsyncDisposable {
  /** Answers a request by name. Rejects with `usage` for what no schema allows, and with the codes of what it does. */
  handle(name: string, parameters: unknown): Promise<unknown>
  /** Calls `listener` with the whole state now and with all events from then on; returns the unsubscribe. */
  subscribe(listener: EventListener): () => void
  /** Writes down what the door itself met with: redacted, as all of the journal is. Never throws, never waits. */
  note(trouble: Pick<JournalEntry, 'text' | 'error' | 'facts'>): void
  /** After sleep, or when the network has changed: looks at every session at once. Cheap, and any number of times. */
  wake(): void
}

/**
 * Takes the data directory and serves windows on it. An environment that cannot be opened is a state, no failure. Rejects
 * with `directory-locked` and `data-directory`.
 */
export async function createCore(options: CoreOptions): Promise<Core> {
  await makeDataDirectory(options.dataDirectory)
  const holder = { pid: process.pid, door: options.door, startedAt: Date.now() }
  const lock = await lockDirectory(options.dataDirectory, holder)
  try {
    return await openCore(options, lock)
  } catch (error) {
    await lock[Symbol.asyncDispose]()
    throw error
  }
}

/** The environment to show first: the one that was asked for, else the last one, else what this computer is set up for. */
async function firstEnvironment(options: CoreOptions, last: EnvironmentRef | undefined): Promise<EnvironmentRef> {
  const { demo, profile, region, endpointUrl, env } = options
  if (demo === true) return { kind: 'demo' }
  const isNamed = profile !== undefined || region !== undefined || endpointUrl !== undefined
  if (!isNamed && last !== undefined) return last
  if (!isNamed && !(await hasAwsSetup(env))) return { kind: 'demo' }
  return {
    kind: 'aws',
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
  }
}

async function openCore(options: CoreOptions, lock: DirectoryLock): Promise<Core> {
  const { dataDirectory, env } = options
  const now = Date.now
  const life = new AbortController()
  const settings = await openSettingsFile(dataDirectory)
  const forwardFile = await openForwardFile(dataDirectory)
  const ledger = await openLedger(dataDirectory)
  const journal = await openJournal(dataDirectory, { now, onEntry: (entry) => publisher.emit('journal.entry', entry) })
  const timing = options.timing ?? timingOf(() => settings.value)
  const first = await firstEnvironment(options, settings.value.environment)
  const budgets = processBudgets()

  const notices = new Notices(() => publisher.set({ notices: notices.items }))
  const questions = new Questions(() => publisher.set({ questions: questions.items }))
  const asking = {
    renewals: new Renewals(),
    askCode: (asked: CodeQuestion) => questions.ask({ kind: 'mfa', ...asked }),
  }
  const environments = new Environments((ref) =>
    openEnvironment({ ...environmentOptions(options, ref, timing), ...asking, budgets }, (service) =>
      recordSessions(service, ref, {
        ledger,
        onProblem: (problem) =>
          journal.add({
            tone: 'failed',
            subject: { kind: 'app' },
            text: 'A session could not be written down. A crash would leave it open.',
            error: toWireError(problem),
          }),
      }),
    ),
  )
  const shown = new ShownEnvironment({
    environments,
    first,
    signal: life.signal,
    now,
    changed: (change) => publisher.set(change),
  })
  const forwards = new Forwards({
    file: forwardFile,
    environments,
    journal,
    now,
    minuteMs: timing.minuteMs,
    changed: () => publisher.set({ forwards: forwards.views }),
  })
  const terminals = new Terminals({
    journal,
    now,
    changed: () => publisher.set({ terminals: terminals.views }),
    output: (terminalId, offset, bytes) =>
      publisher.emit('terminal.output', { terminalId, offset, base64: bytes.toString('base64') }),
  })
  const publisher = new Publisher({
    environment: shown.view,
    profiles: [],
    instances: shown.instances,
    forwards: forwards.views,
    terminals: [],
    settings: settings.value,
    notices: [],
    questions: [],
  })
  const answer = answerRequests({
    environments,
    shown,
    forwards,
    terminals,
    journal,
    notices,
    questions,
    refreshProfiles: async () => {
      publisher.set({ profiles: await listProfiles(env) })
    },
    saveSettings: async (change) => {
      const next: Settings = { ...settings.value, ...change }
      checkSettings(next)
      publisher.set({ settings: next })
      await settings.write(next)
    },
  })

  notices.addKeptAside('settings', settings.keptAside)
  notices.addKeptAside('saved forwards', forwardFile.keptAside)
  notices.addKeptAside('open sessions', ledger.keptAside)
  listProfiles(env).then(
    (profiles) => publisher.set({ profiles }),
    // Files that cannot be read are told when they are needed.
    () => undefined,
  )
  lock.serve((request) => {
    questions.rearm()
    return answerControl(request, { forwards, publisher }, CONTROL_WAIT_MS)
  })
  void shown.select(first)
  const leftovers = endLeftovers({ ledger, environments, journal, now, signal: life.signal })
  forwards.startAtLaunch()

  let disposed: Promise<void> | undefined
  const dispose = async (): Promise<void> => {
    life.abort(new AppError('session-ended', 'Culvert is closing.'))
    questions[Symbol.dispose]()
    await Promise.all([forwards[Symbol.asyncDispose](), terminals[Symbol.asyncDispose]()])
    await leftovers
    await environments[Symbol.asyncDispose]()
    publisher[Symbol.dispose]()
    await journal[Symbol.asyncDispose]()
    await lock[Symbol.asyncDispose]()
  }
  return {
    handle: async (name, parameters) => {
      try {
        return await answer(name, parameters)
      } finally {
        publisher.flush()
      }
    },
    subscribe: (listener) => publisher.subscribe(listener),
    note: (trouble) => void journal.add({ tone: 'failed', subject: { kind: 'app' }, ...trouble }),
    wake: () => environments.wake(),
    [Symbol.asyncDispose]: () => {
      disposed ??= dispose()
      return disposed
    },
  }
}

/** How `ref` is opened. An endpoint that the door was given stands for every AWS environment. */
function environmentOptions(
  options: CoreOptions,
  ref: EnvironmentRef,
  timing: Timing,
): Omit<EnvironmentOptions, 'budgets'> {
  const { env, spawnDemo, endpointUrl } = options
  const common = { env, spawnDemo, timing }
  if (ref.kind === 'demo') return { ...common, demo: true }
  const { profile, region } = ref
  return {
    ...common,
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
  }
}
