// `culvert shell` and `culvert exec` over real processes, with real terminals and pipes.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { DescribeSessionsCommand, SSMClient } from '@aws-sdk/client-ssm'
import { spawn as spawnPty } from '@lydell/node-pty'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openAccount } from '../electron/aws/account'
import type { Running } from './kit/programs/cli'
import { begin, bundle, env, folder, open, run, simulator, stageCli } from './kit/stages/cli'

stageCli()

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
        // The program may get the typed text before the signal: ask again until the signal has arrived.
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
    // The terminal stays open until the test has read all output: when the last program leaves, the library drops unread output.
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
    expect(Sessions).toMatchObject([
      {
        DocumentName: 'AWS-StartInteractiveCommand',
        Reason: expect.stringMatching(/^ticket 7 \[Culvert [0-9a-f]{12}\/[0-9a-f]{12}\]$/),
      },
    ])
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
