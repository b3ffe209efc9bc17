// The command line over real processes: the bundled program as a child, real sockets, a simulator behind it.

import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { DescribeSessionsCommand, SSMClient } from '@aws-sdk/client-ssm'
import { spawn as spawnPty } from '@lydell/node-pty'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openAccount } from '../electron/aws/account'
import { sourceBytes } from '../electron/simulator/world/bytesource'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { bareEnvironment, bundleCli, environmentOf, start, type Bundle, type Outcome, type Running } from './kit/cli'

let bundle: Bundle
let simulator: Simulator
let env: NodeJS.ProcessEnv
let folder: string

beforeAll(async () => {
  bundle = await bundleCli()
  folder = await mkdtemp(path.join(tmpdir(), 'culvert-cli-'))
})
afterAll(async () => {
  bundle[Symbol.dispose]()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, instances: 0 })
  env = environmentOf(simulator)
})
afterEach(() => simulator[Symbol.asyncDispose]())

const idOf = (name: string): string => simulator.world.instances.find(({ tags }) => tags['Name'] === name)!.id

const begin = (...args: string[]): Running => {
  const running = start(bundle, args, env)
  onTestFinished(() => void running.child.kill('SIGKILL'))
  return running
}

/** Runs a command to its end with `input` for stdin. */
async function run(args: readonly string[], input: string | Uint8Array = ''): Promise<Outcome & { text: string }> {
  const running = begin(...args)
  running.child.stdin.end(input)
  const outcome = await running.ended
  return { ...outcome, text: outcome.stdout.toString() }
}

/** Ids of sessions that are not over. Whatever a command does, none may be left. */
const open = (): string[] =>
  simulator
    .sessions()
    .filter(({ status }) => status !== 'Terminated' && status !== 'Failed')
    .map(({ id }) => id)

const page = (host: string, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = get({ host, port, path: '/', agent: false }, (response) => {
      text(response).then(resolve, reject)
    })
    request.on('error', reject)
  })

describe('culvert', () => {
  test('answers --help and --version without an environment, on stdout', async () => {
    env = bareEnvironment()
    const help = await run(['--help'])
    expect(help).toMatchObject({ status: 0, stderr: '' })
    expect(help.text).toContain('ssh-proxy')
    const { version } = JSON.parse(await readFile(path.join(import.meta.dirname, '..', 'package.json'), 'utf8'))
    expect(await run(['--version'])).toMatchObject({ status: 0, stderr: '', text: `${version}\n` })
  })

  test('tells a wrong command line in one sentence on stderr and exits with 2', async () => {
    expect(await run(['ls', '--colour'])).toMatchObject({
      status: 2,
      text: '',
      stderr: 'culvert: usage: There is no option --colour for ls. See: culvert ls --help\n',
    })
    expect(await run(['forward', 'web-2'])).toMatchObject({ status: 2 })
    expect(await run(['ls', '--tag', 'x'])).toMatchObject({ status: 2 })
    expect(await run(['shell', 'web-2', '--parameters', '{'])).toMatchObject({ status: 2 })
    expect(await run(['ssh-proxy', 'web-2', 'ssh'])).toMatchObject({ status: 2 })
    expect(simulator.sessions()).toEqual([])
  })
})

