// The ready forwards of the Demo: created once, then the person's own, and each does what its name says.

import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { demoForwards } from '../electron/demoforwards'
import type { ForwardView } from '../shared/model/forward'
import { makePlace, type Place, type Window } from './kit/aws/core'

const run = promisify(execFile)

let place: Place
let window: Window
beforeEach(async () => {
  place = await makePlace({ hasPty: false })
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

const open = async (as: 'demo' | 'account' = 'demo') => {
  window = await place.open(as, { demoForwards })
}
const reopen = async () => {
  await window[Symbol.asyncDispose]()
  await open()
}
const names = () => window.state.forwards.map(({ forward }) => forward.name)
const forwardOf = (name: string): ForwardView => window.state.forwards.find(({ forward }) => forward.name === name)!

/** Turns a forward on; resolves with its port. */
async function up(name: string): Promise<number> {
  const { id } = forwardOf(name).forward
  await window.ask('forward.start', { forwardId: id })
  await window.reach(id, 'up')
  return window.forward(id).localPort
}

describe('the ready forwards', () => {
  test('are there in the first state of a new data directory, off, and stay as a person leaves them', async () => {
    await open()
    expect(names()).toEqual(['demo-echo', 'demo-page', 'demo-redis', 'demo-refused'])
    expect(window.state.forwards.map(({ isOn, forward }) => [isOn, forward.startAtLaunch])).toEqual(
      Array.from({ length: 4 }, () => [false, false]),
    )
    const { id, environment, ...fields } = forwardOf('demo-page').forward
    expect(environment).toEqual({ kind: 'demo' })
    await window.ask('forward.update', { forwardId: id, ...fields, name: 'mine' })
    for (const name of ['demo-echo', 'demo-refused']) {
      await window.ask('forward.delete', { forwardId: forwardOf(name).forward.id })
    }
    await reopen()
    expect(names()).toEqual(['mine', 'demo-redis'])
  })

  test('come when the Demo is shown first, not before, and leave a forward of the same name alone', async () => {
    await open('account')
    const instanceId = await window.instance('web-2')
    expect(names()).toEqual([])
    const target = { kind: 'id', instanceId } as const
    await window.ask('forward.create', { name: 'demo-page', target, remotePort: 8_080, startAtLaunch: false })
    await window.ask('environment.select', { environment: { kind: 'demo' } })
    expect(names()).toEqual(['demo-page', 'demo-echo', 'demo-redis', 'demo-refused'])
    expect(forwardOf('demo-page').forward.environment.kind).toBe('aws')
    await window.ask('environment.select', { environment: { kind: 'demo' } })
    expect(names()).toHaveLength(4)
  })

  test('have their ports, or the next ones that are free', async () => {
    const taken = createServer()
    // If another program already uses the port, it counts as taken, too.
    taken.on('error', () => undefined)
    taken.listen(18_080, '127.0.0.1')
    // An error rejects it, too.
    await once(taken, 'listening').catch(() => undefined)
    onTestFinished(() => void taken.close())
    await open()
    const port = forwardOf('demo-page').forward.localPort!
    expect(port).toBeGreaterThan(18_080)
    expect(port).toBeLessThan(18_300)
    expect(await up('demo-page')).toBe(port)
  })

  test('that cannot be saved are given at the next start', async () => {
    await open()
    await window[Symbol.asyncDispose]()
    await writeFile(join(place.dataDirectory, 'given.json'), '{"version":1,"data":{"demoForwards":false}}')
    await writeFile(join(place.dataDirectory, 'forwards.json'), '{"version":1,"data":[]}')
    await open()
    expect(names()).toHaveLength(4)
    const given = await readFile(join(place.dataDirectory, 'given.json'), 'utf8')
    expect(JSON.parse(given)).toEqual({ version: 1, data: { demoForwards: true } })
  })
})

describe('behind a ready forward', () => {
  test('a page answers, an echo answers, and a refusal is told as one', async () => {
    await open()
    const [page, echo, refused] = [await up('demo-page'), await up('demo-echo'), await up('demo-refused')]
    const response = await fetch(`http://127.0.0.1:${page}/`, { headers: { connection: 'close' } })
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(await response.text()).toContain('<h1>intranet.internal</h1>')
    const socket = connect(echo, '127.0.0.1')
    socket.write('hello')
    const [heard] = (await once(socket, 'data')) as [Buffer]
    expect(heard.toString()).toBe('hello')
    socket.destroy()
    connect(refused, '127.0.0.1').on('error', () => undefined)
    const error = await window.until(() => forwardOf('demo-refused').lastError?.error)
    expect(error.code).toBe('destination-refused')
  })

  const hasRedis = spawnSync('redis-cli', ['--version']).status === 0
  test.skipIf(!hasRedis)(`a cache answers the real redis-cli${hasRedis ? '' : ' (not installed here)'}`, async () => {
    await open()
    const port = String(await up('demo-redis'))
    const cli = async (...words: readonly string[]) => (await run('redis-cli', ['-p', port, ...words])).stdout.trim()
    expect(await cli('ping')).toBe('PONG')
    expect(await cli('get', 'greeting')).toBe('Hello from the Culvert demo')
    expect(await cli('incr', 'visits')).toBe('42')
    expect(await cli('set', 'key', 'a "quoted" value')).toBe('OK')
    expect(await cli('get', 'key')).toBe('a "quoted" value')
    expect(await cli('keys', '*')).toBe('greeting\nvisits\nkey')
    expect(await cli('del', 'key')).toBe('1')
    expect(await cli('info', 'server')).toContain('redis_version:')
    expect(await cli('-n', '0', 'config', 'get', 'save')).toBe('')
    expect(await cli('lpush', 'a', 'b')).toContain('ERR unknown command')
    // Typed as by a person, in one session.
    const typed = run('redis-cli', ['-p', port])
    typed.child.stdin?.end('echo "two words"\nclient setname me\nclient getname\n')
    expect((await typed).stdout).toBe('two words\nOK\nme\n')
  })
})
