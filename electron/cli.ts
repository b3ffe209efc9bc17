#!/usr/bin/env node
// The command line door: culvert COMMAND. Decides what to run and how the process ends; the commands are in cli/.
//
// Exit status: 0 done, 1 an error, 2 a wrong command line, 128+n ended by signal n, 141 the reader of stdout has gone;
// `exec` exits with the status of its command and `forward` with 0 when it is told to end. An error is one line on stderr:
// `culvert: CODE: sentence`. The codes are those of shared/errors.ts.
//
// Commands are imported when they are run, so that --help and mistakes are answered at once.

import { fstatSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'
import { version } from '../package.json'
import type { AppError } from '../shared/errors'
import { parseCommandLine, type Arguments } from './cli/arguments'
import type { CommandName } from './cli/commands/table'
import { helpText } from './cli/help'
import { Interruption, READER_GONE_STATUS, interrupted, startLife, type Life } from './cli/life'
import { hasRecords, loadCommand, loadLocal, takesKeys } from './cli/load'
import { Sink } from './cli/sink'
import { errorLine, exitStatusOf, wordLine } from './cli/text'
import type { DiagnosticLog } from './core/store/diagnosticlog'
import { catchFaults, lastWords } from './lastwords'
import { watchSleep } from './sleepwatch'

/** How long the last lines may take once the command was told to end. */
const FLUSH_MS = 1_000

/** Whether `descriptor` is a pipe or a socket, whose reader may go away. False for a closed one. */
function isPipe(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor)
    return stats.isFIFO() || stats.isSocket()
  } catch {
    return false
  }
}

/** Opens the diagnostic log, where CULVERT_LOG is set. If that fails, stderr says so and the command goes on. */
async function openLog(name: CommandName, stderr: Sink): Promise<DiagnosticLog | undefined> {
  const { dataDirectoryPath } = await import('./core/store/datadirectory')
  const { openDiagnosticLog } = await import('./core/store/diagnosticlog')
  const directory = dataDirectoryPath(process.env, process.platform)
  try {
    return await openDiagnosticLog({ directory, env: process.env, door: `culvert ${name}` })
  } catch (error) {
    await stderr.write(errorLine(error))
    return undefined
  }
}

async function runCommand(
  name: CommandName,
  args: Arguments,
  io: { life: Life; stdout: Sink; stderr: Sink },
): Promise<number> {
  const { stdout, stderr, life } = io
  const local = await loadLocal(name, args)
  if (local !== undefined) {
    const { env, platform, stdin } = process
    return local({ args, env, platform, stdin, stdout, stderr, signal: life.signal })
  }
  const [
    { openEnvironment },
    { timingFrom },
    { dataDirectoryPath },
    { processBudgets },
    { askOnTerminal },
    { Keyboard },
    { readRules },
    { openRecords },
    log,
  ] = await Promise.all([
    import('./core/environments/open'),
    import('./core/sessions/timing'),
    import('./core/store/datadirectory'),
    import('./core/tunnels/budgets'),
    import('./cli/askcode'),
    import('./cli/keyboard'),
    import('./cli/rules'),
    import('./cli/records'),
    openLog(name, stderr),
  ])
  await using _log = log
  const { stdin } = process
  const keyboard = stdin instanceof ReadStream && stdin.isTTY ? new Keyboard(stdin) : undefined
  let wake = (): void => undefined
  const [profile, region, endpointUrl] = [args.value('profile'), args.value('region'), args.value('endpoint-url')]
  const messageEndpoint = args.value('ssmmessages-endpoint')
  const dataDirectory = dataDirectoryPath(process.env, process.platform)
  const { failoverMs, ...rules } = await readRules(dataDirectory, (text) => void stderr.write(wordLine(text)))
  const options = {
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(messageEndpoint === undefined ? {} : { messageEndpoint }),
    demo: args.flag('demo'),
    env: process.env,
    budgets: processBudgets(),
    timing: { ...timingFrom(process.env), failoverMs },
    dataDirectory,
    ...rules,
    askCode: askOnTerminal(keyboard, () => wake()),
    spawnDemo: async () => (await import('./demo')).spawnDemoChild(),
    ...(log === undefined ? {} : { diagnose: log.diagnose }),
    ...(takesKeys(name)
      ? { handOver: { command: `culvert credentials --pid ${String(process.pid)}`, hasWindow: false } }
      : {}),
    onNotice: (text: string) => void stderr.write(wordLine(text)),
    onUnended: ({ message }: AppError) =>
      void stderr.write(wordLine(`The session stays open until it is idle. ${message}`)),
  }
  await using records = hasRecords(name) ? await openRecords(dataDirectory, options.onNotice) : undefined
  if (name === 'doctor') {
    const { doctor } = await import('./cli/commands/doctor')
    return await doctor({
      open: () => openEnvironment(options, records?.wrap),
      args,
      env: process.env,
      platform: process.platform,
      stdin,
      keyboard,
      stdout,
      stderr,
      signal: life.signal,
    })
  }
  const command = await loadCommand(name, args)
  await using environment = await openEnvironment(options, records?.wrap)
  wake = () => environment.wake()
  // A laptop that was closed under a running command.
  using _watch = watchSleep(wake)
  // Awaited here, or the environment would be gone before the command has begun.
  return await command({
    environment,
    dataDirectory,
    ...(records?.ledger === undefined ? {} : { ledger: records.ledger }),
    args,
    stdin,
    stdout,
    stderr,
    keyboard,
    screen: process.stdout instanceof WriteStream && process.stdout.isTTY ? process.stdout : undefined,
    isPiped: isPipe(1),
    signal: life.signal,
  })
}

