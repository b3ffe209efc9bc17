import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { askRunning, readReply } from './asking'
import { exchange } from './exchange'
import { lockDirectory, type DirectoryLock, type LockDeadlines, type LockHolder } from './lock'
import { socketPath } from './socketpath'
import { identityOf } from './takeover'
import { makePipe } from '../../../e2e/kit/pipe'

const holder: LockHolder = { pid: 4_711, door: 'window', startedAt: new Date(2026, 0, 5, 11, 42).getTime() }

let root: string
let directory: string
let script: string

/** Tries for the lock at each "take", says what came of it, and keeps what it got until it is told or killed. */
const child = `
  import { createInterface } from 'node:readline'
  import { lockDirectory } from './lock'
  let lock
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'take') {
      try {
        // Ten of them start at once: the holder may not get a turn within the two seconds that people are asked to wait.
        const deadlines = { whoMs: 60_000 }
        lock = await lockDirectory(process.argv[2], { pid: process.pid, door: 'test', startedAt: 0 }, deadlines)
        lock.serve(async (request) => ({ asked: request, pid: process.pid }))
        console.log('won')
      } catch (error) {
        console.log(error.code + ' ' + error.message)
      }
    }
    if (line === 'release') {
      await lock[Symbol.asyncDispose]()
      console.log('released')
    }
  }
`

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'culvert-lock-'))
  script = join(root, 'child.mjs')
  await build({
    stdin: { contents: child, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  })
})
afterAll(() => rm(root, { recursive: true }))

beforeEach(async () => {
  directory = await mkdtemp(join(root, 'd-'))
})

async function locked(deadlines: LockDeadlines = {}, where = directory): Promise<DirectoryLock> {
  const lock = await lockDirectory(where, holder, deadlines)
  onTestFinished(() => lock[Symbol.asyncDispose]())
  return lock
}

class Child {
  readonly process: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  readonly #iterator: AsyncIterator<string>

  constructor(where = directory) {
    this.process = spawn(process.execPath, [script, where])
    this.#lines = createInterface({ input: this.process.stdout })
    this.#iterator = this.#lines[Symbol.asyncIterator]()
    this.process.stderr.pipe(process.stderr)
    onTestFinished(() => this.kill())
  }

  async tell(command: 'take' | 'release'): Promise<string> {
    this.process.stdin.write(`${command}\n`)
    const next = await this.#iterator.next()
    return String(next.value)
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const closed = once(this.process, 'close')
    this.process.kill('SIGKILL')
    await closed
  }
}

/** Leaves the socket of a process that was killed. */
async function crash(where = directory): Promise<void> {
  const dying = new Child(where)
  expect(await dying.tell('take')).toBe('won')
  await dying.kill()
}

async function raw(text: string | Buffer, end = false): Promise<string> {
  const socket = connect(await socketPath(directory))
  socket.on('error', () => undefined)
  if (end) socket.end(text)
  else socket.write(text)
  // One that is dropped while it writes is reset: it has got nothing, too.
  return (await buffer(socket).catch(() => '')).toString()
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
    await expect(askRunning(directory, {}, 20)).rejects.toMatchObject({ code: 'timeout' })
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

/** Asks who holds the directory, as a second Culvert does. */
async function who(): Promise<unknown> {
  const result = await exchange(await socketPath(directory), { kind: 'who' }, 60_000)
  return result.kind === 'answer' ? readReply(result) : result
}

describe('asking the holder', () => {
  test('is answered, and told its errors by code', async () => {
    const lock = await locked()
    lock.serve((request) => {
      if (request === 'fail') throw new AppError('unknown-forward', 'No forward is named "x".')
      return Promise.resolve(request === 'nothing' ? undefined : { asked: request })
    })
    expect(await askRunning(directory, { forward: 'up', name: 'Größe\n' })).toEqual({
      asked: { forward: 'up', name: 'Größe\n' },
    })
    expect(await askRunning(directory, 'nothing')).toBeNull()
    expect(await who()).toEqual(holder)
    await expect(askRunning(directory, 'fail')).rejects.toMatchObject({
      name: 'AppError',
      code: 'unknown-forward',
      message: 'No forward is named "x".',
    })
  })

  test('waits until the holder serves', async () => {
    const lock = await locked()
    const answer = askRunning(directory, 1)
    expect(await who()).toEqual(holder)
    lock.serve((request) => Promise.resolve([request]))
    expect(await answer).toEqual([1])
  })

  test('is not-running where there is none, never was a directory, and when it closes meanwhile', async () => {
    await expect(askRunning(directory, {})).rejects.toMatchObject({ code: 'not-running' })
    await expect(askRunning(join(directory, 'none'), {})).rejects.toMatchObject({ code: 'not-running' })
    const lock = await locked()
    const isAsked = new Promise<void>((resolve) => {
      lock.serve(() => {
        resolve()
        return new Promise(() => undefined)
      })
    })
    const answer = askRunning(directory, {})
    await isAsked
    const refused = expect(answer).rejects.toMatchObject({ code: 'not-running' })
    await lock[Symbol.asyncDispose]()
    await refused
  })

  test('crosses processes', async () => {
    const other = new Child()
    await other.tell('take')
    expect(await askRunning(directory, [1])).toEqual({ asked: [1], pid: other.process.pid })
    expect(await other.tell('release')).toBe('released')
    await expect(askRunning(directory, [1])).rejects.toMatchObject({ code: 'not-running' })
  })
})

const WHO = 'GET /who HTTP/1.1\r\nhost: a\r\n\r\n'

/** A request with a body, as text. */
const post = (body: string, path = '/request'): string =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** The body of an answer that came as text. */
const bodyOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))

