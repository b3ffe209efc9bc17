// The instance profile: whether one is attached, and what that means for an agent that answers or does not.
//
// The agent of a machine of EC2 gets its permissions from the role of its instance profile, or from Default Host Management
// Configuration, which needs no profile. EC2 tells the name of the profile only: what its role allows is not looked at.
// Source: Systems Manager user guide, "Configure instance permissions required for Systems Manager" and "Managing EC2 instances
// automatically with Default Host Management Configuration".

import type { Instance } from '../../../../shared/model/instance'
import { environmentOf, failed, passed, unknown, type Check, type Exam, type Finding } from '../parts'

/** The policy of AWS that lets an agent register and open sessions. */
export const CORE_POLICY = 'AmazonSSMManagedInstanceCore'

const DEFAULT_HOST = 'Default Host Management Configuration'
const ENDPOINTS = 'ssm, ssmmessages and ec2messages over HTTPS'

/** The characters of such a name, none of which a shell reads otherwise. Source: IAM API reference, "CreateInstanceProfile". */
const NAME = /^[\w+=,.@-]+$/

/** What lets an agent that does not answer register. */
export function registrationHint({ kind, instanceProfile }: Instance): string {
  if (kind === 'hybrid') return `Let the node reach ${ENDPOINTS}, or register it again with a new activation.`
  if (instanceProfile) {
    return (
      `Check that the role of the profile has the policy ${CORE_POLICY} and trusts EC2, that amazon-ssm-agent runs (restart it ` +
      `where the profile was attached later), and that the instance reaches its metadata service and ${ENDPOINTS}.`
    )
  }
  return (
    `Attach an instance profile whose role has the policy ${CORE_POLICY} (or turn on ${DEFAULT_HOST}), and let the instance reach ` +
    `${ENDPOINTS}.`
  )
}

/** For a machine that has no profile. */
function withoutProfile({ id, agent }: Instance, region: string): Finding {
  if (agent.kind === 'online') {
    return passed(`None is attached, and the agent is online: ${DEFAULT_HOST} works without one.`)
  }
  return failed(
    `None is attached, and ${agent.kind === 'offline' ? 'the agent does not answer' : 'no agent has registered'}.`,
    {
      missing: CORE_POLICY,
      next: `Attach an instance profile with ${CORE_POLICY}, or turn on ${DEFAULT_HOST} (agent 3.2.582.0 or newer, IMDSv2).`,
      command: `aws ec2 associate-iam-instance-profile --instance-id ${id} --iam-instance-profile Name=PROFILE --region ${region}`,
    },
  )
}

/** For a machine with the profile `name`. */
function withProfile(instance: Instance, name: string): Finding {
  const attached = `"${name}" is attached`
  if (instance.agent.kind === 'online') return passed(`${attached}.`)
  return unknown(`${attached}, but EC2 does not tell whether its role lets the agent register.`, {
    next: registrationHint(instance),
    ...(NAME.test(name) ? { command: `aws iam get-instance-profile --instance-profile-name ${name}` } : {}),
  })
}

function findProfile(exam: Exam): Finding {
  const { instance } = exam
  if (instance === undefined) throw new Error('no instance')
  const { id, kind, instanceProfile } = instance
  if (kind === 'hybrid') return passed('None is needed: a hybrid node uses the role of its activation.')
  if (id.startsWith('ecs:')) return passed('None is needed: a container of ECS uses the role of its task.')
  if (instanceProfile === undefined) {
    return unknown('Not known, because EC2 has not described the instance.', { missing: 'ec2:DescribeInstances' })
  }
  return instanceProfile === ''
    ? withoutProfile(instance, environmentOf(exam).region)
    : withProfile(instance, instanceProfile)
}

/** The profile of the instance, against what its agent does. Runs behind the check that finds the instance. */
export const profileCheck: Check = {
  id: 'instance.profile',
  group: 'instance',
  title: 'Instance profile',
  needs: ['instance.found'],
  limitMs: 1_000,
  run: (exam) => Promise.resolve(findProfile(exam)),
}
