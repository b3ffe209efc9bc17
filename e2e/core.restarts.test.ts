// The core on its data directory: the lock, the files, and the sessions that an earlier run left open.

import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openAccount } from '../electron/aws/account'
import { openLedger } from '../electron/core/ledger/ledger'
import { askRunning } from '../electron/core/lock/asking'
import { markedReason } from '../shared/sessionmark'
import { openRecords } from './kit/aws/openrecords'
import { create, place, restart, setWindow, stageCore, window } from './kit/stages/core'

stageCore()

describe('the data directory', () => {
  it('belongs to one core at a time, and to its owner alone', async () => {
    await expect(place.open()).rejects.toMatchObject({
      code: 'directory-locked',
      message: expect.stringContaining('test'),
    })
    await create()
    for (const name of await readdir(place.dataDirectory)) {
      const { mode } = await stat(join(place.dataDirectory, name))
      expect([name, mode & 0o077]).toEqual([name, 0])
    }
  })

  it('keeps a file that cannot be read aside, says so, and starts without it', async () => {
    await create()
    await window[Symbol.asyncDispose]()
    const file = join(place.dataDirectory, 'forwards.json')
    await writeFile(file, '{ "version": 1, "data": [')
    setWindow(await place.open())
    expect(window.state.forwards).toEqual([])
    const [notice] = window.state.notices
    const kept = /kept it, unchanged, as (\S+)\./.exec(notice!.text)![1]!
    expect(await readFile(kept, 'utf8')).toBe('{ "version": 1, "data": [')
    await window.ask('notice.dismiss', { noticeId: notice!.id })
    expect(await window.until(({ notices }) => notices.length === 0 && 'none')).toBe('none')
  })

  it('remembers the settings', async () => {
    await window.ask('settings.set', { theme: 'dark', groupTag: 'Env' })
    await restart()
    expect(window.state.settings).toMatchObject({ theme: 'dark', groupTag: 'Env', density: 'comfortable' })
  })

  it('holds connections of an outage for as long as is set now, and refuses settings that contradict each other', async () => {
    const id = await create({ remotePort: 7 })
    await window.ask('forward.start', { forwardId: id })
    const { sessionId } = await window.reach(id, 'up')
    await expect(window.ask('settings.set', { pingSeconds: 60 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('before 65 s'),
    })
    expect(window.state.settings).toMatchObject({ holdSeconds: 30, pingSeconds: 20, deadSeconds: 45 })
    place.simulator.faults.apply({ kind: 'api-error', operation: 'ResumeSession', code: 'ThrottlingException' })
    place.simulator.cut(sessionId, 'rst')
    await window.reach(id, 'reconnecting')

    await window.ask('settings.set', { holdSeconds: 0 })
    const { localPort } = window.forward(id)
    const program = connect({ host: '127.0.0.1', port: localPort })
    expect(await new Promise((resolve) => program.once('error', (error) => resolve(String(error))))).toContain(
      'ECONNRESET',
    )
    const { error } = await window.until(() => window.forward(id).lastError)
    expect(error).toMatchObject({ code: 'tunnel-down', message: expect.stringContaining('was refused') })

    await window.ask('settings.set', { holdSeconds: 300 })
    const patient = connect({ host: '127.0.0.1', port: localPort })
    const answer = new Promise((resolve) => patient.once('data', (bytes) => resolve(String(bytes))))
    patient.write('held')
    place.simulator.faults.clear()
    await window.ask('forward.retry', { forwardId: id })
    expect(await answer).toBe('held')
    patient.destroy()
  })

  it('answers culvert up and down', async () => {
    const id = await create()
    const ask = (forward: 'up' | 'down', name: string): Promise<unknown> =>
      askRunning(place.dataDirectory, { forward, name })
    const answer = await ask('up', 'page')
    await window.reach(id, 'up')
    expect(answer).toEqual({ name: 'page', localPort: window.forward(id).localPort })
    expect(await ask('up', 'page')).toMatchObject({ name: 'page' })
    expect(await ask('down', 'page')).toBeNull()
    await window.until(() => !window.forward(id).isOn)
    await expect(ask('up', 'pag')).rejects.toMatchObject({
      code: 'unknown-forward',
      message: expect.stringContaining('page'),
    })
    place.simulator.failNext('StartSession', { code: 'AccessDeniedException' })
    await expect(ask('up', 'page')).rejects.toMatchObject({ code: 'access-denied' })
    expect((await ask('up', 'page')) as object).toMatchObject({ name: 'page' })
  })
})

describe('sessions of an earlier run', () => {
  it('are ended at the next start, by their id or by their mark, and that is said', async () => {
    const instanceId = await window.instance('web-2')
    await window[Symbol.asyncDispose]()
    const { endpointUrl, region, credentials } = place.simulator
    await using account = await openAccount({ endpointUrl, region, credentials, env: {} })
    const signal = new AbortController().signal
    const environment = { kind: 'aws', region } as const
    // What a process leaves behind that is killed: one session known by its id, one that had only just been asked for.
    const ledger = await openLedger({ directory: place.dataDirectory, door: 'app' })
    const { installation } = ledger
    const begun = { environment, environmentName: 'Environment variables', region, target: instanceId }
    const known = await ledger.begin(begun)
    const { sessionId } = await account.startSession({ target: instanceId }, signal)
    await ledger.started(known, sessionId)
    const unknown = await ledger.begin(begun)
    const reason = markedReason(undefined, { installation, record: unknown })
    await account.startSession({ target: instanceId, reason }, signal)
    await ledger.close()
    const foreign = await account.startSession({ target: instanceId, reason: 'somebody else' }, signal)
    expect(place.active()).toHaveLength(3)
    setWindow(await place.open('account'))
    await vi.waitFor(() => expect(place.active()).toEqual([foreign.sessionId]))
    await vi.waitFor(async () => {
      const { entries } = await window.ask('journal.list', { limit: 10 })
      expect(entries.map(({ text }) => text)).toContain('Ended 2 sessions left open by an earlier run.')
    })
    await account.terminateSession(foreign.sessionId, signal)
    await window[Symbol.asyncDispose]()
    expect(await openRecords(place.dataDirectory)).toEqual([])
    setWindow(await place.open('account'))
  })

  it('are none after an end in order', async () => {
    const instanceId = await window.instance('web-2')
    const id = await create()
    await window.ask('forward.start', { forwardId: id })
    await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    await window.reach(id, 'up')
    await window.until(({ terminals }) => terminals[0]?.state.kind === 'open')
    expect(await openRecords(place.dataDirectory)).toHaveLength(2)
    expect(place.active()).toHaveLength(2)
    await window[Symbol.asyncDispose]()
    expect(place.active()).toEqual([])
    expect(await openRecords(place.dataDirectory)).toEqual([])
  })
})
