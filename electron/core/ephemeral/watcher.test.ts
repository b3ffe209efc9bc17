// The watcher, the beat and the wrapper really run here, under every shell of this computer that an image may have as its `sh`.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { beatCommand, proofLine, quoteWord, watcherCommand, watcherScript, wrapperCommand } from './watcher'
import { folderOf, other, SPANS, Stage, stageReady } from './watcher.kit'

const shells = [
  { name: 'dash', path: '/usr/bin/dash' },
  { name: 'bash', path: '/usr/bin/bash' },
  { name: 'busybox', path: '/usr/bin/busybox' },
]

/** Ends a program; seconds that pass while it is still there would be lost. */
async function killed(program: ChildProcess): Promise<void> {
  const gone = once(program, 'exit')
  program.kill('SIGKILL')
  await gone
}

test('the three programs are short, and have no single quote inside', () => {
  const nonce = 'ab'.repeat(16)
  const script = watcherScript(nonce, { firstSeconds: 300, leaseSeconds: 86_400, ttlSeconds: 604_800 })
  expect(script.length).toBeLessThan(2_500)
  expect(script).not.toContain("'")
  expect(beatCommand(nonce, 30).length).toBeLessThan(1_000)
  expect(wrapperCommand(nonce, { command: '', isAlone: false, proofSeconds: 30 }).length).toBeLessThan(1_000)
})

test('a nonce is nothing but hexadecimal digits, because it stands in a program', () => {
  expect(() => watcherScript('$(reboot)', SPANS)).toThrow('32 hexadecimal digits')
})

test('an entry point that is a shell with -c takes the program as one text', () => {
  expect(watcherCommand('S', ['/bin/sh', '-c'])).toEqual(['S'])
  expect(watcherCommand('S', ['bash', '-lc'])).toEqual(['S'])
  expect(watcherCommand('S', ['docker-entrypoint.sh'])).toEqual(['sh', '-c', 'S'])
  expect(watcherCommand('S')).toEqual(['sh', '-c', 'S'])
})