describe('the socket', () => {
  test('answers one request a connection, also to a client that has ended its half, and closes', async () => {
    const lock = await locked()
    lock.serve((request) => Promise.resolve(request))
    const answer = await raw(post('1') + post('2'), true)
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(bodyOf(answer)).toBe(1)
    expect(bodyOf(await raw(post('"a"')))).toBe('a')
  })

  test('refuses what is no JSON, what is too long and what it does not know, and says so of answers that are too long', async () => {
    const lock = await locked()
    lock.serve(() => Promise.resolve('x'.repeat(70_000)))
    expect(bodyOf(await raw(post('{')))).toMatchObject({ code: 'protocol' })
    expect(bodyOf(await raw(post('x'.repeat(65_537))))).toMatchObject({ code: 'protocol' })
    expect(bodyOf(await raw(post('1', '/other')))).toMatchObject({ code: 'usage' })
    expect(bodyOf(await raw(post('1')))).toMatchObject({ code: 'internal' })
  })

  test('drops a client that asks nothing, however it dribbles', async () => {
    await locked({ quietMs: 30 })
    const refused = /^HTTP\/1.1 408 [^]*\r\n\r\n$/
    expect(await raw('')).toMatch(refused)
    expect(await raw('GET /who HT')).toMatch(refused)
    expect(await raw(`${post('1').slice(0, -1)}`)).toMatch(/^$|^HTTP\/1.1 4/)
  })

  test('does not wait for a client that neither reads its answer nor ends its half', async () => {
    const lock = await locked({ quietMs: 30 })
    lock.serve(() => Promise.resolve('x'.repeat(60_000)))
    const path = await socketPath(directory)
    const gone = Array.from({ length: 8 }, async () => {
      // It never ends its half by itself.
      const client = connect({ path, allowHalfOpen: true })
      client.on('error', () => undefined)
      onTestFinished(() => void client.destroy())
      client.write(post('1'))
      client.pause()
      await once(client, 'connect')
    })
    await Promise.all(gone)
    // Resolves once all of its connections are gone.
    await lock[Symbol.asyncDispose]()
  })

  test('takes a bounded number of clients, and others again when those are gone', async () => {
    await locked()
    const path = await socketPath(directory)
    const clients = Array.from({ length: 64 }, () => connect(path))
    clients.forEach((client) => client.on('error', () => undefined))
    await Promise.all(clients.map((client) => once(client, 'connect')))
    expect(await raw(WHO)).toBe('')
    const gone = clients.map((client) => once(client, 'close'))
    clients.forEach((client) => client.destroy())
    await Promise.all(gone)
    await expect.poll(() => raw(WHO)).toContain('200 OK')
  })
})

describe('versions of Culvert before HTTP, which spoke lines of JSON', () => {
  test.each(['{"who":true}\n', '{"forward":"up","name":"db"}\n'])('get an end at once: %s', async (line) => {
    await locked()
    expect(await raw(line)).toMatch(/^HTTP\/1.1 400 /)
  })

  test('hold their directory still, and are told by version when they are asked', async () => {
    const error = { code: 'protocol', message: 'The request is no JSON: send one line of it.' }
    const old = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(`${JSON.stringify({ ok: false, error })}\n`))
    }).listen(join(directory, 'culvert.sock'))
    await once(old, 'listening')
    onTestFinished(() => void old.close())
    await expect(askRunning(directory, {})).rejects.toMatchObject({
      code: 'protocol',
      message: `The Culvert that runs on ${directory} is of another version: restart it.`,
    })
    await expect(lockDirectory(directory, holder)).rejects.toMatchObject({ code: 'directory-locked' })
  })
})

describe('a directory with a long path', () => {
  let temporary: string
  let long: string

  beforeEach(async () => {
    const before = process.env['TMPDIR']
    temporary = await mkdtemp(join(root, 't-'))
    process.env['TMPDIR'] = temporary
    onTestFinished(() => {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    })
    long = join(directory, 'x'.repeat(100))
    await mkdir(long)
  })

  test('has its socket in a private directory for temporary files', async () => {
    const lock = await locked({}, long)
    lock.serve((request) => Promise.resolve(request))
    expect(await readdir(long)).toEqual([])
    const path = await socketPath(long)
    expect(path.startsWith(join(temporary, `culvert-${process.getuid!()}`, '/'))).toBe(true)
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await askRunning(long, 1)).toBe(1)
    await symlink(long, join(directory, 's'))
    expect(await socketPath(join(directory, 's'))).toBe(path)
    await expect(lockDirectory(await realpath(long), holder)).rejects.toMatchObject({ code: 'directory-locked' })
  })

  test('cannot be locked where that private directory is not private', async () => {
    const folder = join(temporary, `culvert-${process.getuid!()}`)
    await mkdir(folder)
    await chmod(folder, 0o755)
    await expect(lockDirectory(long, holder)).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(folder),
    })
    await rm(folder, { recursive: true })
    await symlink(directory, folder)
    await expect(lockDirectory(long, holder)).rejects.toMatchObject({ code: 'data-directory' })
  })
})
