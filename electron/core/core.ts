// The composition root of the app: environments, forwards, terminals, journal and settings, under one snapshot.
//
// Beside environments/open.ts the only file of core that imports aws. Owns what it opens; disposing refuses what is asked from
// then on, ends sessions first, then the environments, and gives the data directory free last.

import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { version } from '../../package.json'
import { ambientProfile, hasAwsSetup, listProfiles } from '../aws/profiles/profiles'
import { Renewals, type CodeQuestion } from '../aws/credentials/renewal'
import { openNetwork } from '../aws/network'
import { authoritiesFor, systemAuthorities } from '../aws/systemnetwork'
import { journaledAuthorizer } from './authorizations/journaled'
import { processBudgets } from './tunnels/budgets'
import { openCaptures, takeHanded } from './captureparts'
import { openAccountSessions } from './sessionparts'
import { firstEnvironment } from './choice'
import type { Client, Core, CoreOptions } from './coreparts'
import { closingError, settledWithin } from './async/closing'
import { answerControl, CONTROL_WAIT_MS } from './control'
import { Doctor } from './doctor/running'
import { openDiagnosed } from './diagnosed'
import { openDrains } from './drainparts'
import { Forwards } from './forwards/forwards'
import { LastRun } from './store/lastrun'
import { openEphemerals } from './ephemeralparts'
import { endLeftovers } from './environments/leftovers'
import { Notices } from './notices'
import { logInTo } from './environments/open'
import { openEnvironments } from './openings'
import { DOOR, Publisher } from './publisher'
import { Questions } from './questions'
import { ReadyForwards } from './forwards/ready'
import { readsOfProfiles } from './profilereads'
import { answerRequests } from './routes'
import { restoreLast } from './restoring'
import { selecting } from './selecting'
import { openShown } from './shownparts'
import { makeDataDirectory } from './store/datadirectory'
import { openJournal } from './store/journal'
import { lockDirectory, type DirectoryLock } from './lock/lock'
import { savedSettings } from './savedsettings'
import { openStored } from './stored'
import { SavedTargets } from './targets/targets'
import { Terminals } from './terminals/terminals'
import { timingOf } from './sessions/timing'

// Doors wait 5 s for a clean end. Sessions that are still open then are on record; the next start ends them.
const SESSIONS_END_MS = 4_500
// The rest of those 5 s. A Demo process that is still there then ends with this process.
const ENVIRONMENTS_END_MS = 300

/**
 * Locks the data directory and opens the core on it. An environment that cannot be opened is shown as failed; the core opens all the
 * same. Rejects with `directory-locked` and `data-directory`.
 */
export async function createCore(options: CoreOptions): Promise<Core> {
  await makeDataDirectory(options.dataDirectory)
  const holder = { pid: process.pid, door: options.door, startedAt: Date.now() }
  const lock = await lockDirectory(options.dataDirectory, holder)
  try {
    return await openDiagnosed(options, (diagnosed) => openCore(diagnosed, lock))
  } catch (error) {
    await lock[Symbol.asyncDispose]()
    throw error
  }
}

