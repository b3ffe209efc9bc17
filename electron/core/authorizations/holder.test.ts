// The socket of a holder over a real socket: what it refuses, and what it leaves behind. Sessions are in attended.test.ts.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, utimes } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { authorizationSocketPath } from '../lock/socketpath'
import { wanted } from './authorizations.kit'
import { Authorizations } from './authorizations'
import { openHolder, type Holder } from './holder'
import { redeem } from './redeeming'
import { newHolderName } from './tokens/token'

const path = (name: string): string => authorizationSocketPath(name, process.getuid?.())

async function opened(): Promise<{ holder: Holder; secret: string; authorizations: Authorizations }> {
  const authorizations = new Authorizations({ now: Date.now, changed: () => undefined })
  const holder = await openHolder({ authorizations, now: Date.now })
  onTestFinished(async () => {
    await holder[Symbol.asyncDispose]()
    authorizations[Symbol.dispose]()
  })
  return { holder, authorizations, secret: authorizations.add(wanted()).secret }
}

/** Sends raw text to the holder; resolves with all that comes back. */
async function raw(name: string, text: string): Promise<string> {
  const socket = connect(path(name))
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes.toString()
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

const upgrade = (head: string): string => `${head}\r\nHost: x\r\nConnection: Upgrade\r\n\r\n`

test('the socket is for its user alone, and is gone with its holder, whose tokens are then worth nothing', async () => {
  const { holder, secret } = await opened()
  expect((await lstat(path(holder.name))).mode & 0o777).toBe(0o600)
  await holder[Symbol.asyncDispose]()
  await expect(lstat(path(holder.name))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(redeem({ holder: holder.name, secret })).rejects.toMatchObject({ code: 'not-running' })
})

test('an unknown token is refused with its own sentence', async () => {
  const { holder } = await opened()
  await expect(redeem({ holder: holder.name, secret: 'A'.repeat(43) })).rejects.toMatchObject({
    code: 'authorization-refused',
    message: expect.stringContaining('does not know') as string,
  })
})

test('what does not ask to redeem is refused, uses no token up, and leaves the holder alone', async () => {
  const { holder, secret, authorizations } = await opened()
  const bearer = `Authorization: Bearer ${secret}`
  const protocol = 'Upgrade: culvert-authorization-1'
  for (const request of [
    'GET /who HTTP/1.1\r\nHost: x\r\n\r\n',
    upgrade(`GET /redeem HTTP/1.1\r\n${protocol}`),
    upgrade(`GET /redeem HTTP/1.1\r\nUpgrade: websocket\r\n${bearer}`),
    upgrade(`GET /elsewhere HTTP/1.1\r\n${protocol}\r\n${bearer}`),
    upgrade(`POST /redeem HTTP/1.1\r\n${protocol}\r\n${bearer}`),
    upgrade(`GET /redeem HTTP/1.1\r\n${protocol}\r\n${bearer}\r\nCulvert-Local-Port: 70000`),
    'nonsense\r\n\r\n',
  ]) {
    expect(await raw(holder.name, request)).toMatch(/^HTTP\/1\.1 4\d\d /)
  }
  expect(authorizations.pending).toHaveLength(1)
})

test('a socket that a dead process has left is removed by the next holder, and a new one is left alone', async () => {
  const { holder } = await opened()
  const leave = async (): Promise<string> => {
    const left = path(newHolderName())
    const code = `require('net').createServer().listen(${JSON.stringify(left)}, () => process.kill(process.pid, 'SIGKILL'))`
    await once(spawn(process.execPath, ['-e', code]), 'exit')
    return left
  }
  const [old, young] = await Promise.all([leave(), leave()])
  await utimes(old, 0, 0)
  await utimes(path(holder.name), 0, 0)
  await opened()
  await expect(lstat(old)).rejects.toMatchObject({ code: 'ENOENT' })
  expect((await lstat(young)).isSocket()).toBe(true)
  expect((await lstat(path(holder.name))).isSocket()).toBe(true)
  await utimes(young, 0, 0)
  await opened()
})
