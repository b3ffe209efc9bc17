import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { askRunning } from './asking'
import { lockDirectory } from './lock'
import { socketPath } from './socketpath'
import { identityOf } from './takeover'
import { makePipe } from '../../../e2e/kit/programs/pipe'
import { Child, directory, holder, locked, root, stageDirectories } from './lock.kit'

stageDirectories()

/** Leaves the socket of a process that was killed. */
async function crash(where = directory): Promise<void> {
  const dying = new Child(where)
  expect(await dying.tell('take')).toBe('won')
  await dying.kill()
}

describe('a locked directory', () => {
  test('refuses a second Culvert with who holds it, until it is released', async () => {
    const lock = await locked()
    await expect(lockDirectory(directory, holder)).rejects.toMatchObject({
      code: 'directory-locked',
      message: `Another Culvert (window, process 4711, since 11:42) uses ${directory}: use that one, or set CULVERT_DATA_DIR to another directory.`,
    })
    // The same by another name.
    await symlink(directory, `${directory}-link`)
    await expect(lockDirectory(`${directory}-link`, holder)).rejects.toMatchObject({ code: 'directory-locked' })
    await lock[Symbol.asyncDispose]()
    await lock[Symbol.asyncDispose]()
    expect(await readdir(directory)).toEqual([])
    await locked()
  })

  test('has one socket, for us alone', async () => {
    await locked()
    expect(await readdir(directory)).toEqual(['culvert.sock'])
    expect((await stat(join(directory, 'culvert.sock'))).mode & 0o777).toBe(0o600)
  })

  test('is held against another process too', async () => {
    await locked()
    expect(await new Child().tell('take')).toMatch(/^directory-locked Another Culvert \(window, process 4711, /)
  })

  test('whose holder does not answer is held nonetheless', async () => {
    const sockets: Socket[] = []
    const mute = createServer((socket) => sockets.push(socket)).listen(join(directory, 'culvert.sock'))
    await once(mute, 'listening')
    onTestFinished(() => {
      sockets.forEach((socket) => socket.destroy())
      mute.close()
    })
    await expect(lockDirectory(directory, holder, { whoMs: 20 })).rejects.toMatchObject({
      code: 'directory-locked',
      message: expect.stringContaining('does not answer'),
    })
    expect(await readdir(directory)).toEqual(['culvert.sock'])
    await expect(askRunning(directory, {}, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' })
  })

  test('whose holder talks nonsense is held nonetheless', async () => {
    const odd = createServer((socket) => socket.on('error', () => undefined).end('hello\n')).listen(
      join(directory, 'culvert.sock'),
    )
    await once(odd, 'listening')
    onTestFinished(() => void odd.close())
    await expect(lockDirectory(directory, holder)).rejects.toMatchObject({ code: 'directory-locked' })
    await expect(askRunning(directory, {})).rejects.toMatchObject({ code: 'protocol' })
  })

  test('cannot be one where something else is in the way of the socket, which stays', async () => {
    await writeFile(join(directory, 'culvert.sock'), 'mine')
    await expect(lockDirectory(directory, holder)).rejects.toMatchObject({ code: 'data-directory' })
    expect((await stat(join(directory, 'culvert.sock'))).isFile()).toBe(true)
    await expect(lockDirectory(join(directory, 'none'), holder)).rejects.toMatchObject({ code: 'data-directory' })
  })

  test.each([
    ['a pipe', (path: string) => Promise.resolve(makePipe(path))],
    ['a directory', (path: string) => mkdir(path)],
    ['a link that goes round', (path: string) => symlink('culvert.sock', path)],
  ])('cannot be one where the socket is %s: that is refused and answered at once', async (_, make) => {
    const path = await socketPath(directory)
    await make(path)
    await expect(locked()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`${path} is in the way`),
    })
    await expect(askRunning(directory, {})).rejects.toBeInstanceOf(AppError)
    expect(await readdir(directory)).toEqual(['culvert.sock'])
  })

  test('keeps the socket of somebody else when it is released', async () => {
    const lock = await locked()
    await rm(join(directory, 'culvert.sock'))
    await locked()
    await lock[Symbol.asyncDispose]()
    expect(await readdir(directory)).toEqual(['culvert.sock'])
    await expect(lockDirectory(directory, holder)).rejects.toMatchObject({ code: 'directory-locked' })
  })
})

describe('a lock left behind by a crash', () => {
  test('is taken over, and nothing is left of it', async () => {
    await crash()
    expect(await readdir(directory)).toEqual(['culvert.sock'])
    await expect(askRunning(directory, {})).rejects.toMatchObject({ code: 'not-running' })
    await locked()
    expect(await readdir(directory)).toEqual(['culvert.sock'])
    await expect(lockDirectory(directory, holder)).rejects.toMatchObject({ code: 'directory-locked' })
  })

  test('is taken over where the one who was about to has crashed as well', async () => {
    await crash()
    const identity = await identityOf(join(directory, 'culvert.sock'))
    const other = await mkdtemp(join(root, 'd-'))
    await crash(other)
    const guard = join(directory, `culvert.sock.${identity}`)
    await rename(join(other, 'culvert.sock'), guard)
    // And a third while it took over from the second.
    const third = await mkdtemp(join(root, 'd-'))
    await crash(third)
    await rename(join(third, 'culvert.sock'), join(directory, `culvert.sock.${await identityOf(guard)}`))
    await locked()
    expect(await readdir(directory)).toEqual(['culvert.sock'])
  })

  test('is not taken over while a living one is about to: that one is waited for', async () => {
    await crash()
    const identity = await identityOf(join(directory, 'culvert.sock'))
    const guard = `culvert.sock.${identity}`
    const asked = new Promise<Socket>((resolve) => {
      const taking = createServer((socket) => {
        socket.on('error', () => undefined).once('data', () => resolve(socket))
      }).listen(join(directory, guard))
      onTestFinished(() => void taking.close())
    })
    const second = lockDirectory(directory, holder)
    const socket = await asked
    expect(await identityOf(join(directory, 'culvert.sock'))).toBe(identity)
    await rm(join(directory, guard))
    socket.destroy()
    await (await second)[Symbol.asyncDispose]()
  })

  test.each([1, 2, 3])(
    'goes to exactly one of eight processes that want it at once, time after time (%i)',
    // Ten processes, and fifty-four tries.
    { timeout: 180_000 },
    async () => {
      await crash()
      let children = Array.from({ length: 10 }, () => new Child())
      while (children.length > 1) {
        const said = await Promise.all(children.map((one) => one.tell('take')))
        const winners = children.filter((_, index) => said[index] === 'won')
        expect(
          said.filter((line) => line !== 'won' && !line.startsWith('directory-locked Another Culvert (test, ')),
        ).toEqual([])
        expect(winners).toHaveLength(1)
        expect(await askRunning(directory, 'x')).toEqual({ asked: 'x', pid: winners[0]!.process.pid })
        expect(await readdir(directory)).toEqual(['culvert.sock'])
        await winners[0]!.kill()
        children = children.filter((one) => one !== winners[0])
      }
    },
  )
})
