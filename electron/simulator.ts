// The simulator's door: a program that serves the Demo environment until it is told to stop.
//
// Alone it prints its endpoint and the environment to export, so that any SSM client can be pointed at it. As `--child`
// of another program it prints one line of JSON and lives exactly as long as its stdin: a parent that dies takes it along.

import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { AppError, toWireError } from '../shared/errors'
import { catchFaults, lastWords } from './lastwords'
import { demoOptions } from './simulator/demo'
import { loadPty } from './simulator/shells/pty'
import { startIdentityCenter, type IdentityCenterOptions } from './simulator/oidc/identitycenter'
import { ACCOUNT_ID, startSimulator, type Simulator, type SimulatorOptions } from './simulator/simulator'

const HELP = `Usage: npm run simulator -- [options]

Serves the Demo environment on 127.0.0.1: SSM, EC2, ECS, STS, the message gateway and the agents behind them.
Shells and containers run on this computer.

  --instances N   N instances beside the Demo's own
  --services N    N services of Amazon ECS with one container each, beside the Demo's own
  --sessions N    N ended sessions of the last 30 days
  --quiet         no sessions of other people
  --no-limit      DescribeSessions as often as it is called
  --no-pace       output as fast as it can go, instead of an agent's 1,024 bytes a millisecond
  --port N        listen on this port; a free one by default
  --minute-ms N   how long a minute of the service takes, for idle timeouts and the hourly recycle; 60000 by default
  --old-clients   let in versions of AWS's plugin below its minimum, 1.2.764.0
  --sso           an IAM Identity Center too, to log in by hand
  --child         for programs: one line of JSON on stdout, ends with stdin
  --utility       for Electron: the same in a utility process, which has no stdin and ends with its parent
  --help          print this
`

interface Arguments extends SimulatorOptions {
  readonly isChild: boolean
  readonly isUtility: boolean
  readonly hasSso: boolean
  readonly wantsHelp: boolean
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= max)) throw new AppError('usage', `--${name} takes a whole number from 0 to ${max}, not "${text}".`)
  return value
}

function parse(words: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        instances: { type: 'string', default: '0' },
        services: { type: 'string', default: '0' },
        sessions: { type: 'string', default: '0' },
        quiet: { type: 'boolean', default: false },
        'no-limit': { type: 'boolean', default: false },
        'no-pace': { type: 'boolean', default: false },
        'old-clients': { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        'minute-ms': { type: 'string', default: '60000' },
        sso: { type: 'boolean', default: false },
        child: { type: 'boolean', default: false },
        utility: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return {
      ...demoOptions,
      instances: wholeNumber('instances', values.instances, 100_000),
      containers: { services: wholeNumber('services', values.services, 10_000) },
      sessions: wholeNumber('sessions', values.sessions, 100_000),
      hasOtherPeople: !values.quiet,
      describing: values['no-limit'] ? {} : demoOptions.describing,
      isPaced: !values['no-pace'],
      allowsOldClients: values['old-clients'],
      port: wholeNumber('port', values.port, 65_535),
      clock: { minuteMs: Math.max(1, wholeNumber('minute-ms', values['minute-ms'], 60_000)) },
      isChild: values.child,
      isUtility: values.utility,
      hasSso: values.sso,
      wantsHelp: values.help,
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    // parseArgs says what is wrong in its first sentence and gives advice for programmers after it.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new AppError('usage', `${sentence.replace(/\.$/, '')}.`, { cause: error })
  }
}

async function announceToParent({ endpointUrl, region, credentials }: Simulator): Promise<void> {
  const hasRealShells = (await loadPty()) !== undefined
  process.stdout.write(`${JSON.stringify({ endpointUrl, region, credentials, hasRealShells })}\n`)
}

// AWS_DEFAULT_REGION is for version 1 of the AWS CLI, which does not read AWS_REGION.
function announceToPerson({ endpointUrl, region, credentials, world }: Simulator): void {
  process.stdout.write(`The Culvert Demo with ${world.instances.length} instances is at ${endpointUrl}
Shells run on this computer. Keep the credentials to yourself; they are worth nothing once this program ends.

export AWS_ENDPOINT_URL=${endpointUrl}
export AWS_REGION=${region}
export AWS_DEFAULT_REGION=${region}
export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}
export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}
export AWS_SESSION_TOKEN=${credentials.sessionToken}

Faults by order, here a reset of every data channel:
curl -H "x-culvert-secret: $AWS_SECRET_ACCESS_KEY" -d '{"kind":"cut","how":"rst","session":"all"}' $AWS_ENDPOINT_URL/_admin/faults

Ends with Ctrl-C.
`)
}

/** Starts an IAM Identity Center beside the simulator, and says how a profile logs in to it. */
async function startSso(simulator: Simulator): Promise<AsyncDisposable> {
  const issue: IdentityCenterOptions['issue'] = (...asked) => simulator.issueKeys(...asked)
  const center = await startIdentityCenter({ accountId: ACCOUNT_ID, issue })
  process.stdout.write(`
An IAM Identity Center, for a profile in ~/.aws/config (in a shell without the three keys above):
export AWS_ENDPOINT_URL_SSO=${center.endpointUrl}
export AWS_ENDPOINT_URL_SSO_OIDC=${center.endpointUrl}

[profile demo-sso]
sso_session = demo-sso
sso_account_id = ${ACCOUNT_ID}
sso_role_name = Developer
region = ${simulator.region}
[sso-session demo-sso]
sso_start_url = ${center.startUrl}
sso_region = ${simulator.region}
sso_registration_scopes = sso:account:access
`)
  return center
}

// Resolves when the program should end. A Ctrl-C in the parent's terminal reaches a child too, but its parent still needs
// it then, to end its sessions; the pipe closes with the parent, however that dies.
function toldToStop(isChild: boolean): Promise<unknown> {
  if (!isChild) return Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')])
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined)
  process.stdin.resume()
  return Promise.race([once(process, 'SIGTERM'), once(process.stdin, 'end'), once(process.stdin, 'close')])
}

function say(error: unknown): void {
  const { code, message } = toWireError(error)
  process.stderr.write(`simulator: ${message} (${code})\n`)
}

async function main(): Promise<void> {
  const own: { simulator?: Simulator } = {}
  const words = lastWords({
    name: 'The Demo',
    say: ({ error }) => say(error),
    end: async () => own.simulator?.[Symbol.asyncDispose](),
    exit: (status) => process.exit(status),
  })
  catchFaults(words)
  const { isChild, isUtility, hasSso, wantsHelp, ...options } = parse(process.argv.slice(2))
  if (wantsHelp) {
    process.stdout.write(HELP)
    return
  }
  const stop = toldToStop(isChild)
  await using simulator = await startSimulator(options)
  own.simulator = simulator
  if (isChild || isUtility) await announceToParent(simulator)
  else announceToPerson(simulator)
  await using _center = hasSso ? await startSso(simulator) : undefined
  await stop
}

main().then(
  // Nothing of ours is left; a stdin that stays open must not keep us.
  () => process.exit(0),
  (error: unknown) => {
    say(error)
    process.exit(toWireError(error).code === 'usage' ? 2 : 1)
  },
)
