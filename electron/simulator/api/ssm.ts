// The operations of Systems Manager that sessions need, on the bodies of the JSON 1.1 protocol.
//
// Parses requests by schema, answers with AWS's shapes and codes. Knows no HTTP. Source: specification §1.

import * as z from 'zod'
import { fault, reply, type Fault } from './answers'
import { badRequest } from './badrequest'
import { describeSessions } from './describesessions'
import { filterNodes, nodeFilterFields } from './nodefilters'
import { operation, type Json, type Operation } from './operation'
import { pageOf } from './paging'
import type { Service } from './service'
import { findTarget, issueTicket } from './targets'
import { openResumeRefusal } from '../gateway/openresume'
import { PREFERENCES_DOCUMENT } from './stockdocuments'
import type { Session } from '../gateway/sessions'
import type { WorldInstance } from '../world/roster'

const sessionId = z.string().min(1).max(96)
const target = z.string().min(1).max(400)
const nextToken = z.string().optional()

function unknownSession(id: string): Fault {
  return fault('DoesNotExistException', `Session ${id} does not exist.`)
}

function ticketFor(session: Session, service: Service): Json {
  const { token, url } = issueTicket(session, service)
  return { SessionId: session.id, TokenValue: token, StreamUrl: url }
}

const startSession = operation(
  z.object({
    Target: target,
    DocumentName: z.string().optional(),
    Parameters: z.record(z.string(), z.array(z.string())).optional(),
    Reason: z
      .string()
      .regex(/^.{1,256}$/)
      .optional(),
  }),
  (request, service, caller) => {
    const found = findTarget(request.Target, service)
    if (found === undefined) return fault('TargetNotConnected', `${request.Target} is not connected.`)
    const { instance, target: wanted } = found
    const documentName = request.DocumentName ?? PREFERENCES_DOCUMENT
    const planned = service.documents.plan(documentName, request.Parameters ?? {})
    if (planned.kind === 'unknown-document') {
      return fault('InvalidDocument', `Document with name ${documentName} does not exist.`)
    }
    if (planned.kind === 'invalid-parameters') return fault('InvalidParameters', planned.why)
    const refusal = instance && badRequest(instance, documentName, service.offer)
    if (refusal !== undefined) return refusal
    const session = service.store.create({
      target: wanted,
      documentName,
      plan: planned.plan,
      reason: request.Reason,
      owner: caller,
    })
    service.begin(session)
    return reply(ticketFor(session, service))
  },
)

const resumeSession = operation(z.object({ SessionId: sessionId }), (request, service) => {
  const session = service.store.get(request.SessionId)
  if (session === undefined || session.hasEnded) return unknownSession(request.SessionId)
  const refusal = service.hasClient(session) ? openResumeRefusal(service.openResume, session.id) : undefined
  return refusal ?? reply(ticketFor(session, service))
})

const terminateSession = operation(z.object({ SessionId: sessionId }), (request, service) => {
  if (!service.terminate(request.SessionId)) return unknownSession(request.SessionId)
  return reply({ SessionId: request.SessionId })
})

const getConnectionStatus = operation(z.object({ Target: target }), (request, service) => {
  const isConnected = findTarget(request.Target, service) !== undefined
  return reply({ Target: request.Target, Status: isConnected ? 'connected' : 'notconnected' })
})

/** How long ago a lost agent was last heard. */
const LOST_FOR_MS = 3 * 3_600_000

function describeNode(instance: WorldInstance): Json {
  const lastPingAt = Date.now() - (instance.pingStatus === 'Online' ? 60_000 : LOST_FOR_MS)
  return {
    InstanceId: instance.id,
    PingStatus: instance.pingStatus,
    LastPingDateTime: lastPingAt / 1_000,
    AgentVersion: instance.agentVersion,
    IsLatestVersion: false,
    PlatformType: instance.platform,
    PlatformName: instance.platformName,
    PlatformVersion: instance.platformVersion,
    ResourceType: instance.kind === 'hybrid' ? 'ManagedInstance' : 'EC2Instance',
    IPAddress: instance.privateIp,
    ComputerName: `${instance.tags['Name'] ?? instance.id}.internal`,
    // A hybrid node has the Name that it was registered with. The name of an EC2 node is only in its tags.
    ...(instance.kind === 'hybrid'
      ? { Name: instance.tags['Name'], RegistrationDate: instance.launchedAt / 1_000 }
      : {}),
  }
}

const describeInstanceInformation = operation(
  z.object({
    ...nodeFilterFields,
    MaxResults: z.number().int().min(5).max(50).default(50),
    NextToken: nextToken,
  }),
  (request, { world }) => {
    const found = filterNodes(world.toldInstances(Date.now()), request)
    if (found.kind === 'fault') return found
    const scope = JSON.stringify(['DescribeInstanceInformation', found.filters])
    const page = pageOf(found.nodes, { scope, size: request.MaxResults, token: request.NextToken })
    if (page === undefined) return fault('InvalidNextToken', 'The specified token is not valid.')
    return reply({ InstanceInformationList: page.items.map(describeNode), NextToken: page.nextToken })
  },
)

// Machines of EC2 have their tags there: Systems Manager knows none of them as a resource.
const listTagsForResource = operation(
  z.object({ ResourceType: z.string().min(1), ResourceId: z.string().min(1) }),
  ({ ResourceType: type, ResourceId: id }, { world }) => {
    if (type !== 'ManagedInstance') return fault('InvalidResourceType', `The resource type ${type} is not valid.`)
    const node = world.instance(id)
    if (node?.kind !== 'hybrid') return fault('InvalidResourceId', `The resource id ${id} is not valid.`)
    return reply({ TagList: Object.entries(node.tags).map(([Key, Value]) => ({ Key, Value })) })
  },
)

const getDocument = operation(
  z.object({ Name: z.string(), DocumentFormat: z.enum(['JSON', 'TEXT', 'YAML']).default('JSON') }),
  (request, { documents, encryption, idleMinutes, maxMinutes, logging }) => {
    const { Name, DocumentFormat } = request
    const found = documents.describe(Name, {
      ...logging,
      kmsKeyId: encryption?.kmsKeyId ?? '',
      idleSessionTimeout: String(idleMinutes),
      maxSessionDuration: maxMinutes === undefined ? '' : String(maxMinutes),
    })
    if (found === undefined) return fault('InvalidDocument', `Document with name ${Name} does not exist.`)
    if (DocumentFormat !== 'JSON') return fault('UnsupportedFormat', 'The Demo writes documents as JSON only.')
    return reply({
      Name,
      DocumentVersion: '1',
      Status: 'Active',
      DocumentType: found.type,
      DocumentFormat,
      Content: found.content,
    })
  },
)

/** The SSM operations by name, each from a parsed JSON body to a JSON body or a fault. */
export const ssmOperations: ReadonlyMap<string, Operation> = new Map([
  ['StartSession', startSession],
  ['ResumeSession', resumeSession],
  ['TerminateSession', terminateSession],
  ['DescribeSessions', describeSessions],
  ['GetConnectionStatus', getConnectionStatus],
  ['DescribeInstanceInformation', describeInstanceInformation],
  ['ListTagsForResource', listTagsForResource],
  ['GetDocument', getDocument],
])
