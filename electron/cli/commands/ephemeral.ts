// culvert ephemeral: a container like those of a service for one session, on stdin and stdout. See core/ephemeral/session.ts.

import { randomBytes } from 'node:crypto'
import { settingsOf } from '../../../shared/environmentsettings'
import { AppError, asError } from '../../../shared/errors'
import type { EphemeralFields, EphemeralPlan, EphemeralView } from '../../../shared/model/ephemeral'
import { computerOf, Holdings } from '../../core/ephemeral/holdings'
import { countOf, limitError, limitsOf, openIn } from '../../core/ephemeral/limits'
import { capturedAs } from '../../core/ephemeral/marks'
import { planEphemeral, ttlWords, type EphemeralLimits } from '../../core/ephemeral/plan'
import { findService } from '../../core/ephemeral/service'
import { openEphemeral, type EphemeralShell } from '../../core/ephemeral/session'
import { statusOf } from '../../core/ephemeral/status'
import { ephemeralTimingFrom } from '../../core/ephemeral/timing'
import { quoteWord } from '../../core/ephemeral/watcher'
import { readSettingsFile } from '../../core/store/settingsfile'
import { attach, screenSize } from '../attach'
import { openCaptured } from '../captured'
import type { Arguments } from '../arguments'
import { environmentRefOf, type Command, type CommandContext } from '../context'
import { parseSpan } from '../span'
import { endOneOf } from './ephemerallimit'
import { wordLine } from '../text'
import { isConfirmed } from '../yes'

const MAX_TTL_MINUTES = 43_200
const MINUTE_MS = 60_000

/** Starts it, joins it to this terminal, and exits with the status of its command. */
export const ephemeral: Command = async (context) => {
  const { environment, args, stderr, screen, signal, dataDirectory } = context
  const say = (text: string): void => void stderr.write(wordLine(text)).catch(() => undefined)
  const fields = await fieldsOf(context)
  const holdings = new Holdings(dataDirectory, 'command')
  const computer = await computerOf(dataDirectory, 'command')
  const limits = await limitsFor(context, { fields, holdings, computer })
  const recipe = await environment.ecs.serviceRecipe(fields.cluster, fields.service, signal)
  const { told } = planEphemeral(recipe, fields, limits)
  for (const line of linesOf(told)) say(line)
  if (!(await isWanted(context))) return 1
  const timing = ephemeralTimingFrom(process.env)
  const operationId = randomBytes(16).toString('hex')
  const what = { kind: 'ephemeral', ...capturedAs(fields), operationId } as const
  const { session: opened, captured } = await openCaptured(context, what, (capture) =>
    openEphemeral({
      environment,
      ref: environmentRefOf(args, environment),
      fields,
      limits,
      operationId,
      computer,
      holdings,
      timing,
      now: Date.now,
      size: screenSize(screen),
      isDerived: args.flag('derive'),
      signal: capture.signal,
      changed: steps(say),
      notice: say,
      onResuming: capture.onResuming,
    }),
  ).catch((error: unknown) => Promise.reject(asError(withOption(error, args))))
  await using _captured = captured
  await using _opened = opened
  let hasEnded = false
  opened.ended.then(
    () => (hasEnded = true),
    () => undefined,
  )
  const text = await attach(opened, { ...context, ...captured, platform: 'linux', hasEscapes: true })
  if (text !== '') say(text)
  // A person who leaves the session by ~. has no status to wait for.
  return hasEnded ? await exitStatus(opened, context) : 0
}

async function fieldsOf({ environment, args, signal }: CommandContext): Promise<EphemeralFields> {
  const [memory, cpu, ttl] = [args.value('memory'), args.value('cpu'), args.value('ttl')]
  const command = commandOf(args)
  const variables = variablesOf(args)
  const reason = args.value('reason')
  const ttlMinutes = ttl === undefined ? undefined : minutesOf(args, ttl)
  const memoryMiB = memory === undefined ? undefined : wholeOf(args, 'memory', memory)
  const cpuUnits = cpu === undefined ? undefined : wholeOf(args, 'cpu', cpu)
  const named = await findService(environment.ecs, args.positional(0), signal)
  const container = args.value('container')
  return {
    ...named,
    ...(container === undefined ? {} : { container }),
    ...(command === undefined ? {} : { command }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(cpuUnits === undefined ? {} : { cpuUnits }),
    ...(ttlMinutes === undefined ? {} : { ttlMinutes }),
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** The words behind -- arrive as they are; the text of --command is read by sh. */
function commandOf(args: Arguments): string | undefined {
  const command = args.value('command')
  if (args.rest.length === 0) return command
  if (command !== undefined) throw args.usage('--command and a command behind -- exclude each other')
  return args.rest.map(quoteWord).join(' ')
}

function wholeOf(args: Arguments, name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 2 && value <= 245_760) return value
  throw args.usage(`--${name} takes a whole number, not "${text}"`)
}

function minutesOf(args: Arguments, text: string): number {
  const spanMs = parseSpan(text)
  const minutes = spanMs === undefined ? 0 : Math.ceil(spanMs / MINUTE_MS)
  if (minutes >= 1 && minutes <= MAX_TTL_MINUTES) return minutes
  throw args.usage(`--ttl takes a time from 1m to 30d, such as 8h, not "${text}"`)
}

function variablesOf(args: Arguments): Readonly<Record<string, string>> {
  return Object.fromEntries(
    args.list('env').map((text) => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]{0,254})=(.*)$/s.exec(text) ?? []
      if (name === undefined || value === undefined) throw args.usage(`--env takes NAME=VALUE, not "${text}"`)
      return [name, value]
    }),
  )
}

