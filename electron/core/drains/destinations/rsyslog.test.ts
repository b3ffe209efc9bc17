// Syslog to a real receiver, over TCP. Where rsyslogd is not installed the test says so and is skipped.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { recordOf } from '../drains.kit'
import { systemClock } from '../time/clock'
import { SyslogDestination } from './syslog'

const program = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find((path) => existsSync(path))
const version =
  program === undefined
    ? 'rsyslogd is not installed'
    : (/^rsyslogd +(\S+)/.exec(execFileSync(program, ['-v'], { encoding: 'utf8' }))?.[1] ?? '?')

let folder: string
let child: ChildProcess | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-rsyslog-'))
})
afterEach(async () => {
  await stop('SIGTERM')
  await rm(folder, { recursive: true, force: true })
})

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** Starts rsyslogd on a port, 0 for a free one; resolves with the port. On a given port it is not listening yet. */
async function start(port: number): Promise<number> {
  const template = '%pri%|%timereported:::date-rfc3339%|%app-name%|%msgid%|%structured-data%|%msg%\\n'
  const configuration = [
    `global(workDirectory="${folder}" maxMessageSize="16k")`,
    'module(load="imtcp")',
    `template(name="whole" type="string" string="${template}")`,
    `input(type="imtcp" address="127.0.0.1" port="${port}" listenPortFileName="${join(folder, 'port')}")`,
    `action(type="omfile" file="${join(folder, 'out')}" template="whole")`,
  ]
  await rm(join(folder, 'port'), { force: true })
  await writeFile(join(folder, 'rsyslog.conf'), `${configuration.join('\n')}\n`)
  child = spawn(program ?? '', ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')], {
    stdio: 'ignore',
  })
  if (port !== 0) return port
  return vi.waitFor(async () => {
    const found = Number(await readFile(join(folder, 'port'), 'utf8'))
    expect(found).toBeGreaterThan(0)
    return found
  })
}

const received = async () =>
  (await readFile(join(folder, 'out'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')

test.skipIf(program === undefined)(
  `rsyslog ${version} gets every record as RFC 5424, also those that were under way when it was killed`,
  async () => {
    const port = await start(0)
    await using destination = new SyslogDestination({
      host: '127.0.0.1',
      port,
      isTls: false,
      authorities: () => undefined,
      clock: systemClock,
      owedPath: join(folder, 'owed.json'),
      onOwing: () => undefined,
    })
    const { signal } = new AbortController()
    const odd = recordOf(1, { text: 'grün "quoted" [x] 100%', targetName: String.raw`a"b\c]d` })
    expect(await destination.send([odd, recordOf(2, { text: 'x'.repeat(4_096) })], '', signal)).toMatchObject({
      again: [],
    })
    const lines = await vi.waitFor(async () => {
      const found = await received()
      expect(found).toHaveLength(2)
      return found
    })
    expect(lines[0]).toMatch(
      /^134\|2026-11-29T12:00:00\.001(Z|\+00:00)\|culvert\|output\|\[culvert@32473 session_id="alice/,
    )
    expect(lines[0]).toContain(String.raw`target_name="a\"b\\c\]d"`)
    expect(lines[0]).toMatch(/operation_id=operation-1 grün "quoted" \[x\] 100%$/)
    expect(lines[1]).toHaveLength(
      (lines[0]?.length ?? 0) -
        String.raw`a\"b\\c\]d`.length +
        'web-1'.length -
        'grün "quoted" [x] 100%'.length +
        4_096,
    )
    await stop('SIGKILL')
    await vi.waitFor(() => expect(destination.isOwing).toBe(true))
    await start(port)
    await vi.waitFor(() => destination.reach(signal))
    expect(await destination.send([recordOf(3)], '', signal)).toMatchObject({ again: [] })
    const all = await vi.waitFor(async () => {
      const found = await received()
      expect(found).toHaveLength(5)
      return found
    })
    const told = all.map((line) => [/ sequence="(\d+)"/.exec(line)?.[1], line.includes('repeat="1"')])
    expect(told).toEqual([
      ['1', false],
      ['2', false],
      ['1', true],
      ['2', true],
      ['3', false],
    ])
  },
)