describe('culvert ls', () => {
  test('prints a table with every instance, and nothing on stderr', async () => {
    const { status, text: table, stderr } = await run(['ls'])
    expect([status, stderr]).toEqual([0, ''])
    const lines = table.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^NAME +ID +STATE +AGENT +VERSION +PLATFORM +ENV$/)
    expect(lines).toHaveLength(1 + simulator.world.instances.length)
    expect(lines.find((line) => line.startsWith('search-indexer'))).toMatch(/ running +offline .* linux +production$/)
    expect(lines.find((line) => line.startsWith('load-generator'))).toMatch(/ stopped +none +- /)
  })

  test('prints every page as JSON, and only what bears every --tag', async () => {
    await simulator[Symbol.asyncDispose]()
    simulator = await startSimulator({ instances: 1_200 })
    env = environmentOf(simulator)
    const all = JSON.parse((await run(['ls', '--json'])).text)
    expect(all).toHaveLength(simulator.world.instances.length)
    const some = JSON.parse((await run(['ls', '--json', '--tag', 'Env=staging', '--tag', 'Name=web-1'])).text)
    expect(some).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^i-/),
        kind: 'ec2',
        name: 'web-1',
        tags: expect.objectContaining({ Env: 'staging', Team: 'storefront' }),
        platform: 'linux',
        state: 'running',
        agent: { kind: 'online' },
        agentVersion: expect.stringMatching(/^3\./),
      }),
    ])
    expect(JSON.parse((await run(['ls', '--json', '--tag', 'Env=none'])).text)).toEqual([])
  })

  test('lists what it may and says on stderr what it may not', async () => {
    simulator.failNext('DescribeInstances', { code: 'UnauthorizedOperation', status: 403 })
    const { status, text: table, stderr } = await run(['ls'])
    expect(status).toBe(0)
    expect(stderr).toMatch(/^culvert: .*ec2:DescribeInstances.*\n$/)
    expect(table).toContain('mi-')
  })

  test('with CULVERT_LOG leaves each call of AWS in the diagnostic log, and without it no log', async () => {
    env = { ...env, CULVERT_DATA_DIR: path.join(folder, 'logged') }
    await run(['ls'])
    expect(existsSync(path.join(folder, 'logged'))).toBe(false)
    env = { ...env, CULVERT_LOG: '1' }
    expect(await run(['ls'])).toMatchObject({ status: 0, stderr: '' })
    const log = await readFile(path.join(folder, 'logged', 'culvert.log'), 'utf8')
    expect(log).toMatch(
      /"door":"culvert ls","operation":"ec2:DescribeInstances","tookMs":\d+,"attempts":1,"requestId":"/,
    )
  })

  test('ends quietly when its reader has gone', async () => {
    const running = begin('ls')
    running.child.stdout.destroy()
    expect(await running.ended).toMatchObject({ status: 141, stderr: '' })
  })
})

