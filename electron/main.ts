// The Electron door: one window and a tray icon on one core. Puts the parts together and decides nothing (window/).

import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { app, dialog, Menu, powerMonitor, protocol, session } from 'electron'
import { toWireError } from '../shared/errors'
import type { Snapshot } from '../shared/model/snapshot'
import { createCore } from './core/core'
import type { Core } from './core/coreparts'
import { dataDirectoryPath, makeDataDirectory } from './core/store/datadirectory'
import { directoryError } from './core/store/failure'
import { forkDemo } from './demoelectron'
import { findKeyStore } from './keystore'
import { demoForwards } from './demoforwards'
import { catchFaults, faultEntry, lastWords, type LastWords } from './lastwords'
import { MainWindow } from './mainwindow'
import { watchSleep } from './sleepwatch'
import { openTray, type TrayIcon } from './tray'
import { answerFile, readStaticFiles } from './page/files'
import { contentSecurityPolicy } from './page/policy'
import { parseDoorOptions } from './page/options'
import { PAGE_SCHEME, PAGE_URL, pagePath } from './window/address'
import { ownArguments } from './window/arguments'
import { hasTrayHost, onAllClosed, onClose, RUNS_ALREADY, type CloseState } from './window/lifecycle'
import { menuTemplate } from './window/menu'
import { followSnapshot } from './window/mirror'
import { trayModel, type TrayAction } from './window/traymodel'
import { goneTrouble, Repeats, sandboxTrouble } from './window/troubles'

const here = import.meta.dirname

/** The address of the development server, which serves the page instead of the build; never in a packed app. */
function developmentUrl(): string | undefined {
  return app.isPackaged ? undefined : process.env['CULVERT_PAGE_URL']
}

/** Serves the built page under its own scheme. */
function servePage(): void {
  const files = readStaticFiles(path.join(here, 'renderer'))
  protocol.handle(PAGE_SCHEME, ({ method, url }) => {
    const { status, headers, body } = answerFile(files, { method, path: pagePath(url) ?? '' }, (nonce) =>
      contentSecurityPolicy(nonce, [], { hasPlayer: true }),
    )
    return new Response(body, { status, headers })
  })
}

/** The tray icon; undefined where the system has no tray. */
function tryTray(act: (action: TrayAction) => void): TrayIcon | undefined {
  try {
    return openTray(path.join(here, 'tray'), act)
  } catch {
    return undefined
  }
}

/**
 * Does what Electron requires before it is ready: registers the page's scheme, sets the paths of its files, and takes the lock of a single
 * instance. Resolves with the data directory; undefined when another Culvert has the lock and shows its window now. Electron becomes
 * ready after this has resolved.
 */
