// `culvert forward` and `culvert ssh-proxy` over real processes and real sockets.

import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sourceBytes } from '../electron/simulator/world/bytesource'
import { start, type Running } from './kit/programs/cli'
import { begin, bundle, env, folder, idOf, linesOf, open, run, setEnv, simulator, stageCli } from './kit/stages/cli'

stageCli({
  documents: {
    'Acme-Page': {
      sessionType: 'Port',
      parameters: {
        site: { type: 'String', default: 'none' },
        remotePort: { type: 'String', allowedValues: ['80', '9000'] },
      },
      properties: { portNumber: '{{ remotePort }}', type: 'LocalPortForwarding' },
    },
  },
})

/** The forecast on stderr for keys of the environment whose end is unknown. */
const FORECAST =
  /^culvert: keys' end unknown; tunnel lives about 60 min after the last resume, now until \d\d:\d\d\.\n$/

const lengthOf = (bytes: number): Buffer => {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(bytes))
  return head
}

/** What port 9000 answers to the length of nothing. It hangs up afterwards, so the command ends at once. */
const NOTHING_HASHED = `${createHash('sha256').digest('hex')}\n`

const page = (host: string, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = get({ host, port, path: '/', agent: false }, (response) => {
      text(response).then(resolve, reject)
    })
    request.on('error', reject)
  })

async function forwarding(...args: string[]): Promise<[Running, number]> {
  const running = begin('forward', 'web-2', '--json', ...args)
  await vi.waitFor(() => expect(linesOf(running)[0]?.type).toBe('listening'))
  return [running, linesOf(running)[0]!.port!]
}