describe('what comes from outside', () => {
  const NAME = 'pro\u200bd\u009b31m\u202e'
  const SHOWN = 'pro⟨U+200B⟩d⟨U+009B⟩31m⟨U+202E⟩'
  /** What drives a terminal or does not show, but for the breaks of lines. */
  const UNSEEN = /(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u

  beforeEach(() => {
    const instance = simulator.world.instance(idOf('web-2'))!
    simulator.world.put({ ...instance, tags: { ...instance.tags, Name: NAME, Owner: 'a\u0085b' } })
  })

  test('is listed with its marks, and as JSON with its very value behind escapes', async () => {
    const table = await run(['ls'])
    expect(table.text).toMatch(new RegExp(`^${SHOWN.replaceAll('+', String.raw`\+`)} +i-`, 'm'))
    expect(table.text).not.toMatch(UNSEEN)
    const json = await run(['ls', '--json', '--tag', `Name=${NAME}`])
    expect(json.text).not.toMatch(UNSEEN)
    expect(JSON.parse(json.text)).toEqual([
      expect.objectContaining({ name: NAME, tags: expect.objectContaining({ Name: NAME, Owner: 'a\u0085b' }) }),
    ])
  })

  test('names the way of a forward and what happens to it on clean lines', async () => {
    const text = begin('forward', NAME, '--remote-port', '7')
    await vi.waitFor(() => expect(text.printed()).toContain(`-> ${SHOWN} (i-`), { timeout: 15_000 })
    text.child.kill('SIGTERM')
    expect(await text.ended).toMatchObject({ status: 0 })
    expect(text.printed() + text.told()).not.toMatch(UNSEEN)
  })

  test.each([
    ['shell', [], 0],
    ['exec', ['--', 'sleep', '100'], 1],
  ])('tells of the end of a session of %s on one line, without secrets, and is cut', async (command, words, status) => {
    const running = begin(command, idOf('checkout-api-1'), ...words)
    await vi.waitFor(() => expect(simulator.sessions().at(-1)?.counters.sent).toBeGreaterThan(0))
    // A shell that ends before it has begun is another thing.
    if (command === 'shell') await vi.waitFor(() => expect(running.printed()).not.toBe(''))
    const secret = 'AKIAIOSFODNN7EXAMPLE'
    simulator.end(simulator.sessions().at(-1)!.id, `over\nand\u001b[2J ${secret} \u202e${'x '.repeat(20_000)}`)
    const outcome = await running.ended
    expect(outcome.status).toBe(status)
    // A command whose session ends before it has begun is told of that alone.
    expect(outcome.stderr).toMatch(
      /^culvert: .*over and⟨U\+001B⟩\[2J AKIA\[redacted\] ⟨U\+202E⟩(?:x )+x?…(?:\): the output may be .*)?\n$/,
    )
    expect(outcome.stderr.length).toBeLessThan(2_200)
  })
})

describe('culvert shell', () => {
  /** The program in a terminal of this computer. */
  function inTerminal(args: readonly string[], size: { cols: number; rows: number }) {
    const terminal = spawnPty(args[0]!, args.slice(1), {
      ...size,
      env: env as Record<string, string>,
      name: 'xterm-256color',
    })
    let screen = ''
    terminal.onData((data) => {
      screen += data
    })
    const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)))
    onTestFinished(() => {
      try {
        terminal.kill('SIGKILL')
      } catch {
        // It has ended.
      }
    })
    const shows = (pattern: RegExp) => vi.waitFor(() => expect(screen).toMatch(pattern))
    return { terminal, shows, ended, screen: () => screen }
  }

  test('is a terminal of the right size that follows a resize, and ends with the shell', async () => {
    const { terminal, shows, ended, screen } = inTerminal([process.execPath, bundle.cli, 'shell', 'web-2'], {
      cols: 91,
      rows: 33,
    })
    await shows(/[$#] $/)
    terminal.write('echo hello-$((40+2)); stty size\r')
    await shows(/hello-42\r\n33 91\r\n/)
    terminal.resize(70, 20)
    await vi.waitFor(
      () => {
        // The signal may reach the program behind what is typed here, so ask until it has.
        terminal.write('stty size\r')
        expect(screen()).toMatch(/[\r\n]20 70\r\n/)
      },
      { interval: 300 },
    )
    // Ctrl-C goes to the instance, not to us.
    terminal.write('sleep 100\r')
    await shows(/sleep 100\r\n/)
    await vi.waitFor(
      () => {
        // The first ones may come before `sleep` has the terminal, and are then the shell's.
        terminal.write('\u0003')
        terminal.write('echo still-$((1+1))\r')
        expect(screen()).toMatch(/still-2/)
      },
      { interval: 300 },
    )
    terminal.write('exit\r')
    expect(await ended).toBe(0)
    expect(open()).toEqual([])
  })

  test('is left by Enter ~ . and lists its escapes by Enter ~ ?, unless --escape none', async () => {
    const size = { cols: 80, rows: 24 }
    const { terminal, shows, ended, screen } = inTerminal([process.execPath, bundle.cli, 'shell', 'web-2'], size)
    await shows(/[$#] $/)
    terminal.write('~?')
    await shows(/~\. {2}leaves the shell/)
    terminal.write('echo a\r~~b\r')
    await shows(/~b/)
    expect(screen()).not.toContain('~~b')
    terminal.write('\r~.')
    expect(await ended).toBe(0)
    await vi.waitFor(() => expect(open()).toEqual([]))
    const plain = inTerminal([process.execPath, bundle.cli, 'shell', 'web-2', '--escape', 'none'], size)
    await plain.shows(/[$#] $/)
    plain.terminal.write('\r~.\recho still-$((40+2))\r')
    await plain.shows(/still-42/)
    expect(await run(['shell', 'web-2', '--escape', 'x'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--escape is "x": give none'),
    })
  })

  test.each(['exit', 'SIGTERM', 'SIGHUP', 'cut'])('leaves the terminal as it was when it ends by %s', async (how) => {
    const pidFile = path.join(folder, `pid-${how}`)
    // The terminal stays open until all of it was read: the library loses what is unread when the last program leaves it.
    const script = `sh -c 'echo $$ > ${pidFile}; exec "${process.execPath}" "${bundle.cli}" shell web-2'; echo status=$?; stty -a; echo all-done; read -r _`
    const { terminal, shows, screen } = inTerminal(['sh', '-c', script], { cols: 80, rows: 24 })
    await shows(/[$#] $/)
    const pid = Number(await readFile(pidFile, 'utf8'))
    expect(pid).toBeGreaterThan(1)
    const raw = spawnSync('stty', ['-a', '-F', `/proc/${pid}/fd/0`]).stdout.toString()
    expect(raw).toMatch(/(^|\s)-icanon/)
    expect(raw).toMatch(/(^|\s)-opost/)
    if (how === 'exit') terminal.write('exit\r')
    else if (how === 'cut') {
      simulator.failNext('ResumeSession', { code: 'DoesNotExistException' })
      simulator.cut(open()[0]!, 'rst')
    } else process.kill(pid, how as NodeJS.Signals)
    await shows(/all-done/)
    const after = screen().slice(screen().lastIndexOf('status='))
    expect(after).toMatch(/(^|\s)icanon/)
    expect(after).toMatch(/(^|\s)opost/)
    expect(after).toMatch(/\secho\s/)
    expect(after).toMatch(
      { exit: /^status=0/, SIGTERM: /^status=143/, SIGHUP: /^status=129/, cut: /^status=1\b/ }[how]!,
    )
    if (how === 'cut') expect(screen()).toContain('culvert: session-gone: ')
    await vi.waitFor(() => expect(open()).toEqual([]))
  })

  test('types what comes by a pipe, to the last line without a break, and delivers everything', async () => {
    const outcome = await run(
      ['shell', 'web-2'],
      'echo one-$((1+1))\ncd /tmp; pwd; for i in $(seq 300); do echo line-$i; done\necho last-$((3+4))',
    )
    expect(outcome.status).toBe(0)
    expect(outcome.text).toContain('one-2\r\n')
    expect(outcome.text).toContain('/tmp\r\n')
    expect(outcome.text).toContain('line-300\r\n')
    expect(outcome.text).toContain('last-7\r\n')
    expect(open()).toEqual([])
  })

  test('types what comes by a pipe into a Windows shell with CR, and ends it by exit', async () => {
    const outcome = await run(['shell', 'reports-win-1'], 'hostname\r\nwhoami')
    expect(outcome.status).toBe(0)
    expect(outcome.text).toContain('REPORTS-WIN-1\r\n')
    expect(outcome.text).toContain('reports-win-1\\ssm-user\r\n')
    expect(open()).toEqual([])
  })

  test('ends after its input even when a program in it reads to the end too', async () => {
    const outcome = await run(['shell', 'web-2'], 'cat > /dev/null\nsome text for cat\n')
    expect(outcome.status).toBe(0)
    expect(open()).toEqual([])
  })

  test('starts another document with parameters, and keeps its reason', async () => {
    const outcome = await run([
      'shell',
      'web-2',
      '--document',
      'AWS-StartInteractiveCommand',
      '--parameters',
      'command=echo from-$((5+5))',
      '--reason',
      'ticket 7',
    ])
    expect(outcome).toMatchObject({ status: 0, text: expect.stringContaining('from-10\r\n') })
    const { endpointUrl, region, credentials } = simulator
    const client = new SSMClient({ endpoint: endpointUrl, region, credentials })
    const { Sessions } = await client.send(new DescribeSessionsCommand({ State: 'History' }))
    client.destroy()
    expect(Sessions).toMatchObject([{ DocumentName: 'AWS-StartInteractiveCommand', Reason: 'ticket 7' }])
  })
})

describe('culvert exec', () => {
  const exec = (...words: string[]) => run(['exec', 'web-2', '--', ...words])

  /** Resolves when the command runs on the instance. */
  async function beginLongCommand(name: string): Promise<Running> {
    const file = path.join(folder, `runs-${name}`)
    const running = begin('exec', 'web-2', '--', 'sh', '-c', `echo half; touch ${file}; sleep 100`)
    await vi.waitFor(() => expect(existsSync(file)).toBe(true))
    return running
  }

  test('exits with the status of the command and prints exactly its output', async () => {
    expect(await exec('sh', '-c', 'echo out; echo err >&2; exit 3')).toMatchObject({
      status: 3,
      text: 'out\nerr\n',
      stderr: '',
    })
    expect(await exec('printf', 'no line break')).toMatchObject({ status: 0, text: 'no line break' })
    expect(await exec('true')).toMatchObject({ status: 0, text: '' })
    expect(await exec('sh', '-c', 'exit 255')).toMatchObject({ status: 255 })
    expect(open()).toEqual([])
  })

  test('passes nasty arguments as they are', async () => {
    const nasty = ['', ' ', "it's", '"', '$HOME `id` $(id)', 'a\nb\tc', '\\', '*', '{{x}}', '日本語 🙂', '-n', '#']
    const outcome = await exec('printf', '[%s]', ...nasty)
    expect(outcome.text).toBe(nasty.map((word) => `[${word}]`).join(''))
  })

  test('delivers more output than a message holds, byte for byte', async () => {
    const outcome = await exec('sh', '-c', 'seq 1 40000; exit 9')
    expect(outcome.status).toBe(9)
    expect(outcome.text).toBe(Array.from({ length: 40_000 }, (_, index) => `${index + 1}\n`).join(''))
  })

  test('says so when the status never comes, because the session was ended from outside', async () => {
    const running = await beginLongCommand('ended')
    const { endpointUrl, region, credentials } = simulator
    await using account = await openAccount({ endpointUrl, region, credentials, env: {} })
    await account.terminateSession(open()[0]!, new AbortController().signal)
    const outcome = await running.ended
    expect(outcome).toMatchObject({ status: 1, stderr: expect.stringMatching(/^culvert: session-ended: /) })
    expect(outcome.stdout.toString()).not.toContain('culvert:')
  })

  test('with a document that separates them keeps stdout, stderr and status apart', async () => {
    const outcome = await run([
      'exec',
      'web-2',
      '--document',
      'Culvert-SeparateOutputCommand',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 5',
    ])
    expect(outcome).toMatchObject({ status: 5, text: 'out\n', stderr: 'err\n' })
  })

  test('refuses an instance that has no sh, before it starts a session', async () => {
    expect(await run(['exec', 'build-win-1', '--', 'dir'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Windows'),
    })
    expect(simulator.sessions()).toEqual([])
  })

  test('told to end by a signal ends its session and exits with 128 and the signal', async () => {
    const running = await beginLongCommand('signalled')
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ status: 130, stderr: '' })
    expect(open()).toEqual([])
  })
})

interface Line {
  readonly type: string
  readonly kind?: string
  readonly port?: number
  readonly [key: string]: unknown
}

const linesOf = (running: Running): Line[] =>
  running
    .printed()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)

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
    expect(lines[1]).toMatchObject({ type: 'state', kind: 'up', sessionId: simulator.sessions()[0]!.id })
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
    const [running, listening] = await forwarding(
      '--remote-port',
      '80',
      '--host',
      'intranet.internal',
      '--local-port',
      String(port),
    )
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
    expect(await running.ended).toMatchObject({ status: 0 })
    expect(open()).toEqual([])
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
    running.child.kill('SIGINT')
    running.child.kill('SIGTERM')
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
  const lengthOf = (bytes: number): Buffer => {
    const head = Buffer.alloc(8)
    head.writeBigUInt64BE(BigInt(bytes))
    return head
  }

  test('carries 1 MB up byte for byte and delivers the answer that comes after stdin has ended', async () => {
    const bytes = randomBytes(1_000_000)
    const outcome = await run(['ssh-proxy', 'web-2', '9000'], Buffer.concat([lengthOf(bytes.length), bytes]))
    expect(outcome).toMatchObject({
      status: 0,
      stderr: '',
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
    expect(await running.ended).toMatchObject({ status: 143, stderr: '' })
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

describe('an error', () => {
  const told = (code: string, words = '') => ({
    status: 1,
    text: '',
    stderr: expect.stringMatching(new RegExp(`^culvert: ${code}: [^\\n]*${words}[^\\n]*\\n$`)),
  })

  test('agent-offline: the agent does not answer', async () => {
    expect(await run(['shell', 'search-indexer'])).toMatchObject(told('agent-offline', idOf('search-indexer')))
    expect(await run(['shell', 'load-generator'])).toMatchObject(told('agent-offline'))
  })

  test('ambiguous-name: several instances bear the Name, and are listed', async () => {
    const ids = simulator.world.instances.filter(({ tags }) => tags['Name'] === 'web-1').map(({ id }) => id)
    const outcome = await run(['exec', 'web-1', '--', 'true'])
    expect(outcome).toMatchObject(told('ambiguous-name'))
    for (const id of ids) expect(outcome.stderr).toContain(id)
  })

  test('unknown-instance and wrong-region: nobody bears the Name, the id is not here', async () => {
    expect(await run(['shell', 'nobody'])).toMatchObject(told('unknown-instance'))
    expect(await run(['shell', 'i-0ffffffffffffffff'])).toMatchObject(told('wrong-region', '--region'))
  })

  test('access-denied: names the action', async () => {
    simulator.failNext('StartSession', { code: 'AccessDeniedException', message: 'no' })
    expect(await run(['forward', 'web-2', '--remote-port', '1'])).toMatchObject(
      told('access-denied', 'ssm:StartSession'),
    )
  })

  test('credentials-expired: AWS says so, whatever the status', async () => {
    for (const status of [400, 403]) {
      simulator.failNext('StartSession', { code: 'ExpiredTokenException', status })
      expect(await run(['exec', 'web-2', '--', 'true'])).toMatchObject(told('credentials-expired', 'environment'))
    }
  })

  test('credentials-expired: keys that are not those of this account', async () => {
    env = { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' }
    expect(await run(['ls'])).toMatchObject(told('credentials-expired'))
  })

  test('clock-skew: AWS refuses the time of our signature', async () => {
    const message =
      'Signature expired: 20261122T000000Z is now earlier than 20261122T004500Z (20261122T010000Z - 15 min.)'
    for (let attempt = 0; attempt < 3; attempt += 1) {
      simulator.failNext('StartSession', { code: 'InvalidSignatureException', status: 403, message })
    }
    expect(await run(['shell', 'web-2'])).toMatchObject(told('clock-skew', '60 minutes behind'))
  })

  test('document-missing, throttled and service: AWS says so', async () => {
    simulator.failNext('StartSession', { code: 'InvalidDocument' })
    expect(await run(['shell', 'web-2', '--document', 'My-Doc'])).toMatchObject(told('document-missing', 'My-Doc'))
    for (let attempt = 0; attempt < 3; attempt += 1) simulator.failNext('StartSession', { code: 'ThrottlingException' })
    expect(await run(['shell', 'web-2'])).toMatchObject(told('throttled'))
    for (let attempt = 0; attempt < 3; attempt += 1)
      simulator.failNext('StartSession', { code: 'InternalServerError', status: 500 })
    expect(await run(['shell', 'web-2'])).toMatchObject(told('service'))
  })

  test('port-in-use: somebody listens there, and no session is started', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await vi.waitFor(() => expect(server.address()).not.toBeNull())
    const { port } = server.address() as { port: number }
    const outcome = await run(['forward', 'web-2', '--remote-port', '8080', '--local-port', String(port)])
    expect(outcome).toMatchObject(told('port-in-use', String(port)))
    expect(simulator.sessions()).toEqual([])
  })

  test('network: nobody listens at the endpoint', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(server.address()).not.toBeNull())
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    expect(await run(['ls', '--endpoint-url', `http://127.0.0.1:${port}`])).toMatchObject(
      told('network', `127.0.0.1:${port}`),
    )
  })

  test('credentials-missing, region-missing and profile-unknown: nothing is configured', async () => {
    const { AWS_ENDPOINT_URL, AWS_REGION } = env
    env = { ...bareEnvironment(), AWS_ENDPOINT_URL, AWS_REGION }
    expect(await run(['ls'])).toMatchObject(told('credentials-missing', '--demo'))
    expect(await run(['ls', '--profile', 'prod'])).toMatchObject(told('profile-unknown', 'prod'))
    env = bareEnvironment()
    expect(await run(['ls'])).toMatchObject(told('region-missing', '--region'))
  })

  test('credentials-expired: the SSO login of the profile, with the command that renews it', async () => {
    const file = path.join(folder, 'config')
    await writeFile(
      file,
      '[profile corp]\nsso_session=corp\nsso_account_id=1\nsso_role_name=dev\nregion=eu-west-1\n' +
        '[sso-session corp]\nsso_region=eu-west-1\nsso_start_url=https://corp.awsapps.com/start\n',
    )
    env = { ...bareEnvironment(), AWS_CONFIG_FILE: file }
    expect(await run(['ls', '--profile', 'corp'])).toMatchObject(
      told('credentials-expired', 'aws sso login --profile corp'),
    )
  })
})

describe('--demo', () => {
  const children = (pid: number): string =>
    existsSync(`/proc/${pid}/task/${pid}/children`)
      ? spawnSync('cat', [`/proc/${pid}/task/${pid}/children`])
          .stdout.toString()
          .trim()
      : ''

  test('needs no AWS, ignores a broken one, and leaves no process behind', async () => {
    env = { ...bareEnvironment(), AWS_PROFILE: 'missing', AWS_CA_BUNDLE: '/missing', HTTP_PROXY: 'http://127.0.0.1:1' }
    const running = begin('exec', 'web-2', '--demo', '--', 'sh', '-c', 'echo key=$AWS_PROFILE; exit 4')
    await vi.waitFor(() => expect(children(running.child.pid!)).not.toBe(''))
    const [child] = children(running.child.pid!).split(' ')
    expect(await running.ended).toMatchObject({ status: 4, stderr: '', stdout: Buffer.from('key=\n') })
    expect(existsSync(`/proc/${child}`)).toBe(false)
  })

  test('ends its simulator even when it is killed itself', async () => {
    env = bareEnvironment()
    const running = begin('forward', 'web-2', '--demo', '--remote-port', '8080', '--json')
    await vi.waitFor(() => expect(linesOf(running)[0]?.type).toBe('listening'))
    const [child] = children(running.child.pid!).split(' ')
    expect(child).not.toBe('')
    running.child.kill('SIGKILL')
    await vi.waitFor(() => expect(existsSync(`/proc/${child}`)).toBe(false))
  })

  test('survives Ctrl-C long enough to end in order', async () => {
    env = bareEnvironment()
    const running = begin('forward', 'web-2', '--demo', '--remote-port', '8080', '--json')
    await vi.waitFor(() => expect(linesOf(running)[0]?.type).toBe('listening'))
    const [child] = children(running.child.pid!).split(' ')
    // Ctrl-C goes to the process group of the terminal; the simulator is in one of its own.
    expect(spawnSync('ps', ['-o', 'pgid=', '-p', child!]).stdout.toString().trim()).toBe(child)
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ status: 0, stderr: '' })
    expect(linesOf(running).at(-1)).toEqual({ type: 'state', kind: 'off' })
  })
})
