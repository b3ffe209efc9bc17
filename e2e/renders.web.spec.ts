// Which components render again when the state changes, as reported by React's hook for developer tools.

import { connect } from 'node:net'
import { once } from 'node:events'
import type { Page } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { makeForward, show } from './kit/window/window'

/** The watched components, by selectors of their elements. */
const WATCHED = [
  '.pane',
  '[role=tab]',
  'section[aria-label=Instances]',
  '.forward[aria-label^="echo,"]',
  '.forward:not([aria-label^="echo,"])',
] as const

/** The rows of the Forwards view: that of the used forward, and those of the others. */
const [, , , ITS_ROW, OTHER_ROWS] = WATCHED

/** Counts the renders of the watched components, and all commits, from now on. Call it before the page loads. */
async function watchRenders(page: Page): Promise<() => Promise<Record<string, number>>> {
  await page.addInitScript((watched) => {
    interface Fiber {
      readonly tag: number
      readonly type: unknown
      readonly flags: number
      readonly stateNode: unknown
      readonly return: Fiber | null
      readonly child: Fiber | null
      readonly sibling: Fiber | null
    }
    const FUNCTION_COMPONENT = 0
    const SIMPLE_MEMO_COMPONENT = 15
    /** Flag of a fiber whose component was called, as the developer tools read it. */
    const PERFORMED_WORK = 1
    const counts: Record<string, number> = { commits: 0 }
    const seen = new Map<Element, Fiber>()
    const look = (fiber: Fiber): void => {
      for (let child = fiber.child; child !== null; child = child.sibling) {
        const element = child.stateNode
        const selector = element instanceof Element && watched.find((each) => element.matches(each))
        if (selector) {
          let owner = child.return
          while (owner !== null && owner.tag !== FUNCTION_COMPONENT && owner.tag !== SIMPLE_MEMO_COMPONENT)
            owner = owner.return
          if (owner !== null && seen.get(element) !== owner) {
            seen.set(element, owner)
            if (owner.flags & PERFORMED_WORK) counts[selector] = (counts[selector] ?? 0) + 1
          }
        }
        look(child)
      }
    }
    Object.assign(window, {
      renderCounts: counts,
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        renderers: new Map(),
        inject: () => 1,
        checkDCE: () => undefined,
        onCommitFiberRoot: (_id: number, root: { readonly current: Fiber }) => {
          counts['commits'] = (counts['commits'] ?? 0) + 1
          look(root.current)
        },
        onCommitFiberUnmount: () => undefined,
        onPostCommitFiberRoot: () => undefined,
      },
    })
  }, WATCHED)
  return () => page.evaluate(() => ({ ...(Reflect.get(window, 'renderCounts') as Record<string, number>) }))
}

/** Opens and closes one connection. */
async function connectOnce(port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  const answer = once(socket, 'data')
  socket.write('hello')
  await answer
  socket.destroy()
}

test('connections of a forward redraw no terminal, no tab, no instance and no other row', async ({
  start,
  page: shown,
}) => {
  const renders = await watchRenders(shown)
  let patches = 0
  shown.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string' && payload.includes('"snapshot.patch"') && payload.includes('openConnections')) {
        patches += 1
      }
    }),
  )
  const { page } = await start()
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await makeForward(page, rowOf(page, 'web-2'), { name: 'unused', remotePort: 7 })
  await show(page, 'Forwards')
  // The row of a forward that is off changes neither by its figures nor by the time.
  await page.getByRole('switch', { name: 'Turn unused off' }).click()
  await expect(page.getByRole('row', { name: 'unused, Off' })).toBeVisible()
  const row = page.getByRole('row', { name: /^echo, Up/ })
  await expect(row).toContainText(/localhost:\d+/)
  const port = Number(/localhost:(\d+)/.exec((await row.textContent()) ?? '')?.[1])
  await show(page, 'Instances')
  for (const name of ['checkout-api-1', 'web-2']) {
    await rowOf(page, name).getByRole('button', { name: 'Connect' }).click()
    await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  }
  // Each watched component rendered at least once, so the counting works.
  const first = await renders()
  for (const selector of WATCHED) expect(first[selector], selector).toBeGreaterThan(0)
  const connectTimes = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      const told = patches
      await connectOnce(port)
      await expect.poll(() => patches).toBeGreaterThan(told)
    }
  }
  const before = { patches, counts: await renders() }
  await connectTimes(10)
  const after = await renders()
  expect(patches - before.patches).toBeGreaterThanOrEqual(10)
  expect(after['commits']).toBeGreaterThan(before.counts['commits'] ?? 0)
  expect({ ...after, commits: 0 }).toEqual({ ...before.counts, commits: 0 })

  await show(page, 'Forwards')
  await expect(row).toBeVisible()
  const shownRows = await renders()
  await connectTimes(3)
  const redrawn = await renders()
  expect(redrawn[ITS_ROW]).toBeGreaterThan(shownRows[ITS_ROW] ?? 0)
  expect(redrawn[OTHER_ROWS]).toBe(shownRows[OTHER_ROWS])
})
