// The instance: whether it exists here and runs, whether its agent answers, and whether the agent is new enough for what is asked.
// Its instance profile: instanceprofile.ts.

import type { Instance } from '../../../../shared/model/instance'
import { AgentGate, isAgentNewerThan } from '../../../ssm/codec/version'
import { identityCheck } from './credentials'
import { CORE_POLICY, profileCheck, registrationHint } from './instanceprofile'
import { environmentOf, failed, passed, unknown, type Check, type Exam, type Finding } from '../parts'

const CALL_MS = 60_000

/** The newest agent that refuses ports of remote hosts. Source: Systems Manager user guide, "Forward a port to a remote host". */
const REMOTE_HOST_GATE = '3.1.1373.0'

function instanceOf({ instance }: Exam): Instance {
  if (instance === undefined) throw new Error('no instance')
  return instance
}

/** Finds the instance by its id or Name, or chooses one of a set. */
export const foundCheck: Check = {
  id: 'instance.found',
  group: 'instance',
  title: 'Instance',
  needs: [identityCheck.id],
  limitMs: CALL_MS,
  run: async (exam, signal): Promise<Finding> => {
    const instance = await environmentOf(exam).resolveTarget(exam.request.target ?? '', signal, exam.request.wish)
    if (instance.kind === 'ecs') {
      return failed(`${instance.name || instance.id} is a container: the doctor examines instances.`, {
        next: 'Use culvert ls --containers: it says for each container why no command can be executed in it.',
      })
    }
    exam.instance = instance
    const { id, name, state, platform } = instance
    const words = `${name === '' ? id : `${name} (${id})`}, ${platform === 'unknown' ? 'system not known' : platform}`
    if (state === 'unknown') return unknown(`${words}: it may not be described, so its state is not known.`)
    if (state === 'running') return passed(`${words}, is running.`)
    return failed(`${words}, is ${state}.`, {
      next: 'Start the instance.',
      command: `aws ec2 start-instances --instance-ids ${id} --region ${environmentOf(exam).region}`,
    })
  },
}

/** Whether the agent answers. */
export const agentCheck: Check = {
  id: 'instance.agent',
  group: 'instance',
  title: 'SSM agent',
  needs: [foundCheck.id],
  limitMs: CALL_MS,
  run: (exam): Promise<Finding> => {
    const instance = instanceOf(exam)
    const { agent, state } = instance
    if (state === 'unknown') return Promise.resolve(unknown('Not known, because the instance may not be described.'))
    switch (agent.kind) {
      case 'online':
        return Promise.resolve(passed('Online.'))
      case 'offline': {
        const { lastPingAt } = agent
        const since = lastPingAt === undefined ? '' : ` since ${new Date(lastPingAt).toISOString().slice(0, 16)} UTC`
        return Promise.resolve(
          failed(`The agent has not answered${since}.`, {
            next: `Check on the instance that amazon-ssm-agent runs and reaches AWS. ${registrationHint(instance)}`,
          }),
        )
      }
      case 'unmanaged':
        return Promise.resolve(
          failed('Systems Manager does not know the instance: no agent has registered.', {
            ...(instance.instanceProfile ? {} : { missing: CORE_POLICY }),
            next: registrationHint(instance),
          }),
        )
    }
  },
}

/** The version of the agent against what is asked of it. */
const versionCheck: Check = {
  id: 'instance.version',
  group: 'instance',
  title: 'Version of the agent',
  needs: [foundCheck.id],
  limitMs: CALL_MS,
  run: (exam): Promise<Finding> => {
    const { agentVersion } = instanceOf(exam)
    const { host, port } = exam.request
    if (agentVersion === undefined) return Promise.resolve(unknown('Systems Manager does not tell it.'))
    const update = 'Update the agent, for example with the document AWS-UpdateSSMAgent.'
    if (host !== undefined && !isAgentNewerThan(agentVersion, REMOTE_HOST_GATE)) {
      return Promise.resolve(
        failed(`${agentVersion} does not forward ports of other hosts; that needs 3.1.1374.0.`, { next: update }),
      )
    }
    if (!isAgentNewerThan(agentVersion, AgentGate.mux)) {
      const words = `${agentVersion} carries one connection of a forward at a time; several at once need 3.0.196.0.`
      return Promise.resolve(port === undefined ? passed(words) : { ...passed(words), next: update })
    }
    return Promise.resolve(
      passed(`${agentVersion}: several connections at a time, and ports of other hosts where allowed.`),
    )
  },
}

/** In order. */
export const instanceChecks: readonly Check[] = [foundCheck, agentCheck, profileCheck, versionCheck]
