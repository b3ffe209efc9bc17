import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isRunning, ownProcess, parseProcessName } from './processname'

test('a process that was killed is dead, this one lives, and so does one of another computer', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6); console.log()'])
  await once(child.stdout, 'data')
  const own = ownProcess('command')
  const pid = child.pid ?? 0
  expect([isRunning(own), isRunning({ ...own, pid })]).toEqual([true, process.platform !== 'linux'])
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(isRunning({ ...own, pid })).toBe(false)
  // The pid lives, and is another process's by now.
  expect(isRunning({ ...own, start: 'k1.0a1b2c3d' })).toBe(process.platform !== 'linux')
  expect(isRunning({ ...own, pid, machine: '12345678' })).toBe(true)
})

test('the name of a process is read as it was written, and each call makes another one', () => {
  for (const door of ['app', 'command'] as const) {
    const own = ownProcess(door)
    expect(own).toMatchObject({ door, pid: process.pid })
    expect(parseProcessName(own.name)).toEqual(own)
    expect(ownProcess(door).name).not.toBe(own.name)
  }
})

test('this process is not the one that had its pid before', () => {
  const own = ownProcess('app')
  expect([isRunning(own), isRunning({ ...own, start: 't1' }), isRunning({ ...own, start: 'k1' })]).toEqual([
    true,
    false,
    false,
  ])
})

test.each(['history', 'app-1', 'app-0-k1.0a1b2c3d-0-0f9e8d', 'other-7-t1-0-0f9e8d', 'app-7-t1-0-0f9e8d.jsonl'])(
  'any other text names no process: %s',
  (name) => expect(parseProcessName(name)).toBeUndefined(),
)
