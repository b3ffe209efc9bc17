// culvert doctor: what works and what does not between here and an instance, a line for each check.
//
// Stable output with --json, one object a line:
//   {"type":"line","id":"network.ssm","group":"network","title":"…","outcome":"passed" | "failed" | "unknown","evidence":"…",
//    "missing"?,"next"?,"command"?}                                       as they are found
//   {"type":"report","passed":N,"failed":N,"unknown":N,"text":"…"}         once, last; `text` is masked
// Fields and lines may be added. Without it words for people, and the report behind them. Opens its own environment, because
// a configuration that cannot be opened is one of the things that it explains.

import { AppError } from '../../../shared/errors'
import { printableJson, shownSentence } from '../../../shared/foreigntext'
import { remoteHostProblem } from '../../../shared/hosts'
import type { DoctorGroup, DoctorLine } from '../../../shared/model/doctor'
import { GROUP_TITLES, OUTCOME_WORDS } from '../../../shared/doctorwords'
import { prepareExam } from '../../core/doctor/open'
import { outcomeWords, reportOf } from '../../core/doctor/report'
import { runDoctor } from '../../core/doctor/run'
import type { Environment } from '../../core/environments/environment'
import { isSavedTarget } from '../../core/environments/finding'
import { dataDirectoryPath } from '../../core/store/datadirectory'
import { readTargetFile } from '../../core/store/targetfile'
import type { Arguments } from '../arguments'
import { reasonOf, wishOf, type LocalContext } from '../context'
import type { Keyboard } from '../keyboard'
import { isConfirmed } from '../yes'

/** The context of the command. `open` is called once at most; the command closes what it opens. */
export interface DoctorContext extends LocalContext {
  readonly open: () => Promise<Environment>
  /** Stdin, where it is a terminal. */
  readonly keyboard: Keyboard | undefined
}

const WIDTH = 11
const INDENT = ' '.repeat(WIDTH)

const QUESTION =
  'Measure in a shell session of its own? It takes a minute and moves up to 50 MB; an account that logs its shells logs them.'

async function mayProbe({ args, keyboard, stderr, signal }: DoctorContext): Promise<boolean> {
  if (!args.flag('probe')) return false
  if (args.optional === undefined) throw args.usage('--probe needs a TARGET')
  if (args.flag('yes')) return true
  if (keyboard === undefined) throw args.usage('--probe asks before it measures: run it in a terminal, or add --yes')
  return isConfirmed(QUESTION, { keyboard, stderr, signal })
}

function destinationOf(args: Arguments): { readonly port?: number; readonly host?: string } {
  const port = args.portOption('port')
  const host = args.value('host')
  if (host !== undefined && port === undefined) throw args.usage('--host needs --port')
  if (port !== undefined && args.optional === undefined) throw args.usage('--port needs a TARGET')
  const problem = host === undefined ? undefined : remoteHostProblem(host)
  if (problem !== undefined) throw new AppError('usage', problem)
  return { ...(port === undefined ? {} : { port }), ...(host === undefined ? {} : { host }) }
}

/** Port and host of a saved target, where no port is named. A file that cannot be read is told by the check that finds the instance. */
async function savedDestination({ args, env, platform }: DoctorContext): Promise<ReturnType<typeof destinationOf>> {
  const text = args.optional
  if (text === undefined || !isSavedTarget(text) || args.value('port') !== undefined) return {}
  const all = await readTargetFile(dataDirectoryPath(env, platform)).catch(() => [])
  const { defaultPort, remoteHost } =
    all.find(({ name, id }) => [`target:${name}`, `target:${id}`].includes(text)) ?? {}
  if (defaultPort === undefined) return {}
  return { port: defaultPort, ...(remoteHost === undefined ? {} : { host: remoteHost }) }
}

/** The text of one line, with the title of its group where that begins. */
function linesFor(line: DoctorLine, before: DoctorGroup | undefined): string {
  const { group, title, outcome, evidence, missing, next, command } = line
  const head = group === before ? [] : [...(before === undefined ? [] : ['']), GROUP_TITLES[group]]
  return [
    ...head,
    `${OUTCOME_WORDS[outcome].padEnd(WIDTH)}${title}`,
    `${INDENT}${shownSentence(evidence)}`,
    ...(missing === undefined ? [] : [`${INDENT}Missing: ${shownSentence(missing)}`]),
    ...(next === undefined ? [] : [`${INDENT}Next: ${shownSentence(next)}`]),
    ...(command === undefined ? [] : [`${INDENT}Run: ${shownSentence(command)}`]),
    '',
  ].join('\n')
}

/** Runs the doctor. Status 1 where a check has failed. */
export async function doctor(context: DoctorContext): Promise<number> {
  const { args, env, stdout, signal, open } = context
  const destination = { ...destinationOf(args), ...(await savedDestination(context)) }
  const wish = wishOf(args)
  const isProbing = await mayProbe(context)
  const target = args.optional
  let environment: Environment | undefined
  const exam = prepareExam({
    request: { isProbing, ...(target === undefined ? {} : { target }), ...destination, wish, ...reasonOf(args) },
    env,
    profile: args.value('profile'),
    isDemo: args.flag('demo'),
    openEnvironment: async () => {
      environment = await open()
      return environment
    },
  })
  const isJson = args.flag('json')
  let group: DoctorGroup | undefined
  let printing = Promise.resolve()
  const print = (text: string): void => {
    printing = printing.then(() => stdout.write(text))
  }
  try {
    const lines = await runDoctor(
      exam,
      {
        onStep: () => undefined,
        onLine: (line) => {
          print(isJson ? `${printableJson({ type: 'line', ...line })}\n` : linesFor(line, group))
          group = line.group
        },
      },
      signal,
    )
    const text = reportOf(exam, lines)
    const count = (outcome: DoctorLine['outcome']): number => lines.filter((line) => line.outcome === outcome).length
    const [passed, failed, unknown] = [count('passed'), count('failed'), count('unknown')]
    if (isJson) print(`${printableJson({ type: 'report', passed, failed, unknown, text })}\n`)
    else print(`\n${outcomeWords(lines)}\n\nTo paste into an issue (names and ids are masked):\n\n${text}`)
    return failed > 0 ? 1 : 0
  } finally {
    await printing
    await environment?.[Symbol.asyncDispose]()
  }
}
