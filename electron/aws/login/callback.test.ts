// The listener, asked by real requests, also those that a foreign page could make.

import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { listenForCode, type Callback } from './callback'

const STATE = 'the-state'

async function opened(): Promise<Callback> {
  const callback = await listenForCode({ state: STATE, profile: 'corp' })
  onTestFinished(() => callback[Symbol.asyncDispose]())
  return callback
}

const at = ({ redirectUri }: Callback, query: Record<string, string>): string =>
  `${redirectUri}?${new URLSearchParams(query).toString()}`

test('takes the code once, and shows nothing of the request', async () => {
  const callback = await opened()
  expect(callback.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/)
  const answer = await fetch(at(callback, { code: 'the-code', state: STATE, x: 'reflected' }))
  const text = await answer.text()
  expect(await callback.code).toBe('the-code')
  expect(text).toContain('You can close this page')
  expect(text).not.toMatch(/the-code|the-state|reflected/)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  await expect(fetch(at(callback, { code: 'another', state: STATE }))).rejects.toThrow('fetch failed')
})

test.each([
  ['another state', 400, { code: 'c', state: 'the-statE' }],
  ['a longer state', 400, { code: 'c', state: `${STATE}x` }],
  ['no state', 400, { code: 'c' }],
  ['no code', 400, { state: STATE }],
  ['a code that is too long', 400, { code: 'c'.repeat(8_193), state: STATE }],
] as [string, number, Record<string, string>][])(
  '%s is refused, and the listener goes on',
  async (_, status, query) => {
    const callback = await opened()
    expect((await fetch(at(callback, query))).status).toBe(status)
    await fetch(at(callback, { code: 'right', state: STATE }))
    expect(await callback.code).toBe('right')
  },
)

test('other paths, methods and hosts are refused', async () => {
  const callback = await opened()
  const good = at(callback, { code: 'c', state: STATE })
  const { port, pathname, search } = new URL(good)
  const asked = (path: string, options: { method?: string; host?: string } = {}): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = options.host === undefined ? {} : { host: options.host }
      request({ port, host: '127.0.0.1', path, method: options.method ?? 'GET', headers }, (answer) =>
        resolve(answer.resume().statusCode),
      )
        .on('error', reject)
        .end()
    })
  expect([
    await asked(`/favicon.ico${search}`),
    await asked(`${pathname}/${search}`),
    await asked('//[', {}),
    await asked(pathname + search, { method: 'POST' }),
    await asked(pathname + search, { method: 'HEAD' }),
    await asked(pathname + search, { host: `evil.example:${port}` }),
  ]).toEqual([404, 404, 404, 405, 405, 404])
  await fetch(good)
  expect(await callback.code).toBe('c')
})

test('a refusal of the page ends the login, in words of ours', async () => {
  const callback = await opened()
  const code = callback.code.catch((error: unknown) => error)
  const answer = await fetch(at(callback, { error: 'access_denied', error_description: '<b>', state: STATE }))
  expect(await answer.text()).not.toContain('<b>')
  expect(await code).toMatchObject({ code: 'access-denied' })
})

test('a refusal with another state ends nothing', async () => {
  const callback = await opened()
  expect((await fetch(at(callback, { error: 'access_denied', state: 'x' }))).status).toBe(400)
  await fetch(at(callback, { code: 'c', state: STATE }))
  expect(await callback.code).toBe('c')
})