describe('culvert forward', () => {
  test('says in its first line where it listens, then its state and what happens, and carries data on both addresses', async () => {
    const [running, port] = await forwarding('--remote-port', '8080')
    expect(await page('127.0.0.1', port)).toContain('web-2')
    expect(await page('::1', port)).toContain('web-2')
    await vi.waitFor(() => expect(linesOf(running).filter(({ kind }) => kind === 'connection-closed')).toHaveLength(2))
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ status: 0, stderr: '' })
    const lines = linesOf(running)
    expect(lines[0]).toEqual({ type: 'listening', host: '127.0.0.1', port, sessionId: simulator.sessions()[0]!.id })
    expect(lines[1]).toMatchObject({
      type: 'state',
      kind: 'up',
      sessionId: simulator.sessions()[0]!.id,
      keys: { kind: 'unknown' },
      recycleAt: expect.any(Number),
      staysUntil: lines[1]?.['recycleAt'],
    })
    expect(lines.find(({ kind }) => kind === 'connection-closed')).toMatchObject({
      type: 'event',
      bytesUp: expect.any(Number),
      bytesDown: expect.any(Number),
    })
    expect(lines.at(-1)).toEqual({ type: 'state', kind: 'off' })
    expect(open()).toEqual([])
  })

  test('reaches a host behind the instance by a fixed local port, and frees the port', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(probe.address()).not.toBeNull())
    const { port } = probe.address() as { port: number }
    await new Promise((resolve) => probe.close(resolve))
    const where = ['--remote-port', '80', '--host', 'intranet.internal', '--local-port', String(port)]
    const [running, listening] = await forwarding(...where)
    expect(listening).toBe(port)
    expect(await page('127.0.0.1', port)).toMatch(/intranet/i)
    running.child.kill('SIGHUP')
    expect(await running.ended).toMatchObject({ status: 0 })
    await expect(page('127.0.0.1', port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('tells people the address and the destination', async () => {
    const running = begin('forward', 'web-2', '--remote-port', '8080')
    await vi.waitFor(() => expect(running.printed()).toMatch(/\n$/))
    const id = idOf('web-2')
    const pattern = new RegExp(
      String.raw`^Forwarding 127\.0\.0\.1:(\d+) and \[::1\]:\1 -> web-2 \(${id}\) port 8080\n$`,
    )
    expect(running.printed()).toMatch(pattern)
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ status: 0, stderr: expect.stringMatching(FORECAST) })
    expect(open()).toEqual([])
  })

  test('on a set moves to another host when its own is replaced, and tells both', async () => {
    const running = begin('forward', 'asg:checkout-workers', '--choose', 'newest', '--remote-port', '7')
    await vi.waitFor(() => expect(running.printed()).toContain('Forwarding'))
    const old = simulator.sessions()[0]!.target
    simulator.faults.apply({ kind: 'replace', instance: old })
    await vi.waitFor(() =>
      expect(running.told()).toContain(`Moved from checkout-worker (${old}) to checkout-worker (i-`),
    )
    running.child.kill('SIGINT')
    expect([(await running.ended).status, open()]).toEqual([0, []])
  })

  test('ends with 0 when its reader has gone, although nothing happens', async () => {
    const command = `"${process.execPath}" "${bundle.cli}" forward web-2 --remote-port 8080 --json | head -n 1; echo "\${PIPESTATUS[0]}"`
    const child = spawn('bash', ['-c', command], { env })
    const lines = (await text(child.stdout)).trimEnd().split('\n')
    expect(JSON.parse(lines[0]!)).toMatchObject({ type: 'listening' })
    expect(lines[1]).toBe('0')
    expect(open()).toEqual([])
  })

  test('ends in order although it is told so twice', async () => {
    const [running] = await forwarding('--remote-port', '8080')
    const isTerminating = simulator.delayNext('TerminateSession', 700)
    running.child.kill('SIGINT')
    await isTerminating
    for (const name of ['SIGINT', 'SIGTERM'] as const) running.child.kill(name)
    expect(await running.ended).toMatchObject({ status: 0, signal: null })
    expect(open()).toEqual([])
  })

  test('told to end before it is up exits with 0 and leaves no session', async () => {
    const isStarting = simulator.delayNext('StartSession', 300)
    const running = begin('forward', 'web-2', '--remote-port', '8080', '--json')
    await isStarting
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ status: 0 })
    expect(open()).toEqual([])
  })

  test('goes on when the destination refuses, and tells that connection apart', async () => {
    const [running, port] = await forwarding('--remote-port', '81')
    const socket = connect({ host: '127.0.0.1', port })
    await new Promise((resolve) => socket.on('error', resolve).on('close', resolve))
    await vi.waitFor(() =>
      expect(linesOf(running)).toContainEqual({
        type: 'event',
        kind: 'connection-failed',
        connectionId: 1,
        error: { code: 'destination-refused', message: expect.any(String) },
      }),
    )
    expect(running.child.exitCode).toBeNull()
    running.child.kill('SIGTERM')
    await running.ended
  })

  test('goes on with a new session on its port when its own is gone, and says so', async () => {
    const [running, port] = await forwarding('--remote-port', '8080')
    const [first] = open()
    simulator.failNext('ResumeSession', { code: 'DoesNotExistException' })
    simulator.cut(first!, 'fin')
    await vi.waitFor(() => {
      expect(linesOf(running).find(({ kind }) => kind === 'restarted')).toMatchObject({
        type: 'event',
        connectionsLost: 0,
        cause: { code: 'session-gone' },
      })
    })
    await vi.waitFor(() => expect(linesOf(running).at(-1)).toMatchObject({ type: 'state', kind: 'up' }))
    expect(open()).not.toContain(first)
    expect(await page('127.0.0.1', port)).toContain('web-2')
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ status: 0 })
  })

  test('exits with 1 and the error when its session is gone and no other one may be started', async () => {
    const [running] = await forwarding('--remote-port', '8080')
    simulator.failNext('ResumeSession', { code: 'DoesNotExistException' })
    simulator.failNext('StartSession', { code: 'AccessDeniedException' })
    simulator.cut(open()[0]!, 'fin')
    const outcome = await running.ended
    expect(outcome).toMatchObject({ status: 1, stderr: expect.stringMatching(/^culvert: access-denied: /m) })
    expect(linesOf(running).at(-1)).toMatchObject({ type: 'state', kind: 'failed', error: { code: 'access-denied' } })
  })
})

