// Why an instance cannot be reached, leg by leg, and what can be done about it. Pure.
//
// States known facts only: a cause that only the instance itself could test is shown as not tested.

import type { Instance } from '../../shared/model/instance'
import { spanWords, type Tone } from '../../shared/status'

/** One thing that must hold for a session. `up`: it does; `failed`: it does not; `idle`: not known. */
export interface Check {
  readonly tone: Extract<Tone, 'up' | 'failed' | 'waiting' | 'idle'>
  readonly title: string
  readonly text?: string
}

/** What a person can do. */
interface Advice {
  readonly text: string
  /** To be run on the instance. */
  readonly command?: string
  readonly more?: string
}

/** The explanation for one instance. */
export interface Reasons {
  readonly checks: readonly Check[]
  readonly advice: Advice
}

const RESTART: Readonly<Record<Instance['platform'], string>> = {
  linux: 'sudo systemctl restart amazon-ssm-agent',
  windows: 'Restart-Service AmazonSSMAgent',
  macos: 'sudo launchctl kickstart -k system/com.amazon.aws.ssm',
  unknown: 'sudo systemctl restart amazon-ssm-agent',
}

function stateCheck({ state, kind }: Instance): Check {
  if (state === 'running') {
    return kind === 'hybrid'
      ? { tone: 'up', title: 'It is registered as a hybrid node' }
      : { tone: 'up', title: 'The instance is running' }
  }
  if (state === 'pending')
    return { tone: 'waiting', title: 'The instance is starting', text: 'Its agent comes up last.' }
  return { tone: 'failed', title: `The instance is ${state.replaceAll('-', ' ')}` }
}

function wayOut(region: string): Check {
  return {
    tone: 'idle',
    title: region === '' ? 'Route to the service not tested' : `Route to ssm.${region} not tested`,
    text: 'Only the instance itself can test it.',
  }
}

function offline(instance: Instance, lastPingAt: number | undefined, at: { nowAt: number; region: string }): Reasons {
  const ago = lastPingAt === undefined ? '' : ` ${spanWords(at.nowAt - lastPingAt)} ago`
  const last =
    lastPingAt === undefined
      ? ''
      : `Last ping ${new Date(lastPingAt).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}. `
  return {
    checks: [
      stateCheck(instance),
      { tone: 'up', title: 'Registered with Session Manager' },
      {
        tone: 'failed',
        title: `The agent stopped answering${ago}`,
        text: `${last}It has stopped, or lost its route to the service.`,
      },
      wayOut(at.region),
    ],
    advice: {
      text: 'Restart the agent from another way in, such as the EC2 serial console:',
      command: RESTART[instance.platform],
      more: 'If that does not help, check that its subnet reaches port 443 of ssm and ssmmessages.',
    },
  }
}

function unmanaged(instance: Instance, region: string): Reasons {
  return {
    checks: [
      stateCheck(instance),
      {
        tone: 'failed',
        title: 'Not registered with Session Manager',
        text: 'Its agent is missing, its role does not allow Session Manager, or it never reached the service.',
      },
      wayOut(region),
    ],
    advice: {
      text: 'Give the instance a role with the policy AmazonSSMManagedInstanceCore, and see that the SSM agent is installed and runs:',
      command: RESTART[instance.platform],
      more: 'Its subnet must reach port 443 of ssm and ssmmessages, by NAT or by VPC endpoints. It then appears within minutes.',
    },
  }
}

function notRunning(instance: Instance): Reasons {
  const { state } = instance
  const isGone = state === 'terminated' || state === 'shutting-down'
  const text =
    state === 'pending'
      ? 'Wait: it is online a minute or two after its start.'
      : isGone
        ? 'It does not come back. Choose another instance.'
        : 'Start it in the EC2 console. It is online a minute or two later.'
  return { checks: [stateCheck(instance)], advice: { text } }
}

/** Why no session can be opened on it; undefined when one can. `nowAt` is epoch ms; `region` "" where it is not known. */
export function reasonsFor(
  instance: Instance,
  at: { readonly nowAt: number; readonly region: string },
): Reasons | undefined {
  if (instance.state !== 'running') return notRunning(instance)
  switch (instance.agent.kind) {
    case 'online':
      return undefined
    case 'offline':
      return offline(instance, instance.agent.lastPingAt, at)
    case 'unmanaged':
      return unmanaged(instance, at.region)
  }
}
