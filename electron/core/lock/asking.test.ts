import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { askRunning, readReply } from './asking'
import { lockDirectory } from './lock'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-asking-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** A holder that sends `text` to each that asks; undefined: it only hangs up. */
async function holder(text: string | undefined): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => (text === undefined ? socket.destroy() : socket.write(text)))
  }).listen(join(directory, 'culvert.sock'))
  await once(server, 'listening')
  onTestFinished(() => void server.close())
}

describe('a reply', () => {
  test('is its value', () => {
    expect(readReply({ status: 200, text: '{"localPort":1}' })).toEqual({ localPort: 1 })
    expect(readReply({ status: 200, text: 'null' })).toBeNull()
  })

  test('that is an error is thrown with its code and command', () => {
    const error = { code: 'credentials-expired', message: 'Log in.', command: 'aws sso login' }
    expect(() => readReply({ status: 400, text: JSON.stringify(error) })).toThrow(expect.objectContaining(error))
  })

  test.each([
    [200, 'nonsense'],
    [400, '{"code":"no-such-code","message":"x"}'],
    [500, '"x"'],
    [204, ''],
  ])('that makes no sense is so said: %i %s', (status, text) => {
    expect(() => readReply({ status, text })).toThrow(expect.objectContaining({ code: 'protocol' }))
  })
})

describe('asking', () => {
  test.each([
    [
      'of another version',
      '{"ok":false,"error":{"code":"protocol","message":"The request is no JSON."}}\n',
      'protocol',
    ],
    ['that talks without end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(70_000)}`, 'protocol'],
    ['that answers nonsense', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{', 'protocol'],
    ['that hangs up', undefined, 'not-running'],
  ])('a holder %s ends with the code for it', async (_, text, code) => {
    await holder(text)
    await expect(askRunning(directory, {})).rejects.toMatchObject({ code })
  })

  test('a holder of another version is told to be restarted, and holds its directory still', async () => {
    await holder('{"ok":true,"value":null}\n')
    await expect(askRunning(directory, {})).rejects.toMatchObject({
      message: `The Culvert that runs on ${directory} is of another version: restart it.`,
    })
    const other = { pid: 1, door: 'window', startedAt: 0 }
    await expect(lockDirectory(directory, other)).rejects.toMatchObject({ code: 'directory-locked' })
  })

  test('a directory that is not there is no fault of the directory: nothing runs on it', async () => {
    await expect(askRunning(join(directory, 'none'), {})).rejects.toMatchObject({
      code: 'not-running',
      message: expect.stringContaining('start its window or its web page'),
    })
  })
})
