// The Electron door: one window and a tray icon on one core. Puts the parts together and decides nothing (window/).

import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { app, dialog, Menu, powerMonitor, protocol } from 'electron'
import { toWireError } from '../shared/errors'
import type { Snapshot } from '../shared/model'
import { createCore, type Core } from './core/core'
import { dataDirectoryPath } from './core/store/datadirectory'
import { directoryError } from './core/store/failure'
import { forkDemo } from './demoelectron'
import { MainWindow } from './mainwindow'
import { watchSleep } from './sleepwatch'
import { openTray, type TrayIcon } from './tray'
import { answerFile, readStaticFiles } from './web/files'
import { contentSecurityPolicy } from './web/guard'
import { parseDoorOptions } from './web/options'
import { PAGE_SCHEME, PAGE_URL, pagePath } from './window/address'
import { ownArguments } from './window/arguments'
import { hasTrayHost, onAllClosed, onClose, type CloseState } from './window/lifecycle'
import { menuTemplate } from './window/menu'
import { followSnapshot } from './window/mirror'
import { trayModel, type TrayAction } from './window/traymodel'

// Sessions are ended in order within this; then the process goes in any case.
const END_MS = 5_000

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

function endOnQuit(core: Core, endRest: () => void): void {
  let isEnding = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (isEnding) return
    isEnding = true
    setTimeout(() => app.exit(1), END_MS)
    endRest()
    core[Symbol.asyncDispose]().then(
      () => app.exit(0),
      () => app.exit(1),
    )
  })
}

async function main(): Promise<void> {
  // Before Electron is ready, and before anything is awaited: it asks for all of this early.
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  const dataDirectory = dataDirectoryPath(process.env, process.platform)
  const userData = path.join(dataDirectory, 'window')
  try {
    mkdirSync(userData, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw directoryError(userData, 'made', error)
  }
  app.setPath('userData', userData)
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  const options = parseDoorOptions(ownArguments(process.argv))
  await app.whenReady()
  const core = await createCore({
    ...options,
    dataDirectory,
    door: 'window',
    env: process.env,
    spawnDemo: forkDemo,
  })
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
  })
  const window = new MainWindow({
    core,
    url: development ?? PAGE_URL,
    isDevelopment: !app.isPackaged,
    onClose: () => onClose(closeState()),
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
  const unfollow = followSnapshot(core, (snapshot) => {
    state = snapshot
    tray?.show(trayModel(snapshot))
  })
  const watch = watchSleep(() => core.wake())
  // Before the core: what ends tells of it to the last, and a tray that is gone must not hear that.
  endOnQuit(core, () => {
    watch[Symbol.dispose]()
    unfollow()
    tray?.[Symbol.dispose]()
  })

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, !app.isPackaged)))
  powerMonitor.on('resume', () => core.wake())
  powerMonitor.on('unlock-screen', () => core.wake())
  powerMonitor.on('shutdown', () => app.quit())
  app.on('second-instance', () => window.show())
  app.on('activate', () => window.show())
  app.on('window-all-closed', () => {
    if (onAllClosed(closeState()) === 'quit') app.quit()
  })
  window.show()
}

main().catch((error: unknown) => {
  const { code, message } = toWireError(error)
  process.stderr.write(`culvert: ${code}: ${message}\n`)
  // Whoever started it by a click sees no terminal.
  dialog.showErrorBox('Culvert could not start', message)
  app.exit(1)
})