/** Reads the limit and counts the open sessions. Rejects with `ephemeral-limit` at the limit, unless the person ends one of them. */
async function limitsFor(
  { environment, dataDirectory, args, keyboard, stderr, signal }: CommandContext,
  { fields, holdings, computer }: { fields: EphemeralFields; holdings: Holdings; computer: string },
): Promise<EphemeralLimits> {
  const settings = await readSettingsFile(dataDirectory)
  const limits = limitsOf(settings, settingsOf(settings.environments, environment.name, environment.region))
  const held = new Set((await holdings.all()).filter(({ isAlive }) => isAlive).map(({ operationId }) => operationId))
  const who = { computer, isHeld: (id: string) => held.has(id), signal }
  const counted = await openIn(environment.ecs, fields.cluster, who)
  const { open } = counted
  if (limits.limit === 0 || open.length < limits.limit) return { ...limits, open: countOf(counted) }
  const now = Date.now()
  const isAsked = open.length === limits.limit && keyboard !== undefined && !args.flag('yes')
  const offer = { ecs: environment.ecs, stderr, now, signal }
  const ended = isAsked ? await endOneOf(open, { ...offer, keyboard }) : undefined
  if (ended === undefined) throw limitError(open, limits.limit, now)
  return { ...limits, open: open.length - 1 }
}

function linesOf(plan: EphemeralPlan): readonly string[] {
  const { cluster, service, container, taskDefinition, memoryMiB, cpuUnits, ttlMinutes, leaseMinutes } = plan
  const cpu = cpuUnits === 0 ? '' : `, ${cpuUnits} CPU units`
  return [
    `Container ${container} of ${taskDefinition}, like those of ${cluster}/${service}: ${memoryMiB.toLocaleString('en-US')} MiB${cpu}.`,
    `It ends with this session, after ${ttlWords(ttlMinutes)} at the latest; ${ttlWords(leaseMinutes)} after this computer was heard last.`,
    ...plan.warnings,
  ]
}

async function isWanted({ args, keyboard, stderr, signal }: CommandContext): Promise<boolean> {
  if (keyboard === undefined || args.flag('yes')) return true
  return isConfirmed('Start it?', { keyboard, stderr, signal })
}

/** Prints each step once, with the time since the first. */
function steps(say: (text: string) => void): (view: EphemeralView) => void {
  let shown = 0
  return ({ steps: reached, taskId }) => {
    for (const { step, startAt } of reached.slice(shown)) {
      const seconds = (startAt - (reached[0]?.startAt ?? startAt)) / 1_000
      say(
        `${step.padEnd(10)} ${seconds.toFixed(1)} s${taskId === undefined || step !== 'pulling' ? '' : `  task ${taskId}`}`,
      )
    }
    shown = reached.length
  }
}

/** Adds to the error that offers a derived definition the option that accepts it here. */
function withOption(error: unknown, args: Arguments): unknown {
  if (!(error instanceof AppError) || error.code !== 'entry-point' || args.flag('derive')) return error
  const text = `${error.message} With --derive Culvert registers one for this session and deregisters it.`
  return new AppError('entry-point', text, { cause: error })
}

async function exitStatus(shell: EphemeralShell, { environment, signal }: CommandContext): Promise<number> {
  await shell[Symbol.asyncDispose]()
  const timing = ephemeralTimingFrom(process.env)
  const status = await statusOf(shell.task, { ecs: environment.ecs, timing, now: Date.now, signal })
  if (status !== undefined) return status
  throw new AppError(
    'session-ended',
    'The session has ended, but AWS did not tell the exit status of its container in time.',
  )
}
