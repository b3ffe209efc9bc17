// The one-time address of the web door, over real sockets.

import { describe, expect, it } from 'vitest'
import { door, get, nowAt, own, setNowAt, stageDoor, token } from './door.kit'

stageDoor()

describe('the one-time address', () => {
  /** Posts a body as a page of this door would. */
  async function post(body: string, headers: Record<string, string> = {}) {
    const answer = await fetch(`${own()}/open`, {
      method: 'POST',
      body,
      headers: { origin: own(), 'content-type': 'application/json', ...headers },
    })
    return { status: answer.status, body: await answer.text() }
  }
  const issue = (used: () => void = () => undefined) => new URL(door.issueEntry(used)).hash.slice(1)
  const withCode = (code: string) => JSON.stringify({ code })

  it('gives the token to our own page, once', async () => {
    let uses = 0
    const address = new URL(door.issueEntry(() => (uses += 1)))
    expect([address.origin, address.pathname]).toEqual([own(), '/open'])
    const code = address.hash.slice(1)
    expect(code).toMatch(/^[\w-]{43}$/)
    expect(code).not.toBe(token)
    expect(await post(withCode(code))).toEqual({ status: 200, body: JSON.stringify({ token }) })
    expect(await post(withCode(code))).toEqual({ status: 403, body: '' })
    expect(uses).toBe(1)
  })

  it('is good for 30 s, and no longer once another one was made', async () => {
    const late = issue()
    setNowAt(nowAt + 30_000)
    expect((await post(withCode(late))).status).toBe(403)
    const first = issue()
    const second = issue()
    setNowAt(nowAt + 29_999)
    expect((await post(withCode(first))).status).toBe(403)
    expect((await post(withCode(second))).status).toBe(200)
  })

  it('is refused to other pages, other hosts and whatever is no code, and is good afterwards', async () => {
    const code = issue()
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${door.port + 1}`]) {
      expect([origin, (await post(withCode(code), { origin })).status]).toEqual([origin, 403])
    }
    expect((await get('/open', { host: 'evil.example' })).status).toBe(403)
    expect((await get('/open', { 'content-type': 'application/json' }, 'POST')).status).toBe(403)
    expect((await get('/open', {}, 'PUT')).status).toBe(405)
    expect((await get(`/open?${code}`)).status).toBe(404)
    for (const body of [
      '',
      'not json',
      withCode(`${code}x`),
      withCode(''),
      JSON.stringify({ code, more: 1 }),
      JSON.stringify({ code: 1 }),
      `{"code":"${code}"${' '.repeat(2_000)}}`,
    ]) {
      expect([body.slice(0, 20), (await post(body)).status]).toEqual([body.slice(0, 20), 403])
    }
    expect((await post(withCode(code))).status).toBe(200)
  })

  it('leads to a page without any secret in it, under the same policy as the other', async () => {
    const code = issue()
    const { status, headers, body } = await get('/open')
    expect(status).toBe(200)
    for (const secret of [code, token]) expect(body).not.toContain(secret)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("; connect-src 'self';")
    expect(body).toContain(`<script nonce="${/script-src 'nonce-([^']+)'/.exec(policy)![1]!}">`)
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  })
})
