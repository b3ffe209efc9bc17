// ExecuteCommand, and the state of tasks.
//
// The answer has lower-camel keys, and its session is one of Systems Manager: it is resumed and ended there. Source: specification §1.3.

import type { EcsCalls } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import { ticketOf } from '../ticket'
import { describeTasks } from './pagelists'
import type { EcsParts } from './parts'
import { taskStateOf } from './taskstate'

/** The calls of this file. */
export function execCalls(parts: EcsParts): Pick<EcsCalls, 'executeCommand' | 'describeTasks'> {
  return {
    executeCommand: async ({ cluster, taskId, container, command }, signal) => {
      const about = { cluster, taskId, container }
      const answer = await parts.send({ action: 'ecs:ExecuteCommand', about }, signal, async (client, options) => {
        const { ExecuteCommandCommand } = await import('@aws-sdk/client-ecs')
        const input = { cluster, task: taskId, container, command, interactive: true }
        return client.send(new ExecuteCommandCommand(input), options)
      })
      const { sessionId = '', streamUrl, tokenValue } = answer.session ?? {}
      const ticket = ticketOf(sessionId, streamUrl, tokenValue)
      if (ticket !== undefined) return ticket
      throw new AppError('service', 'AWS executed a command but did not say where to reach its session: try again.')
    },
    describeTasks: async (cluster, taskIds, signal) => {
      const found = await describeTasks(parts, { cluster, tasks: taskIds }, signal)
      return found.map((task) => taskStateOf(task))
    },
  }
}
