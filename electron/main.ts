// The Electron door: one window and a tray icon on one core. Puts the parts together and decides nothing (window/).

import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { app, dialog, Menu, powerMonitor, protocol } from 'electron'
import { toWireError } from '../shared/errors'
import type { Snapshot } from '../shared/model/snapshot'
import { createCore, type Core } from './core/core'
import { dataDirectoryPath, makeDataDirectory } from './core/store/datadirectory'
import { directoryError } from './core/store/failure'
import { forkDemo } from './demoelectron'
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

/** What the development server serves instead of the built page; never in a packed app. */
function developmentUrl(): string | undefined {
  return app.isPackaged ? undefined : process.env['CULVERT_PAGE_URL']
}

/** Serves the built page under its own scheme. */
function servePage(): void {
  const files = readStaticFiles(path.join(here, 'renderer'))
  protocol.handle(PAGE_SCHEME, ({ method, url }) => {
    const { status, headers, body } = answerFile(files, { method, path: pagePath(url) ?? '' }, (nonce) =>
      contentSecurityPolicy(nonce, []),
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
 * What Electron asks for before it is ready: the page's scheme, where its files go, and whether this is the first Culvert
 * here. Resolves with the data directory; undefined when another one has it and shows its window now. Electron gets ready
 * once this has resolved.
 */
async function prepare(): Promise<string | undefined> {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  const dataDirectory = dataDirectoryPath(process.env, process.platform)
  // Its owner is checked before anything is made in it.
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

/** What is there by now, in the order in which it ends. */
interface Own {
  watch?: Disposable
  unfollow?: () => void
  tray?: TrayIcon
  core?: Core
  /** Why there is not more. */
  startError?: unknown
}

async function main(dataDirectory: string): Promise<void> {
  const own: Own = {}
  const words = lastWords({
    name: 'Culvert',
    record: (fault) => own.core?.note(faultEntry(fault)),
    say: ({ error }) => say(error),
    end: async () => {
      // Before the core: what ends tells of it to the last, and a tray that is gone must not hear that.
      own.watch?.[Symbol.dispose]()
      own.unfollow?.()
      own.tray?.[Symbol.dispose]()
      await own.core?.[Symbol.asyncDispose]()
    },
    exit: (status, fault) => {
      // The last thing, because it stands until a person has read it.
      if (fault !== undefined) dialog.showErrorBox('Culvert has ended', fault.error.message)
      else if (own.startError !== undefined) showStartError(own.startError)
      app.exit(status)
    },
  })
  // Electron shows a dialog of its own for each exception where the app catches none.
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
    // The core may be there, with forwards that are being turned on.
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
    demoForwards,
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
        // What came of it the forward's state tells.
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
  // Its type leaves the event out. Prevented, the system waits for us; Windows has `query-session-end` for it.
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

/** Writes down what goes wrong with Chromium around the window. */
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

/** For people who have started it by a click and see no terminal. */
function showStartError(error: unknown): void {
  dialog.showErrorBox('Culvert could not start', toWireError(error).message)
}

try {
  const dataDirectory = await prepare()
  if (dataDirectory === undefined) {
    process.stderr.write(`culvert: ${RUNS_ALREADY}\n`)
    app.exit(0)
  } else {
    // Not awaited: Electron gets ready after this module has ended, and this waits for Electron. Never rejects.
    void main(dataDirectory)
  }
} catch (error) {
  say(error)
  showStartError(error)
  app.exit(1)
}
