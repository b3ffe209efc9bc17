// What each API call asks of IAM: its action, and the ARNs of the resources that it names. Pure.
//
// A call that names no resource in a policy's sense is evaluated on `*`. GetCallerIdentity needs no permission.
// Source: Service Authorization Reference, "AWS Systems Manager", "Amazon Message Gateway Service", "AWS Key Management Service".

import * as z from 'zod'
import type { Demand, Resource } from './policy'

/** The parts of the account that ARNs are made of. */
export interface Place {
  readonly region: string
  readonly accountId: string
  /** The `aws:userid` of a session's owner, and the part of the session's id behind the owner's name; undefined: unknown session. */
  ownerOf(sessionId: string): { readonly userId: string; readonly suffix: string } | undefined
}

const request = z.object({
  Target: z.string().catch(''),
  DocumentName: z.string().optional().catch(undefined),
  SessionId: z.string().catch(''),
  Name: z.string().catch(''),
  ResourceType: z.string().catch(''),
  ResourceId: z.string().catch(''),
})

function documentArn(name: string, { region, accountId }: Place): Resource {
  // AWS's own documents belong to no account.
  return [`arn:aws:ssm:${region}:${name.startsWith('AWS-') ? '' : accountId}:document/${name}`]
}

function nodeArn(target: string, { region, accountId }: Place): Resource {
  const [, cluster = '', taskId = ''] = /^ecs:(.+)_([0-9a-f]{32})_/.exec(target) ?? []
  if (taskId !== '') return [`arn:aws:ecs:${region}:${accountId}:task/${cluster}/${taskId}`]
  return target.startsWith('mi-')
    ? [`arn:aws:ssm:${region}:${accountId}:managed-instance/${target}`]
    : [`arn:aws:ec2:${region}:${accountId}:instance/${target}`]
}

/**
 * The names of a session. AWS documents the patterns `session/${aws:username}-*` and `session/${aws:userid}-*`, of which the second
 * begins with the id of the role. So a session goes by its own id and by its owner's `aws:userid`.
 */
function sessionArn(sessionId: string, place: Place): Resource {
  const prefix = `arn:aws:ssm:${place.region}:${place.accountId}:session/`
  const owner = place.ownerOf(sessionId)
  return owner === undefined ? [prefix + sessionId] : [prefix + sessionId, `${prefix}${owner.userId}${owner.suffix}`]
}

/** What an operation of Systems Manager asks for. `body` is the request, not yet checked. */
export function ssmDemand(operation: string, body: unknown, place: Place): Demand {
  const action = `ssm:${operation}`
  const parsed = request.safeParse(body)
  if (!parsed.success) return { action, resources: [['*']] }
  const { Target, DocumentName, SessionId, Name, ResourceType, ResourceId } = parsed.data
  switch (operation) {
    case 'StartSession': {
      const node = nodeArn(Target, place)
      return { action, resources: DocumentName === undefined ? [node] : [node, documentArn(DocumentName, place)] }
    }
    case 'ResumeSession':
    case 'TerminateSession':
      return { action, resources: [sessionArn(SessionId, place)] }
    case 'GetDocument':
      return { action, resources: [documentArn(Name, place)] }
    case 'ListTagsForResource':
      return { action, resources: [ResourceType === 'ManagedInstance' ? nodeArn(ResourceId, place) : ['*']] }
    default:
      return { action, resources: [['*']] }
  }
}

/** What a signed upgrade asks for. */
export function upgradeDemand(sessionId: string, place: Place): Demand {
  return { action: 'ssmmessages:OpenDataChannel', resources: [sessionArn(sessionId, place)] }
}
