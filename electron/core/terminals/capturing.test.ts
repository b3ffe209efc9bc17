// What is recorded and drained of a terminal, over a simulator with real shells and real files: exactly what a person sees, under the
// rule of the environment. A list stands in for the drains; drained.test.ts has real ones.

import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { Capture, CaptureSubject } from '../capture/capture'
import type { Draining } from '../capture/captures'
import { ends, ground, makeCaptured, screen, stageTerminals } from './captured.kit'

stageTerminals()

/** A drain that keeps the sessions that it is given. */
class Kept implements Draining {
  readonly begun: { subject: CaptureSubject; isOver: boolean }[] = []
  refusal: AppError | undefined
  room: Promise<void> | undefined

  names(): readonly string[] {
    return ['audit']
  }

  begin(subject: CaptureSubject): Promise<Capture> {
    if (this.refusal !== undefined) return Promise.reject(this.refusal)
    const kept = { subject, isOver: false }
    this.begun.push(kept)
    return Promise.resolve({
      output: () => undefined,
      resize: () => undefined,
      resumed: () => undefined,
      room: () => this.room,
      [Symbol.asyncDispose]: () => {
        kept.isOver = true
        return Promise.resolve()
      },
    })
  }
}

describe('where sessions are always recorded', () => {
  test('everything that is shown is recorded, each session in a file of its own', async () => {
    const { terminal, reach, shown, recordings, recorded, clock, said, close } = await makeCaptured('always')
    terminal.open()
    const open = await reach('open')
    expect(open.recording?.recordingId).toContain('_web-2_')
    await terminal.write('echo one-$((40 + 2))\r')
    await shown('one-42')
    await terminal.write('exit\r')
    await reach('ended')
    await ends.idle()
    expect(terminal.view.recording).toBeUndefined()
    expect(await recorded()).toBe(said())
    const before = said().length
    clock.ms += 1_000
    terminal.restart(screen)
    await reach('open')
    await terminal.write('echo two-$((40 + 2))\r')
    await shown('two-42')
    await close()
    const { recordings: listed } = await recordings.list()
    expect(listed).toHaveLength(2)
    expect(said().slice(before)).toContain(await recorded())
    expect(await recorded()).toContain('two-42')
  })

  test('a terminal that cannot be recorded is not opened, and a person cannot end the recording', async () => {
    const { terminal, reach, settings, dataDirectory } = await makeCaptured('always')
    settings.recordingFolder = '/proc/no-such-folder'
    terminal.open()
    const { state } = await reach('ended')
    expect(state).toMatchObject({
      error: { code: 'recording-failed', message: expect.stringContaining('/proc/no-such') },
    })
    expect(ground.stage.active()).toEqual([])
    settings.recordingFolder = dataDirectory
    terminal.restart(screen)
    await reach('open')
    await expect(terminal.record(false)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('always'),
    })
    expect(terminal.view.recording).toBeDefined()
  })
})

describe('at a person’s wish', () => {
  test('what came before is not recorded, nor what comes after', async () => {
    const { terminal, reach, shown, recordings, recorded } = await makeCaptured('ask')
    await expect(terminal.record(true)).rejects.toMatchObject({ code: 'usage' })
    terminal.open()
    expect((await reach('open')).recording).toBeUndefined()
    await terminal.write('echo before-$((40 + 2))\r')
    await shown('before-42')
    await Promise.all([terminal.record(true), terminal.record(true)])
    expect(terminal.view.recording).toBeDefined()
    await terminal.write('echo during-$((40 + 2))\r')
    await shown('during-42')
    await terminal.record(false)
    expect(terminal.view.recording).toBeUndefined()
    await terminal.write('echo after-$((40 + 2))\r')
    await shown('after-42')
    expect((await recordings.list()).recordings).toHaveLength(1)
    const text = await recorded()
    expect(text).toContain('during-42')
    expect(text).not.toMatch(/before-42|after-42/)
  })

  test('a person who has declined or ended a recording is not asked again until the next session', async () => {
    const { terminal, reach } = await makeCaptured('ask')
    terminal.open()
    expect((await reach('open')).isRecordingDecided).toBeUndefined()
    await terminal.record(false)
    expect(terminal.view).toMatchObject({ isRecordingDecided: true })
    await terminal.write('exit\r')
    await reach('ended')
    terminal.restart(screen)
    expect((await reach('open')).isRecordingDecided).toBeUndefined()
    await terminal.record(true)
    await terminal.record(false)
    expect([terminal.view.recording, terminal.view.isRecordingDecided]).toEqual([undefined, true])
  })

  test('a folder that cannot be used is told, and the terminal goes on', async () => {
    const { terminal, reach, shown, settings } = await makeCaptured('ask')
    settings.recordingFolder = 'relative'
    terminal.open()
    await reach('open')
    await expect(terminal.record(true)).rejects.toMatchObject({ code: 'recording-failed' })
    await terminal.write('echo on-$((40 + 2))\r')
    await shown('on-42')
  })
})

describe('drains', () => {
  test('are told who uses the session and get its id; a refusal forbids it', async () => {
    const drain = new Kept()
    const { terminal, reach, close } = await makeCaptured('off', drain)
    drain.refusal = new AppError('drain-unreachable', 'The drain audit cannot be reached. Look at it.')
    terminal.open()
    expect((await reach('ended')).state).toMatchObject({ error: { code: 'drain-unreachable' } })
    expect(ground.stage.active()).toEqual([])
    drain.refusal = undefined
    terminal.restart(screen)
    const open = await reach('open')
    expect([open.drains, open.recording]).toEqual([['audit'], undefined])
    const [begun] = drain.begun
    expect(begun?.subject).toMatchObject({
      kind: 'shell',
      account: (await ground.stage.environment.identity(AbortSignal.timeout(5_000))).accountId,
      targetName: 'web-2',
      operationUserName: 'Jane',
      operationUserEmail: 'jane@acme.example',
    })
    expect(begun?.subject.sessionId()).toBe(terminal.sessionId)
    await close()
    expect(begun?.isOver).toBe(true)
  })

  test('a required drain without room makes the terminal wait, and the end of the terminal waits for nothing', async () => {
    const drain = new Kept()
    const { terminal, reach, shown, said, dataDirectory, close } = await makeCaptured('off', drain)
    terminal.open()
    await reach('open')
    await terminal.write('echo first-$((40 + 2))\r')
    await shown('first-42')
    const room = deferred()
    drain.room = room.promise
    const before = said().length
    await terminal.write(':')
    await vi.waitFor(() => expect(said().length).toBeGreaterThan(before))
    await terminal.write(`; echo later-$((40 + 2)); : > ${dataDirectory}/done\r`)
    await vi.waitFor(() => access(join(dataDirectory, 'done')))
    await new Promise((resolve) => setImmediate(resolve))
    expect(said()).not.toContain('later-42')
    drain.room = undefined
    room.resolve()
    await shown('later-42')
    drain.room = new Promise(() => undefined)
    await terminal.write('echo again\r')
    await shown('again')
    await close()
    expect(drain.begun[0]?.isOver).toBe(true)
  })
})
