// The app as a person meets it: the Demo in a window, in a real browser or in Electron.
//
// Each test gets an app of its own. Afterwards it must end cleanly by itself, and its page must not have complained.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { launchElectron, launchWeb, type Host, type WebHost } from './kit/window/host'

/** How the next start differs from `--demo`. */
export interface StartOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A running app with its window open. */
export interface App {
  readonly page: Page
  readonly host: Host
  /** Its home; the data directory is `home/data`. */
  readonly home: string
  /** Ends the app, or kills it, and starts it again on the same data directory; resolves with its window. */
  restart(how?: 'stop' | 'kill'): Promise<Page>
}

interface Fixtures {
  /** A directory of the test's own. */
  readonly home: string
  /** Starts the app and shows its window. What was started is ended after the test. */
  readonly start: (options?: StartOptions) => Promise<App>
  /** The app with the Demo. */
  readonly app: App
  /** The web host with the Demo, without a page. */
  readonly door: WebHost
}

/** What a project sets. */
export interface AppOptions {
  /** Electron's executable; absent in the web project. */
  readonly electron: string | undefined
  /** Whether the Demo's ready forwards are there, as at a first start. Absent: as if a person had deleted them. */
  readonly hasReadyForwards: boolean
}

const DEMO: StartOptions = { args: ['--demo'] }

/** Playwright's `test` with an app of its own. */
export const test = base.extend<Fixtures & AppOptions>({
  electron: [undefined, { option: true }],
  hasReadyForwards: [false, { option: true }],
  home: async ({ hasReadyForwards }, run) => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'culvert-e2e-'))
    if (!hasReadyForwards) {
      await mkdir(path.join(home, 'data'), { mode: 0o700 })
      await writeFile(path.join(home, 'data', 'given.json'), '{"version":1,"data":{"demoForwards":true}}')
    }
    await run(home)
    await rm(home, { recursive: true, force: true })
  },
  start: async ({ page, home, electron }, run) => {
    const complaints: string[] = []
    const running = new Set<Host>()
    const listen = (shown: Page): void => {
      shown.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      shown.on('pageerror', (error) => complaints.push(String(error)))
    }
    await run(async ({ args = [], env = {} } = DEMO) => {
      const launch = async (): Promise<{ host: Host; page: Page }> => {
        const options = { home, args, env }
        const host = electron === undefined ? await launchWeb(options) : await launchElectron(electron, options)
        running.add(host)
        const shown = await host.show(page)
        return { host, page: shown }
      }
      listen(page)
      let now = await launch()
      if (now.page !== page) listen(now.page)
      return {
        home,
        get page() {
          return now.page
        },
        get host() {
          return now.host
        },
        restart: async (how = 'stop') => {
          if (electron === undefined) await page.goto('about:blank')
          running.delete(now.host)
          await now.host[how]()
          now = await launch()
          if (now.page !== page) listen(now.page)
          return now.page
        },
      }
    })
    // A page whose host goes complains about its socket, and rightly so.
    if (electron === undefined) await page.goto('about:blank')
    await Promise.all([...running].map((host) => host.stop()))
    expect(complaints, 'errors and warnings of the page').toEqual([])
  },
  app: async ({ start }, run) => {
    const app = await start(DEMO)
    await expect(app.page.getByRole('rowheader').first()).toBeVisible()
    await run(app)
  },
  door: async ({ home }, run) => {
    const door = await launchWeb({ home, args: ['--demo'], env: {} })
    await run(door)
    await door.stop()
  },
})

/** The row of the one instance of this name, once the list is there. */
export function rowOf(page: Page, name: string): Locator {
  return page
    .getByRole('region', { name: 'Instances' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
}

export { expect } from '@playwright/test'
