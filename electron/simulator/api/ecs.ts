// Amazon ECS behind the APIs: finds the operation, asks the policy for all that it demands, and starts the sessions of ExecuteCommand.

import { ecsDemands } from '../ecs/operations/demands'
import { ecsOperations } from '../ecs/operations/table'
import type { Identity } from '../iam/identity'
import { fault, type Answer } from './answers'
import type { Json } from './operation'
import type { Service } from './service'
import { issueTicket } from './targets'

/** The document of every session that ExecuteCommand starts. Source: ECS developer guide, "Monitor containers with ECS Exec". */
const EXECUTE_DOCUMENT = 'AmazonECS-ExecuteInteractiveCommand'
const ID_PREFIX = 'ecs-execute-command'

function startSession(target: string, command: string, service: Service, owner: Identity): Json {
  const found = service.ecs.sessionTarget(target)
  if (found === undefined) return {}
  const session = service.store.create({
    target: found,
    documentName: EXECUTE_DOCUMENT,
    plan: { kind: 'interactive-command', command },
    reason: undefined,
    owner,
    idPrefix: ID_PREFIX,
  })
  service.begin(session)
  const { token, url } = issueTicket(session, service)
  return { sessionId: session.id, streamUrl: url, tokenValue: token }
}

/** Answers an operation of Amazon ECS for an admitted caller. `body`: undefined where the request is not JSON. */
export function runEcs(operation: string, body: unknown, service: Service, caller: Identity): Answer<Json> {
  const run = ecsOperations.get(operation)
  if (run === undefined) return fault('UnknownOperationException', `The Demo does not know ${operation}.`)
  if (body === undefined) return fault('SerializationException', 'The request is not JSON.')
  const { ecs, policies } = service
  for (const demand of ecsDemands(operation, body, ecs)) {
    const words = policies.refusal(caller, demand)
    if (words !== undefined) return fault('AccessDeniedException', words)
  }
  if (!ecs.mayCall()) return fault('ThrottlingException', 'Rate exceeded')
  return run(body, {
    account: ecs,
    caller,
    startSession: (target, command) => startSession(target, command, service, caller),
  })
}