test.each(['', 'a b', `it's "so"`, '$(x) `y` \\ \n#', '{{ a }}'])(
  'a shell reads a quoted word as it was: %j',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoteWord(text)}`], { encoding: 'utf8' })).toBe(text)
  },
)

test.skip.each(shells.filter(({ path }) => !existsSync(path)))('under $name, which is not installed here', () => {})

describe.skipIf(process.platform !== 'linux').each(shells.filter(({ path }) => existsSync(path)))(
  'under $name',
  ({ path }) => {
    test('the container ends with the shell, with its status', async () => {
      const stage = new Stage(path)
      const watcher = stage.watch()
      const job = stage.run('read -r x; echo "got $x"; exit 7')
      await job.says(proofLine(stage.nonce, true))
      await stageReady(stage)
      expect(watcher.child.exitCode).toBeNull()
      job.child.stdin?.write('one\n')
      expect(await job.ended).toMatchObject({ code: 7 })
      expect(job.text).toContain('got one')
      expect(await watcher.ended).toEqual({ code: 7, text: 'culvert: the session has ended\n' })
      expect(existsSync(stage.mark)).toBe(false)
    })

    test('the container outlives its session until StopTask, or for 15 s, because its agent still sends the output', async () => {
      const status = async (isStopped: boolean) => {
        const stage = new Stage(path, { isPaced: true })
        const watcher = stage.watch()
        await folderOf(stage)
        expect(await stage.run('exit 7').ended).toMatchObject({ code: 7 })
        await stage.pass(14)
        expect(watcher.child.exitCode).toBeNull()
        if (isStopped) watcher.child.kill('SIGTERM')
        else stage.let(3)
        return watcher.ended
      }
      const ended = { code: 7, text: 'culvert: the session has ended\n' }
      expect(await Promise.all([status(true), status(false)])).toEqual([ended, ended])
    })

    test('a shell that is killed ends it too, and so does one whose process id is used again', async () => {
      const stage = new Stage(path)
      const watcher = stage.watch()
      const job = stage.run('read -r x')
      await stageReady(stage)
      job.child.kill('SIGKILL')
      expect(await watcher.ended).toEqual({ code: 129, text: 'culvert: the session was ended\n' })
      // The process of this test lives, but it did not start at that time.
      const again = new Stage(path)
      const second = again.watch()
      await folderOf(again)
      writeFileSync(join(again.mark, 'shell'), `${process.pid} 1 together\n`)
      expect(await second.ended).toMatchObject({ code: 129 })
    })

    test('a shell whose name has spaces and parentheses is found', async () => {
      const stage = new Stage(path, { isPaced: true })
      const watcher = stage.watch()
      await folderOf(stage)
      const program = join(stage.folder, 'a) R 1 (b')
      symlinkSync('/bin/sleep', program)
      const shell = spawn(program, ['1000'], { stdio: 'ignore' })
      const stat = readFileSync(`/proc/${shell.pid}/stat`, 'utf8')
      const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
      writeFileSync(join(stage.mark, 'shell'), `${shell.pid} ${startTime} together\n`)
      await stage.pass(3)
      expect(watcher.child.exitCode).toBeNull()
      await killed(shell)
      stage.let(18)
      expect(await watcher.ended).toMatchObject({ code: 129 })
    })

    test('it ends when no session comes', async () => {
      const watcher = new Stage(path).watch({ firstSeconds: 2 })
      expect(await watcher.ended).toEqual({ code: 124, text: 'culvert: no session came\n' })
    })

    test('it ends when the beat stops, with a shell that goes on printing', async () => {
      const stage = new Stage(path, { isPaced: true })
      const watcher = stage.watch({ leaseSeconds: 20 })
      await folderOf(stage)
      const beat = stage.exec(beatCommand(stage.nonce, 30))
      await beat.says(proofLine(stage.nonce, true))
      const job = stage.run('while :; do echo tick; /bin/sleep 0.02; done')
      await job.says('tick')
      for (let count = 1; count <= 3; count += 1) {
        beat.child.stdin?.write(`${count}\n`)
        await expect.poll(() => readFileSync(join(stage.mark, 'beat'), 'utf8')).toBe(`${count}\n`)
        await stage.pass(15)
      }
      expect(watcher.child.exitCode).toBeNull()
      stage.let(12)
      expect(await watcher.ended).toEqual({ code: 124, text: 'culvert: the connection is gone\n' })
    })

    test('a shell without a beat is not ended for the lack of it, but by its time', async () => {
      const stage = new Stage(path)
      const watcher = stage.watch({ leaseSeconds: 1, ttlSeconds: 60 })
      const beat = stage.exec(beatCommand(stage.nonce, 30))
      await beat.says(proofLine(stage.nonce, true))
      stage.run('while :; do /bin/sleep 1; done', true)
      await stageReady(stage)
      beat.child.stdin?.write('1\n')
      expect(await watcher.ended).toEqual({ code: 124, text: 'culvert: its time is over\n' })
    })

    test('StopTask ends it in the middle of a sleep', async () => {
      const stage = new Stage(path, { isPaced: true })
      const watcher = stage.watch()
      await stage.pass(1)
      watcher.child.kill('SIGTERM')
      expect(await watcher.ended).toEqual({ code: 143, text: 'culvert: stopped\n' })
    })

    test('without the watcher the wrapper says so and runs nothing', async () => {
      const stage = new Stage(path)
      const job = stage.exec(wrapperCommand(stage.nonce, { command: 'echo ran', isAlone: false, proofSeconds: 2 }))
      expect(await job.ended).toEqual({ code: 1, text: `${proofLine(stage.nonce, false)}\n` })
    })

    test('Ctrl-C ends the command alone, and its status is kept', async () => {
      const stage = new Stage(path)
      const watcher = stage.watch()
      const job = stage.run('trap "exit 5" INT; echo ready; while :; do sleep 1; done')
      await job.says('ready')
      // The terminal sends it to both.
      const pids = execFileSync('pgrep', ['-P', String(job.child.pid)], { encoding: 'utf8' })
        .trim()
        .split('\n')
      job.child.kill('SIGINT')
      for (const pid of pids) process.kill(Number(pid), 'SIGINT')
      expect(await watcher.ended).toMatchObject({ code: 5 })
    })
  },
)

test.skipIf(process.platform !== 'linux')(
  'a computer without /proc/PID/stat of the shell is asked by kill -0',
  async () => {
    const stage = new Stage('/bin/bash', { isPaced: true })
    const watcher = stage.watch()
    await folderOf(stage)
    // Of the same user, because kill -0 fails for a process of another one.
    const shell = spawn('/bin/sleep', ['1000'], { stdio: 'ignore', ...other })
    writeFileSync(join(stage.mark, 'shell'), `${shell.pid} - together\n`)
    await stage.pass(3)
    expect(watcher.child.exitCode).toBeNull()
    await killed(shell)
    stage.let(18)
    expect(await watcher.ended).toMatchObject({ code: 129 })
  },
)