async function openCore(options: CoreOptions, lock: DirectoryLock): Promise<Core> {
  const { dataDirectory, env } = options
  const now = Date.now
  const life = new AbortController()
  // Every `culvert up` that waits adds a listener: their number has no limit.
  setMaxListeners(0, life.signal)
  const stored = await openStored(dataDirectory)
  const { settings, ledger, lastRunFile } = stored
  const journal = await openJournal(dataDirectory, {
    now,
    onEntry: (entry) => publisher.emit('journal.entry', entry),
    onProblem: () => tellJournal(),
  })
  const timing = options.timing ?? timingOf(() => settings.value)
  const first = await firstEnvironment(options, {
    last: settings.value.environment,
    hasSetup: () => hasAwsSetup(env),
  })
  const notices = new Notices(() => publisher.set({ notices: notices.items }))
  const questions = new Questions(() => publisher.set({ questions: questions.items }))
  const tellJournal = (): void => notices.standProblem('journal', 'The journal is not whole.', journal.problem)
  const environments = openEnvironments(options, {
    timing,
    ledger,
    journal,
    budgets: processBudgets(),
    renewals: new Renewals(),
    dataDirectory,
    askCode: (asked: CodeQuestion) => questions.ask({ kind: 'mfa', ...asked }),
    questions,
    settings: () => settings.value,
  })
  const { shown, containers } = openShown({
    environments,
    first,
    ambient: ambientProfile(env),
    signal: life.signal,
    now,
    timing,
    changed: (change) => publisher.set(change),
  })
  const forwards = new Forwards({
    file: stored.forwardFile,
    environments,
    journal,
    now,
    timing,
    before: lastRunFile.value.forwards,
    changed: () => {
      publisher.set({ forwards: forwards.views })
      lastRun.changed()
    },
  })
  const targets = new SavedTargets({
    file: stored.targetFile,
    forwards: () => forwards.views.map(({ forward }) => forward),
    changed: () => publisher.set({ targets: targets.list }),
  })
  const ready = new ReadyForwards({ file: stored.givenFile, forwards, ready: options.demoForwards ?? [] })
  const outlets = await openDrains(options, {
    openNetwork,
    authorities: () => authoritiesFor(env, systemAuthorities),
    settings: () => settings.value,
    journal,
    changed: (views) => publisher.set({ drains: views }),
  })
  const { drains } = outlets
  const { captures, recordings } = openCaptures({
    dataDirectory,
    settings: () => settings.value,
    now,
    draining: drains,
  })
  const terminals = new Terminals({
    journal,
    now,
    captures,
    changed: () => {
      publisher.set({ terminals: terminals.views })
      lastRun.changed()
    },
    // A copy: a slice that is cloned for a window would take the memory of its whole buffer along.
    output: (terminalId, offset, bytes) =>
      publisher.emit('terminal.output', { terminalId, offset, bytes: Uint8Array.from(bytes) }),
  })
  const before = lastRunFile.value
  const lastRun = new LastRun({
    file: lastRunFile,
    now,
    forwards: () => forwards.running,
    terminals: () => terminals.views,
    onProblem: (problem) => notices.standProblem('last run', 'The next start may not bring all back.', problem),
  })
  const authorizer = journaledAuthorizer(journal, ledger, now)
  const sources = { environments, shown, forwards, terminals, journal, authorizer, now, records: ledger }
  const accountSessions = openAccountSessions({ ...sources, signal: life.signal })
  const doctor = new Doctor({ env, environments, changed: (view) => publisher.set({ doctor: view }) })
  const publisher = new Publisher({
    about: { version, dataDirectory },
    environment: shown.view,
    profiles: [],
    instances: shown.instances,
    forwards: forwards.views,
    targets: targets.list,
    drains: drains.views,
    containers: containers.list,
    terminals: [],
    settings: settings.value,
    notices: [],
    questions: [],
  })
  const refreshProfiles = readsOfProfiles({ list: () => listProfiles(env), publisher, notices })
  const changes = savedSettings(settings, publisher)
  const { ephemerals, endLeft } = openEphemerals({
    dataDirectory,
    env,
    environments,
    computer: ledger.installation,
    settings: () => settings.value,
    journal,
    now,
    signal: life.signal,
  })
  const answer = answerRequests({
    ephemerals,
    environments,
    shown,
    forwards,
    targets,
    terminals,
    recordings,
    drains,
    journal,
    notices,
    questions,
    logIn: (wanted) => logInTo({ env, resolveProxy: options.resolveProxy, ...wanted }),
    doctor,
    accountSessions,
    containers,
    refreshProfiles,
    saveSettings: changes.save,
    selectEnvironment: selecting({ shown, ready, saveSettings: changes.save, notices }),
  })
  for (const [what, path] of [...stored.keptAside, ...outlets.keptAside]) notices.addKeptAside(what, path)
  notices.standProblem('history', 'The history of sessions is not whole.', ledger.problem)
  tellJournal()
  void refreshProfiles()
  lock.serve((request) => {
    questions.rearm()
    const waiting = { waitMs: CONTROL_WAIT_MS, signal: life.signal }
    return answerControl(request, { forwards, publisher, environments, journal, authorizer }, waiting)
  })
  takeHanded(lock, captures, life.signal)
  // Before the first snapshot, so that it has these forwards.
  if (first.kind === 'demo') await ready.give()
  void shown.select(first)
  const leftovers = Promise.all([endLeftovers({ ledger, environments, journal, now, signal: life.signal }), endLeft()])
  forwards.startAtLaunch()
  if (settings.value.restoreAtLaunch) restoreLast({ environments, shown, forwards, terminals }, before)

  let disposed: Promise<void> | undefined
  const dispose = async (): Promise<void> => {
    lastRun.seal()
    life.abort(closingError())
    questions[Symbol.dispose]()
    accountSessions[Symbol.dispose]()
    const sessions = [
      forwards[Symbol.asyncDispose](),
      targets[Symbol.asyncDispose](),
      terminals[Symbol.asyncDispose](),
      doctor[Symbol.asyncDispose](),
      authorizer[Symbol.asyncDispose](),
      leftovers,
      changes.idle(),
    ]
    await settledWithin(Promise.all(sessions), options.sessionsEndMs ?? SESSIONS_END_MS)
    const rest = [environments, recordings, outlets].map((each) => each[Symbol.asyncDispose]())
    await settledWithin(Promise.all(rest), ENVIRONMENTS_END_MS)
    publisher[Symbol.dispose]()
    await journal[Symbol.asyncDispose]()
    // A late write must not reach the directory: after the lock is released another Culvert may own it.
    await stored.close()
    await lock[Symbol.asyncDispose]()
  }
  const clientOf = (windowId: string): Client => ({
    handle: async (name, parameters) => {
      if (disposed !== undefined) throw closingError()
      try {
        return await answer(name, parameters, windowId)
      } finally {
        publisher.flush()
      }
    },
    subscribe: (listener) => publisher.subscribe(listener, windowId),
  })
  return {
    ...clientOf(DOOR),
    connect: () => {
      const windowId = randomUUID()
      return { ...clientOf(windowId), [Symbol.dispose]: () => terminals.release(windowId) }
    },
    note: (trouble) => void journal.add({ tone: 'failed', subject: { kind: 'app' }, ...trouble }),
    wake: () => {
      environments.wake()
      forwards.wake()
      shown.wake()
      drains.wake()
    },
    [Symbol.asyncDispose]: () => {
      disposed ??= dispose()
      return disposed
    },
  }
}