describe('culvert ssh-proxy', () => {
  test('carries 1 MB up byte for byte and delivers the answer that comes after stdin has ended', async () => {
    const bytes = randomBytes(1_000_000)
    const outcome = await run(['ssh-proxy', 'web-2', '9000'], Buffer.concat([lengthOf(bytes.length), bytes]))
    expect(outcome).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(FORECAST),
      text: `${createHash('sha256').update(bytes).digest('hex')}\n`,
    })
    expect(open()).toEqual([])
  })

  test('carries 1 MB down byte for byte to a slow reader, and ends when the far end hangs up', async () => {
    const running = start(bundle, ['ssh-proxy', 'web-2', '9001'], env)
    onTestFinished(() => void running.child.kill('SIGKILL'))
    running.child.stdout.pause()
    running.child.stdin.write(lengthOf(1_000_000))
    await vi.waitFor(() => expect(running.child.stdout.readableLength).toBeGreaterThan(0))
    running.child.stdout.resume()
    const { status, stdout } = await running.ended
    const parts: Buffer[] = []
    for (const part of sourceBytes(1_000_000)) parts.push(Buffer.from(part))
    const expected = Buffer.concat(parts)
    expect([status, stdout.length, stdout.equals(expected)]).toEqual([0, 1_000_000, true])
    expect(open()).toEqual([])
  })

  test('passes single line feeds as they are', async () => {
    const running = begin('ssh-proxy', 'web-2', '7')
    for (const piece of ['a', '\n', '\r', '\n']) {
      const before = running.printed().length
      running.child.stdin.write(piece)
      await vi.waitFor(() => expect(running.printed().length).toBe(before + 1))
    }
    expect(running.printed()).toBe('a\n\r\n')
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ status: 143, stderr: expect.stringMatching(FORECAST) })
    expect(open()).toEqual([])
  })

  test('prints the banner of a far end that waits, and ends after a while without stdin', async () => {
    expect(await run(['ssh-proxy', 'web-2', '22'])).toMatchObject({ status: 0, text: 'SSH-2.0-CulvertDemo\r\n' })
  })

  test('prints nothing on stdout when the port is refused', async () => {
    const running = begin('ssh-proxy', 'web-2', '81')
    expect(await running.ended).toMatchObject({
      status: 1,
      stdout: Buffer.alloc(0),
      stderr: expect.stringContaining('culvert: destination-refused: '),
    })
    expect(open()).toEqual([])
  })
})

describe('a session document', () => {
  const documentsOf = (): string[] => simulator.sessions().map(({ documentName }) => documentName)

  test('of one forward or one raw connection is started with the port under its own name', async () => {
    const own = ['--document', 'Acme-Page', '--parameters', '{"site":["intranet"]}']
    const outcome = await run(['ssh-proxy', 'web-2', '9000', ...own], lengthOf(0))
    expect(outcome).toMatchObject({ status: 0, text: NOTHING_HASHED })
    const running = begin('forward', 'web-2', '--remote-port', '80', '--json', ...own)
    await vi.waitFor(() => expect(linesOf(running)[0]?.type).toBe('listening'))
    running.child.kill('SIGTERM')
    await running.ended
    expect(documentsOf()).toEqual(['Acme-Page', 'Acme-Page'])
  })

  test('that does not fit is refused before a session is started', async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { status, stderr } = await run(args)
      expect(status).toBe(2)
      return stderr
    }
    const proxy = ['ssh-proxy', 'web-2', '443']
    expect(await refused(...proxy, '--document', 'Acme-Page')).toContain('"443" for remotePort: it takes 80, 9000')
    expect(await refused(...proxy, '--document', 'AWS-StartInteractiveCommand')).toContain('forwards no port')
    expect(await refused(...proxy, '--parameters', 'site=a')).toContain('--parameters needs --document')
    expect(await refused('shell', 'web-2', '--document', 'no name')).toContain('--document takes a name')
    expect(documentsOf()).toEqual([])
  })

  test("and the reason that the app's settings want are those of the command line too", async () => {
    const directory = await mkdtemp(path.join(folder, 'data-'))
    const settings = { documents: { ssh: 'Acme-Page' }, isReasonRequired: true }
    const file = path.join(directory, 'settings.json')
    const id = 'Environment variables eu-west-1'
    await writeFile(file, JSON.stringify({ version: 1, data: { environments: { [id]: settings } } }))
    setEnv({ ...env, CULVERT_DATA_DIR: directory })
    const proxy = ['ssh-proxy', 'web-2', '9000']
    expect(await run(proxy)).toMatchObject({ status: 2, stderr: expect.stringContaining('--reason TEXT') })
    const forecast = expect.stringMatching(/^culvert: keys' end unknown[^\n]*\n$/)
    expect(await run([...proxy, '--reason', 'ticket 7'], lengthOf(0))).toMatchObject({ status: 0, stderr: forecast })
    expect(simulator.sessions()).toMatchObject([
      { documentName: 'Acme-Page', reason: expect.stringMatching(/^ticket 7 \[Culvert [0-9a-f]{12}\/[0-9a-f]{12}\]$/) },
    ])
    await writeFile(file, '{')
    const outcome = await run(proxy, lengthOf(0))
    expect(outcome).toMatchObject({ status: 0, stderr: expect.stringContaining('are not used') })
  })
})
