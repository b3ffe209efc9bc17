// The command line over real processes: the bundled program as a child, real sockets, a simulator behind it.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { startSimulator } from '../electron/simulator/simulator'
import { bareEnvironment, environmentOf } from './kit/programs/cli'
import { begin, env, folder, idOf, linesOf, run, setEnv, setSimulator, simulator, stageCli } from './kit/stages/cli'

stageCli()

describe('culvert', () => {
  test('answers --help and --version without an environment, on stdout', async () => {
    setEnv(bareEnvironment())
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
    setSimulator(await startSimulator({ instances: 1_200 }))
    setEnv(environmentOf(simulator))
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

  test('finds a hybrid node by --tag though its tags may not be read', async () => {
    simulator.failNext('ListTagsForResource', { code: 'AccessDeniedException' })
    const { text, stderr } = await run(['ls', '--json', '--tag', 'Role=gateway'])
    expect(JSON.parse(text)).toMatchObject([{ kind: 'hybrid', tags: { Role: 'gateway' } }])
    expect(stderr).toContain('shown with the tags that were asked for alone')
  })

  test('lists what it may and says on stderr what it may not', async () => {
    simulator.failNext('DescribeInstances', { code: 'UnauthorizedOperation', status: 403 })
    const { status, text: table, stderr } = await run(['ls'])
    expect(status).toBe(0)
    expect(stderr).toMatch(/^culvert: .*ec2:DescribeInstances.*\n$/)
    expect(table).toContain('mi-')
  })

  test('with CULVERT_LOG leaves each call of AWS in the diagnostic log, and without it no log', async () => {
    setEnv({ ...env, CULVERT_DATA_DIR: path.join(folder, 'logged') })
    await run(['ls'])
    expect(existsSync(path.join(folder, 'logged'))).toBe(false)
    setEnv({ ...env, CULVERT_LOG: '1' })
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

describe('--demo', () => {
  const children = (pid: number): string =>
    existsSync(`/proc/${pid}/task/${pid}/children`)
      ? spawnSync('cat', [`/proc/${pid}/task/${pid}/children`])
          .stdout.toString()
          .trim()
      : ''

  test('needs no AWS, ignores a broken one, and leaves no process behind', async () => {
    setEnv({
      ...bareEnvironment(),
      AWS_PROFILE: 'missing',
      AWS_CA_BUNDLE: '/missing',
      HTTP_PROXY: 'http://127.0.0.1:1',
    })
    const running = begin('exec', 'web-2', '--demo', '--', 'sh', '-c', 'echo key=$AWS_PROFILE; exit 4')
    await vi.waitFor(() => expect(children(running.child.pid!)).not.toBe(''))
    const [child] = children(running.child.pid!).split(' ')
    expect(await running.ended).toMatchObject({ status: 4, stderr: '', stdout: Buffer.from('key=\n') })
    expect(existsSync(`/proc/${child}`)).toBe(false)
  })

  test('ends its simulator even when it is killed itself', async () => {
    setEnv(bareEnvironment())
    const running = begin('forward', 'web-2', '--demo', '--remote-port', '8080', '--json')
    await vi.waitFor(() => expect(linesOf(running)[0]?.type).toBe('listening'))
    const [child] = children(running.child.pid!).split(' ')
    expect(child).not.toBe('')
    running.child.kill('SIGKILL')
    await vi.waitFor(() => expect(existsSync(`/proc/${child}`)).toBe(false))
  })

  test('survives Ctrl-C long enough to end in order', async () => {
    setEnv(bareEnvironment())
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
