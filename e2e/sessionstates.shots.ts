// Pictures of the sessions in states that take an account: left over, throttled, several environments, loading, cut off, none at all.
//
// The page is the real one with the Demo behind it. What the core says of the list is changed on its way to the page.

import type { Page } from '@playwright/test'
import { expect, test } from './app'
import { takeAll } from './kit/window/pictures'

interface Listed {
  readonly set: readonly Record<string, unknown>[]
  readonly state: Record<string, unknown>
}

/** A change to an answer of the core. */
type Change = (listed: Listed) => Partial<Listed>

function isListed(value: unknown): value is Listed {
  return typeof value === 'object' && value !== null && 'set' in value && 'state' in value && 'revision' in value
}

/** Changes every answer about the list from now on, or from the page's next connection. */
async function intercept(page: Page): Promise<(change: Change) => void> {
  let change: Change = () => ({})
  await page.routeWebSocket(/\/link$/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => {
      const said: unknown = typeof message === 'string' ? JSON.parse(message) : undefined
      const value = typeof said === 'object' && said !== null && 'value' in said ? said.value : undefined
      socket.send(
        isListed(value) ? JSON.stringify({ ...Object(said), value: { ...value, ...change(value) } }) : message,
      )
    })
  })
  return (next) => {
    change = next
  }
}

const PLACE = { ref: { kind: 'aws', profile: 'acme-staging' }, name: 'acme-staging', region: 'eu-central-1' }
const REFUSED = {
  code: 'denied',
  message:
    'arn:aws:sts::482011937754:assumed-role/ReadOnly/ann may not list sessions: ask for an IAM policy that allows ssm:DescribeSessions on *.',
}
const THROTTLED = { code: 'throttled', message: 'AWS answers ThrottlingException to DescribeSessions: Rate exceeded.' }

for (const scheme of ['light', 'dark'] as const) {
  test(`sessions of an account, ${scheme}`, async ({ start, page: raw }) => {
    const change = await intercept(raw)
    let isLeft = true
    const HOUR_MS = 3_600_000
    const rows: Change = ({ set, state }) => ({
      set: set.map((row, index) =>
        row['state'] === 'active' && isLeft
          ? {
              ...row,
              maxDurationMs: Date.now() - Number(row['startAt']) + (index % 2 === 0 ? 4 * HOUR_MS : 300_000),
              ...(index % 2 === 0
                ? { holder: 'left-over', owner: 'arn:aws:sts::1:assumed-role/CulvertDemo/demo-operator' }
                : {}),
              ...(index === 0 ? { state: 'canceling' } : {}),
            }
          : row,
      ),
      state: {
        ...state,
        problems: [
          { place: PLACE, error: REFUSED },
          { place: { ...PLACE, name: 'acme-dev' }, error: THROTTLED, retryAt: Date.now() + 60_000 },
        ],
      },
    })
    change(({ state }) => ({ set: [], state: { ...state, hasOlder: true } }))
    const { page } = await start()
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `sessions-${name}-${scheme}`)
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Sessions/ })
      .click()
    const view = page.getByRole('region', { name: 'Sessions', exact: true })
    await expect(view.getByText('No session is open')).toBeVisible({ timeout: 60_000 })
    await take('none')
    await view.getByRole('radio', { name: /^Ended/ }).click()
    await take('none-ended')
    await view.getByRole('radio', { name: /^Open/ }).click()
    change(rows)
    await page.reload()
    await expect(view.getByRole('rowheader').first()).toBeVisible({ timeout: 60_000 })
    await take('problems')
    await page.setViewportSize({ width: 480, height: 700 })
    await page.screenshot({ path: `screenshots/sessions-narrow-${scheme}-480.png` })
    await page.setViewportSize({ width: 1280, height: 800 })
    await view.getByRole('row').nth(3).click()
    await expect(page.locator('.inspector .states li').first()).toBeVisible()
    await take('other-detail')
    await page.keyboard.press('Escape')
    isLeft = false
    change(({ state }) => ({ state: { ...state, problems: [], isLoading: true, hasOlder: true } }))
    await view.getByRole('radio', { name: /^Ended/ }).click()
    await expect(view.getByText(/being loaded/)).toBeVisible()
    await take('loading')
    change(({ state }) => ({ state: { ...state, problems: [], isLoading: false, hasOlder: false, isCut: true } }))
    await expect(view.getByText(/The list is full/)).toBeVisible()
    await take('cut-off')
    await view.getByRole('row').nth(2).click()
    await expect(page.locator('.inspector .states li').first()).toBeVisible()
    await take('ended-detail')
  })
}