interface Process {
  readonly life: Life
  readonly stdout: Sink
  readonly stderr: Sink
  /** Whether the command is `forward`, once that is known. */
  isForward: boolean
}

/** Runs the command line and prints to the end; answers the exit status. */
async function run(self: Process): Promise<number> {
  const { life, stdout, stderr } = self
  let status: number
  try {
    const invocation = parseCommandLine(process.argv.slice(2))
    switch (invocation.kind) {
      case 'help':
        await stdout.write(helpText(invocation.command))
        status = 0
        break
      case 'version':
        await stdout.write(`${version}\n`)
        status = 0
        break
      case 'run':
        self.isForward = invocation.command === 'forward'
        status = await runCommand(invocation.command, invocation.args, self)
        break
    }
  } catch (error) {
    if (error instanceof Interruption) status = error.status
    else {
      status = exitStatusOf(error)
      await stderr.write(errorLine(error))
    }
  }
  // Everything is disposed of. A slow reader gets the whole output first, unless the command was told to end.
  const flushed = Promise.all([stdout.flushed(), stderr.flushed()])
  const hurried = interrupted(life.signal).catch(
    () => new Promise<[boolean]>((resolve) => setTimeout(resolve, FLUSH_MS, [true])),
  )
  const [isRead] = await Promise.race([flushed, hurried])
  return !isRead && status === 0 && !self.isForward ? READER_GONE_STATUS : status
}

async function main(): Promise<void> {
  const exit = (status: number): void => process.exit(words.told === undefined ? status : 1)
  // Being told to end is the ordinary end of `forward`: status 0, even if its ending hangs. A fault of ours is a failure.
  const life = startLife((status) => exit(self.isForward ? 0 : status))
  const stdout = new Sink(process.stdout, () => life.readerGone())
  // If stderr has no reader, the error is lost and the command goes on.
  const stderr = new Sink(process.stderr, () => undefined)
  // When the terminal hangs up, SIGHUP ends the command.
  process.stdin.on('error', () => undefined)
  const words = lastWords({
    name: 'Culvert',
    say: ({ error }) => void stderr.write(errorLine(error)),
    end: async () => {
      life.end(new Interruption('Culvert has a fault.', 1))
      await running
    },
    exit,
  })
  catchFaults(words)
  const self: Process = { life, stdout, stderr, isForward: false }
  const running = run(self)
  // An open stdin would keep the process running.
  exit(await running)
}

await main()