async function prepare(): Promise<string | undefined> {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  const dataDirectory = dataDirectoryPath(process.env, process.platform)
  // Checks the owner of the directory before anything is created in it.
  await makeDataDirectory(dataDirectory)
  const userData = path.join(dataDirectory, 'window')
  try {
    mkdirSync(userData, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw directoryError(userData, 'made', error)
  }
  app.setPath('userData', userData)
  return app.requestSingleInstanceLock() ? dataDirectory : undefined
}

/** The parts that have been started so far, in the order in which they end. */
interface Own {
  watch?: Disposable
  unfollow?: () => void
  tray?: TrayIcon
  core?: Core
  /** The error that ended the start. */
  startError?: unknown
}

async function main(dataDirectory: string): Promise<void> {
  const own: Own = {}
  const words = lastWords({
    name: 'Culvert',
    record: (fault) => own.core?.note(faultEntry(fault)),
    say: ({ error }) => say(error),
    end: async () => {
      // Before the core ends: its last events must not reach a tray that is destroyed.
      own.watch?.[Symbol.dispose]()
      own.unfollow?.()
      own.tray?.[Symbol.dispose]()
      await own.core?.[Symbol.asyncDispose]()
    },
    exit: (status, fault) => {
      // Last, because the box blocks until a person closes it.
      if (fault !== undefined) dialog.showErrorBox('Culvert has ended', fault.error.message)
      else if (own.startError !== undefined) showStartError(own.startError)
      app.exit(status)
    },
  })
  // Without a handler of ours Electron shows its own dialog for each exception.
  catchFaults(words)
  app.on('will-quit', (event) => {
    event.preventDefault()
    words.quit()
  })
  try {
    await open(dataDirectory, { own, words })
  } catch (error) {
    say(error)
    own.startError = error
    // The core may be open already, with forwards that are being turned on.
    words.quit(1)
  }
}

async function open(dataDirectory: string, { own, words }: { own: Own; words: LastWords }): Promise<void> {
  const options = parseDoorOptions(ownArguments(process.argv))
  await app.whenReady()
  const core = await createCore({
    ...options,
    dataDirectory,
    door: 'window',
    env: process.env,
    spawnDemo: forkDemo,
    resolveProxy: (url) => session.defaultSession.resolveProxy(url),
    demoForwards,
    findKeyStore: () => findKeyStore(process.platform),
  })
  own.core = core
  const development = developmentUrl()
  if (development === undefined) servePage()

  let state: Snapshot | undefined
  let isQuitting = false
  app.on('before-quit', () => {
    isQuitting = true
  })
  const closeState = (): CloseState => ({
    isQuitting,
    keepRunning: state?.settings.keepRunning ?? false,
    hasTray: tray !== undefined && hasTrayHost(process.env, process.platform),
    platform: process.platform,
  })
  const window = new MainWindow({
    core,
    url: development ?? PAGE_URL,
    isDevelopment: !app.isPackaged,
    onClose: () => onClose(closeState()),
    onLogoff: () => words.quit(),
  })
  const tray = tryTray((action) => {
    switch (action.kind) {
      case 'show':
        return window.show()
      case 'quit':
        return app.quit()
      case 'toggle':
        // The state of the forward tells the outcome.
        core
          .handle(action.turnOn ? 'forward.start' : 'forward.stop', { forwardId: action.forwardId })
          .catch(() => undefined)
    }
  })
  if (tray !== undefined) own.tray = tray
  own.unfollow = followSnapshot(core, (snapshot) => {
    state = snapshot
    tray?.show(trayModel(snapshot))
  })
  own.watch = watchSleep(() => core.wake())

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, !app.isPackaged)))
  tellTroubles(core)
  powerMonitor.on('resume', () => core.wake())
  powerMonitor.on('unlock-screen', () => core.wake())
  // Electron's type declares no event here. If it is prevented, the system waits for us. Windows has `query-session-end` instead.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault()
    words.quit()
  })
  app.on('second-instance', () => window.show())
  app.on('activate', () => window.show())
  app.on('window-all-closed', () => {
    if (onAllClosed(closeState()) === 'quit') app.quit()
  })
  window.show()
}

/** Writes troubles of Chromium to the journal. */
function tellTroubles(core: Core): void {
  const sandbox = sandboxTrouble(app.commandLine.hasSwitch('no-sandbox'), app.isPackaged)
  if (sandbox !== undefined) core.note(sandbox)
  const repeats = new Repeats()
  app.on('child-process-gone', (_event, details) => {
    const trouble = goneTrouble(details)
    if (trouble !== undefined && repeats.isNew(trouble.text, performance.now())) core.note(trouble)
  })
}

function say(error: unknown): void {
  const { code, message } = toWireError(error)
  process.stderr.write(`culvert: ${code}: ${message}\n`)
}

/** Tells a person who started Culvert by a click and sees no terminal. */
function showStartError(error: unknown): void {
  dialog.showErrorBox('Culvert could not start', toWireError(error).message)
}

try {
  const dataDirectory = await prepare()
  if (dataDirectory === undefined) {
    process.stderr.write(`culvert: ${RUNS_ALREADY}\n`)
    app.exit(0)
  } else {
    // Not awaited: `main` waits until Electron is ready, and that happens after this module has run. Never rejects.
    void main(dataDirectory)
  }
} catch (error) {
  say(error)
  showStartError(error)
  app.exit(1)
}
